/** Captures of both ends, made of one: packets chosen and times changed, as a classic pcap. */
import { openCaptures } from '../../../src/capture/merge.js';
import { PacketDecoder } from '../../../src/net/decoder.js';
import type { PacketSink, SegmentView } from '../../../src/net/segment.js';
import { addressText } from '../../../src/text/address.js';
import { pcap, type TestPacket } from '../../capture/build-pcap.js';
import { eachPacket } from '../../capture/read-all.js';

/** A clock that differs from that of the sample: ahead by so many nanoseconds, and gaining so much each second. */
export interface OtherClock {
  readonly aheadNs: number;
  readonly drift?: number;
}

/** The packets of the segments chosen by their addresses, stamped by another clock, and so much later by their addresses; and the key logs in the capture. */
export async function partOf(
  file: string,
  isChosen: (addresses: readonly [string, string]) => boolean,
  { aheadNs, drift = 0 }: OtherClock,
  delayOf: (addresses: readonly [string, string]) => number = () => 0,
): Promise<{ readonly capture: Buffer; readonly keyLogs: readonly string[] }> {
  const stream = await openCaptures([file]);
  const packets: TestPacket[] = [];
  let isWanted = false;
  let delayNs = 0;
  const sink: PacketSink = {
    segment: (segment) => {
      const addresses = addressesOf(segment);
      isWanted ||= isChosen(addresses);
      delayNs = delayOf(addresses);
    },
    quoted: () => undefined,
    name: () => undefined,
    presence: () => undefined,
    quicInitial: () => undefined,
  };
  const decoder = new PacketDecoder(sink);
  let network = 1;
  try {
    await eachPacket(stream, (packet) => {
      isWanted = false;
      decoder.decode(packet);
      if (!isWanted) return;
      network = packet.linkType;
      const ns =
        BigInt(packet.epochSeconds) * 1_000_000_000n +
        BigInt(packet.epochNanoseconds) +
        BigInt(Math.round(aheadNs + delayNs + packet.atNs * drift));
      packets.push({
        seconds: Number(ns / 1_000_000_000n),
        nanoseconds: Number(ns % 1_000_000_000n),
        bytes: Uint8Array.from(packet.buffer.subarray(packet.start, packet.end)),
        originalLength: packet.originalLength,
      });
    });
    return { capture: pcap(packets, { network, magic: 0xa1b23c4d, unitNs: 1 }), keyLogs: [...stream.keyLogs] };
  } finally {
    stream.close();
  }
}

function addressesOf(segment: SegmentView): [string, string] {
  return [
    addressText(segment.family, segment.source0, segment.source1, segment.source2, segment.source3),
    addressText(segment.family, segment.destination0, segment.destination1, segment.destination2, segment.destination3),
  ];
}
