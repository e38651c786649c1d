/**
 * A stretch of a run, read again: the packets of its captures in the order in which the run had them.
 *
 * The order follows from each capture's next packet alone (time-heap.ts), so it is the same from
 * wherever the captures are entered, as long as each is entered no later than its first packet of
 * the stretch (capture-index.ts).
 */
import type { ClockFacts } from '../facts/capture.js';
import type { PacketReference } from '../facts/packet-reference.js';
import { CaptureError } from './capture-error.js';
import type { CaptureIndex } from './capture-index.js';
import { type Instant, setBack } from './clock.js';
import { captureName, isRepeatable, openCapture, openKept } from './open.js';
import { emptyPacket, type PacketView } from './packet.js';
import { type CaptureReader, MORE, PACKET } from './reader.js';
import type { Spool } from './spool.js';
import { siftDown, siftUp, type Timed } from './time-heap.js';

/** Size of a read: a stretch is seldom long. */
const READ_BYTES = 256 * 1024;
const SECOND_NS = 1_000_000_000n;
/** Packets between two turns of the event loop. */
const PACKETS_PER_TURN = 32_768;

/** What was read once, and how to find one's way in it. */
export interface ReadCaptures {
  /** Paths by `captureIndex`, as they were opened. */
  readonly files: readonly string[];
  readonly spool: Spool | null;
  /** Read no more than this of what a capture unpacks to. */
  readonly maxUnpackedBytes?: number | undefined;
  readonly index: CaptureIndex;
  /** By `captureIndex` (observation-points.ts). */
  readonly observationPoints: readonly number[];
  /** By `captureIndex` (packet-stream.ts). */
  readonly clocks: readonly (ClockFacts | null)[];
  /** Epoch nanoseconds of the run's first packet. */
  readonly originEpochNs: bigint;
}

interface Lane extends Timed {
  readonly reader: CaptureReader;
  readonly clock: ClockFacts | null;
  readonly origin: Instant;
  readonly head: PacketView;
}

/**
 * Reads on from no later than any of `first` until `onPacket` returns false, or to the captures' ends.
 *
 * @param last After these nothing is wanted: captures that begin later are not opened.
 * @throws CaptureError where a capture cannot be opened any more
 */
export async function readExcerpt(
  captures: ReadCaptures,
  first: readonly PacketReference[],
  last: readonly PacketReference[],
  onPacket: (packet: PacketView) => boolean,
  signal?: AbortSignal,
): Promise<void> {
  const lanes: Lane[] = [];
  try {
    await enterAll(captures, first, last, lanes);
    let untilTurn = PACKETS_PER_TURN;
    for (let top = lanes[0]; top !== undefined; top = lanes[0]) {
      if (!onPacket(top.head)) return;
      if (await next(top)) siftDown(lanes);
      else leave(lanes);
      untilTurn -= 1;
      if (untilTurn > 0) continue;
      untilTurn = PACKETS_PER_TURN;
      await new Promise(setImmediate);
      if (signal?.aborted === true) return;
    }
  } finally {
    for (const lane of lanes) lane.reader.close();
  }
}

async function enterAll(
  captures: ReadCaptures,
  first: readonly PacketReference[],
  last: readonly PacketReference[],
  lanes: Lane[],
): Promise<void> {
  const { files, spool, index, originEpochNs, maxUnpackedBytes, observationPoints, clocks } = captures;
  const origin = {
    seconds: Number(originEpochNs / SECOND_NS),
    nanoseconds: Number(originEpochNs % SECOND_NS),
  };
  const places = index.placesFor(first, last);
  for (const [captureIndex, file] of files.entries()) {
    const place = places[captureIndex] ?? 'unread';
    if (place === 'done') continue;
    const kept = spool?.descriptorOf(captureIndex) ?? null;
    const notice = spool?.noticeOf(captureIndex) ?? null;
    if (notice !== null && !isRepeatable(file)) throw new CaptureError('beyond-limit', captureName(file), null, notice);
    const reader =
      kept === null
        ? await openCapture(file, captureIndex, undefined, READ_BYTES, undefined, maxUnpackedBytes)
        : await openKept(kept, file, captureIndex, READ_BYTES);
    reader.setOrigin(origin.seconds, origin.nanoseconds);
    reader.observationPoint = observationPoints[captureIndex] ?? 0;
    if (place !== 'unread') reader.goTo(place);
    const clock = clocks[captureIndex] ?? null;
    const lane: Lane = { reader, clock, origin, head: emptyPacket(), index: captureIndex, seconds: 0, nanoseconds: 0 };
    if (await next(lane)) siftUp(lanes, lane);
    else reader.close();
  }
}

/** Takes the lane's next packet; false: there is none. */
async function next(lane: Lane): Promise<boolean> {
  const { reader, clock, origin, head } = lane;
  for (;;) {
    const outcome = reader.read(head);
    if (outcome === MORE) {
      const filling = reader.fill();
      if (filling !== null) await filling;
      continue;
    }
    if (outcome !== PACKET) return false;
    if (clock !== null) setBack(head, clock, origin);
    lane.seconds = head.epochSeconds;
    lane.nanoseconds = head.epochNanoseconds;
    return true;
  }
}

/** Takes the lane at the top away, which has no more packets. */
function leave(lanes: Lane[]): void {
  lanes[0]?.reader.close();
  const last = lanes.pop();
  if (last === undefined || lanes.length === 0) return;
  lanes[0] = last;
  siftDown(lanes);
}
