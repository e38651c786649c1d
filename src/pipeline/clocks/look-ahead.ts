/** Reads the beginnings of captures before they are read in earnest, to compare their clocks. */
import type { BegunCapture, Instant } from '../../capture/clock.js';
import { openCapture } from '../../capture/open.js';
import { emptyPacket, type PacketView } from '../../capture/packet.js';
import { type CaptureReader, MORE, PACKET } from '../../capture/reader.js';

/** Bytes that are looked at of captures whose names are alike: less than a tenth of a second's work. */
export const LOOK_AHEAD_BYTES = 8 * 1024 * 1024;
/** Of how many of them, each as much. */
export const MAX_FILES = 4;
const READ_BYTES = 256 * 1024;
/** Packets between two turns of the event loop. */
const PACKETS_PER_TURN = 8192;

/** How captures are looked at. */
export interface Looking {
  /** From which times count: an epoch time no later than that of any packet, by whatever clock. */
  readonly origin: Instant;
  readonly maxUnpacked: number | undefined;
  readonly signal: AbortSignal | undefined;
  /** How far, of captures whose names are alike, and at how many of them; {@link LOOK_AHEAD_BYTES} and {@link MAX_FILES} without it. */
  readonly bytes?: number;
  readonly files?: number;
  /** Asked now and then: nothing more need be looked at. */
  readonly isEnough?: () => boolean;
}

/**
 * Looks at the beginnings of captures, one after the other; gives whether there is more of one. Each view is borrowed
 * until `onPacket` returns; key logs come before the packets behind them.
 */
export async function lookAhead(
  captures: readonly BegunCapture[],
  looking: Looking,
  onPacket: (packet: PacketView) => void,
  onKeyLog: (text: string) => void = () => undefined,
): Promise<boolean> {
  const { origin, maxUnpacked, bytes = LOOK_AHEAD_BYTES, files = MAX_FILES } = looking;
  const looked = captures.slice(0, files);
  let isMore = looked.length < captures.length;
  for (const { file, captureIndex } of looked) {
    if (isStopped(looking)) return true;
    let reader: CaptureReader | null = null;
    try {
      reader = await openCapture(file, captureIndex, undefined, READ_BYTES, undefined, maxUnpacked);
      reader.setOrigin(origin.seconds, origin.nanoseconds);
      const isCut = await lookAtOne(reader, bytes / looked.length, looking, onPacket, onKeyLog);
      isMore ||= isCut;
    } catch {
      // Removed meanwhile: whoever reads it says so.
    } finally {
      reader?.close();
    }
  }
  return isMore;
}

/** Looks at the packets within so many bytes of a capture; gives whether there are more. */
async function lookAtOne(
  reader: CaptureReader,
  bytes: number,
  looking: Looking,
  onPacket: (packet: PacketView) => void,
  onKeyLog: (text: string) => void,
): Promise<boolean> {
  const packet = emptyPacket();
  let keyLogs = 0;
  for (let turn = 1; ; turn += 1) {
    const outcome = reader.read(packet);
    if (outcome === MORE) {
      await reader.fill();
      continue;
    }
    for (; keyLogs < reader.keyLogs.length; keyLogs += 1) onKeyLog(reader.keyLogs[keyLogs] ?? '');
    if (outcome !== PACKET) return false;
    if (packet.fileOffset >= bytes) return true;
    onPacket(packet);
    if (turn % PACKETS_PER_TURN !== 0) continue;
    // Signals are only delivered where the event loop turns.
    await new Promise(setImmediate);
    if (isStopped(looking)) return true;
  }
}

function isStopped({ signal, isEnough }: Looking): boolean {
  return signal?.aborted === true || isEnough?.() === true;
}
