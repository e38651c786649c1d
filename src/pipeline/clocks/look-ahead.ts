/** Reads the beginnings of captures before they are read in earnest, to compare their clocks. */
import type { BegunCapture, Instant } from '../../capture/clock.js';
import { openCapture } from '../../capture/open.js';
import type { PacketView } from '../../capture/packet.js';
import { type CaptureReader, emptyPacket, MORE, PACKET } from '../../capture/reader.js';

/** Bytes that are looked at of captures whose names are alike: seconds of a busy link, and a tenth of a second's work. */
export const LOOK_AHEAD_BYTES = 16 * 1024 * 1024;
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
}

/** Looks at the beginnings of captures, one after the other. Each view is borrowed until `onPacket` returns; key logs come before the packets behind them. */
export async function lookAhead(
  captures: readonly BegunCapture[],
  { origin, maxUnpacked, signal }: Looking,
  onPacket: (packet: PacketView) => void,
  onKeyLog: (text: string) => void = () => undefined,
): Promise<void> {
  const looked = captures.slice(0, MAX_FILES);
  const bytes = LOOK_AHEAD_BYTES / looked.length;
  for (const { file, captureIndex } of looked) {
    if (signal?.aborted === true) return;
    let reader: CaptureReader | null = null;
    try {
      reader = await openCapture(file, captureIndex, undefined, READ_BYTES, undefined, maxUnpacked);
      reader.setOrigin(origin.seconds, origin.nanoseconds);
      await lookAtOne(reader, bytes, signal, onPacket, onKeyLog);
    } catch {
      // Removed meanwhile: whoever reads it says so.
    } finally {
      reader?.close();
    }
  }
}

/** Looks at the packets within so many bytes of a capture. */
async function lookAtOne(
  reader: CaptureReader,
  bytes: number,
  signal: AbortSignal | undefined,
  onPacket: (packet: PacketView) => void,
  onKeyLog: (text: string) => void,
): Promise<void> {
  const packet = emptyPacket();
  let keyLogs = 0;
  for (let turn = 1; ; turn += 1) {
    const outcome = reader.read(packet);
    if (outcome === MORE) {
      await reader.fill();
      continue;
    }
    for (; keyLogs < reader.keyLogs.length; keyLogs += 1) onKeyLog(reader.keyLogs[keyLogs] ?? '');
    if (outcome !== PACKET || packet.fileOffset >= bytes) return;
    onPacket(packet);
    if (turn % PACKETS_PER_TURN !== 0) continue;
    // Signals are only delivered where the event loop turns.
    await new Promise(setImmediate);
    if (signal?.aborted === true) return;
  }
}
