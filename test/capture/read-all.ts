import type { Readable } from 'node:stream';
import { openCapture } from '../../src/capture/open.js';
import { emptyPacket, type PacketView } from '../../src/capture/packet.js';
import { type CaptureReader, MORE, PACKET, type ReadOutcome } from '../../src/capture/reader.js';
import type { CaptureDirection } from '../../src/facts/segment-evidence.js';

/** One packet, copied out of the view that the next read overwrites. */
export interface ReadPacket {
  readonly captureIndex: number;
  readonly number: number;
  readonly atNs: number;
  readonly linkType: number;
  readonly interfaceIndex: number;
  readonly direction: CaptureDirection;
  readonly originalLength: number;
  readonly fileOffset: number;
  readonly bytes: string;
}

/** Reads the packets of a reader or a stream to the end; `visit` sees each view while it is valid. */
export async function eachPacket(
  reader: { read(packet: PacketView): ReadOutcome; fill(): Promise<void> | null },
  visit: (packet: PacketView) => void,
): Promise<void> {
  const packet = emptyPacket();
  for (;;) {
    const outcome = reader.read(packet);
    if (outcome === PACKET) visit(packet);
    else if (outcome === MORE) await reader.fill();
    else return;
  }
}

export function copyOf(packet: PacketView): ReadPacket {
  return {
    captureIndex: packet.captureIndex,
    number: packet.number,
    atNs: packet.atNs,
    linkType: packet.linkType,
    interfaceIndex: packet.interfaceIndex,
    direction: packet.direction,
    originalLength: packet.originalLength,
    fileOffset: packet.fileOffset,
    bytes: Buffer.from(packet.buffer.subarray(packet.start, packet.end)).toString('hex'),
  };
}

/** All packets of a reader, and the epoch time of each in nanoseconds. */
async function drain(reader: CaptureReader): Promise<{ packets: ReadPacket[]; timesNs: bigint[] }> {
  const packets: ReadPacket[] = [];
  const timesNs: bigint[] = [];
  await eachPacket(reader, (packet) => {
    packets.push(copyOf(packet));
    timesNs.push(BigInt(reader.epochSeconds) * 1_000_000_000n + BigInt(reader.nanosecondsOfSecond));
  });
  return { packets, timesNs };
}

/** Opens a capture, reads it to the end and closes it. */
export async function readAll(file: string, stdin?: Readable, readBytes?: number) {
  const reader = await openCapture(file, 0, stdin, readBytes);
  const { packets, timesNs } = await drain(reader);
  const facts = reader.facts();
  reader.close();
  return { packets, timesNs, facts, error: reader.error, keyLogs: reader.keyLogs, names: reader.names, reader };
}
