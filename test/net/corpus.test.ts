/**
 * Real captures against what Wireshark found in them: the packets with TCP, the quoted segments that it
 * numbers, and for each sender and receiver the segments and their payload bytes.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCapture } from '../../src/capture/open.js';
import { PacketDecoder } from '../../src/net/decoder.js';
import { addressText, endpointText } from '../../src/text/address.js';
import { eachPacket } from '../capture/read-all.js';

const CORPUS = path.resolve(import.meta.dirname, '../../../shared/corpus');
const EXPECTED = path.join(CORPUS, 'expected');

interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** The part of tshark's document that headers are held to. */
interface Expectation {
  readonly capture: { readonly tcpPackets: number; readonly quotedTcpPackets: number; readonly unreadable: boolean };
  readonly streams: readonly {
    readonly client: Endpoint;
    readonly server: Endpoint;
    readonly packets: { readonly client: number; readonly server: number };
    readonly bytes: { readonly client: number; readonly server: number };
    readonly quoted?: boolean;
  }[];
}

/** Where we differ from tshark 4.0 on purpose. */
const DIFFERENCES: Readonly<Record<string, readonly string[]>> = {
  // A data offset of two words: tshark takes all behind those eight bytes for payload, a host drops the segment.
  'nDPI/kerberos_fuzz.pcapng': ['126.4.1.0:88 > 19.0.0.0:53646: 1 segments, 0 bytes; tshark 1 segments, 260 bytes'],
  'suricata-verify/drop-protocol-change.pcap': [
    '10.9.0.2:58038 > 139.162.123.134:80: 4 segments, 60 bytes; tshark 4 segments, 97 bytes',
  ],
  // TCP within an sFlow sample, which is a statistic and not a packet of this capture.
  'PcapPlusPlus/tcp-reassembly.pcap': ['0 quoted, tshark 1'],
};

class Tally {
  private readonly byPair = new Map<string, { segments: number; bytes: number }>();

  add(source: Endpoint, destination: Endpoint, segments: number, bytes: number): void {
    if (segments === 0) return;
    const pair = `${endpointText(source)} > ${endpointText(destination)}`;
    const sum = this.byPair.get(pair) ?? { segments: 0, bytes: 0 };
    this.byPair.set(pair, { segments: sum.segments + segments, bytes: sum.bytes + bytes });
  }

  get pairs(): Iterable<string> {
    return this.byPair.keys();
  }

  of(pair: string): string {
    const { segments, bytes } = this.byPair.get(pair) ?? { segments: 0, bytes: 0 };
    return `${segments} segments, ${bytes} bytes`;
  }
}

async function differences(name: string, expected: Expectation): Promise<readonly string[]> {
  const ours = new Tally();
  const packets = new Set<number>();
  let quoted = 0;
  const decoder = new PacketDecoder({
    segment(s) {
      packets.add(s.packet);
      const source = { address: addressText(s.family, s.source0, s.source1, s.source2, s.source3), port: s.sourcePort };
      const address = addressText(s.family, s.destination0, s.destination1, s.destination2, s.destination3);
      ours.add(source, { address, port: s.destinationPort }, 1, s.payloadLength);
    },
    quoted(header) {
      if (header.numbered) quoted += 1;
    },
    name() {},
    presence() {},
    quicInitial() {},
  });
  const reader = await openCapture(path.join(CORPUS, name), 0);
  await eachPacket(reader, (packet) => decoder.decode(packet));
  reader.close();

  const theirs = new Tally();
  for (const { client, server, packets: sent, bytes, quoted: isQuoted } of expected.streams) {
    if (isQuoted === true) continue;
    theirs.add(client, server, sent.client, bytes.client);
    theirs.add(server, client, sent.server, bytes.server);
  }
  const found: string[] = [];
  const { tcpPackets, quotedTcpPackets } = expected.capture;
  if (packets.size !== tcpPackets) found.push(`${packets.size} packets with TCP, tshark ${tcpPackets}`);
  if (quoted !== quotedTcpPackets) found.push(`${quoted} quoted, tshark ${quotedTcpPackets}`);
  for (const pair of new Set([...ours.pairs, ...theirs.pairs])) {
    if (ours.of(pair) !== theirs.of(pair)) found.push(`${pair}: ${ours.of(pair)}; tshark ${theirs.of(pair)}`);
  }
  return found;
}

function expectations(): readonly string[] {
  if (!existsSync(EXPECTED)) return [];
  return readdirSync(EXPECTED, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
}

function expectationOf(name: string): Expectation {
  return JSON.parse(readFileSync(path.join(EXPECTED, `${name}.json`), 'utf8'));
}

describe.skipIf(!existsSync(EXPECTED))('each capture of the public corpus has the TCP that tshark sees', () => {
  it.each(expectations().filter((name) => expectationOf(name).capture.tcpPackets > 0))('%s', async (name) => {
    expect(await differences(name, expectationOf(name))).toEqual(DIFFERENCES[name] ?? []);
  });
});
