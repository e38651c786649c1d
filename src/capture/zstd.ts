/**
 * Zstandard (RFC 8878): frames one after another, skippable ones among them, unpacked by zstd itself, compiled
 * to WebAssembly (the package zstddec); Node 20 has none. It is loaded when the first such capture is read.
 *
 * The decoder takes its input by pulling, and cannot wait for it: so a piece lies ready before each step. It
 * tells no error either, but gives nothing, again and again, without taking the next piece; that is what
 * damage is known by.
 */
import { Readable } from 'node:stream';
import type { Packing } from './unpacked-feed.js';

/** Of the piece in which damage is found everything is lost, so smaller ones lose less; below this the calls cost more than the work. */
const PIECE_BYTES = 16 * 1024;

/** The shortest frame, which gives no bytes: an empty skippable one (RFC 8878 §3.1.2). */
const MIN_FRAME_BYTES = 8;

/** So many steps in a row may give nothing: a piece full of the shortest frames. */
const MAX_IDLE_STEPS = PIECE_BYTES / MIN_FRAME_BYTES + 1;

/** Unpacked bytes that wait to be read: what zstd gives at once, a block. */
const BLOCK_BYTES = 128 * 1024;

/** The data end before they should, or cannot be unpacked. */
class ZstdFailure extends Error {
  constructor(readonly isCutShort: boolean) {
    super(isCutShort ? 'the zstd data are cut short' : 'the zstd data are damaged');
  }
}

/** See the head of this file. */
export const ZSTD: Packing = {
  program: 'zstd',
  pieceBytes: PIECE_BYTES,
  unpack: (pieces) => Readable.from(unpacked(pieces), { objectMode: false, highWaterMark: BLOCK_BYTES }),
  judge: (failure) => {
    if (!(failure instanceof ZstdFailure)) return null;
    if (failure.isCutShort) return 'cut-short';
    // zstd asks for --long=31 or a dictionary itself, where one is needed; it takes 128 MB otherwise.
    return { damage: 'a frame cannot be unpacked, or needs a dictionary or more than 128 MB' };
  },
};

async function* unpacked(pieces: AsyncGenerator<Uint8Array, void>): AsyncGenerator<Uint8Array, void> {
  const { ZSTDDecoder } = await import('zstddec/stream');
  const decoder = new ZSTDDecoder();
  await decoder.init();
  let ready: Uint8Array | null = null;
  const steps = decoder.decodeStreaming(
    (function* () {
      while (ready !== null) {
        const piece = ready;
        ready = null;
        yield piece;
      }
    })(),
  );
  let isOver = false;
  for (let idle = 0; idle < MAX_IDLE_STEPS; idle += 1) {
    if (ready === null && !isOver) {
      const next = await pieces.next();
      if (next.done === true) isOver = true;
      else ready = next.value;
      idle = 0;
    }
    const step = stepOf(steps);
    if (step === null) return;
    if (step.length > 0) {
      idle = 0;
      yield step;
    }
  }
  throw new ZstdFailure(false);
}

/** What the next step gave; `null` when all is unpacked. @throws ZstdFailure when the last frame is not whole. */
function stepOf(steps: Generator<Uint8Array>): Uint8Array | null {
  try {
    const { value, done } = steps.next();
    return done === true ? null : value;
  } catch (cause) {
    // The only thing that the decoder itself says.
    if (cause instanceof Error && cause.message.startsWith('Incomplete stream')) throw new ZstdFailure(true);
    throw cause;
  }
}
