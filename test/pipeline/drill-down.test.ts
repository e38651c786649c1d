import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Connection } from '../../src/facts/connection.js';
import { CAPTURE_STRIDE, type PacketReference } from '../../src/facts/packet-reference.js';
import { analyze } from '../../src/pipeline/analyze.js';
import { DrillDown } from '../../src/pipeline/drill-down.js';
import { pcap, type TestPacket } from '../capture/build-pcap.js';
import { pieces, scratchFolder } from '../capture/scratch-folder.js';
import { CLIENT, ipv4, LINKTYPE_IPV4, SERVER, tcp } from '../net/packets.js';

const samples = path.resolve(import.meta.dirname, '../../samples');
const sample = path.join(samples, 'rst-after-request.pcapng');
const scratch = scratchFolder();
const kept = scratchFolder();
const opened: DrillDown[] = [];

afterEach(() => {
  for (const drillDown of opened.splice(0)) drillDown.close();
});

/** A run over captures, its connections, and the way back to their packets. */
async function drilled(files: readonly string[], stdin?: Parameters<typeof analyze>[0]['stdin']) {
  const drillDown = new DrillDown();
  opened.push(drillDown);
  const connections: Connection[] = [];
  await analyze({
    files,
    drillDown,
    onConnection: (connection) => connections.push(connection),
    ...(stdin === undefined ? {} : { stdin }),
  });
  return { drillDown, connections };
}

/** Numbers of the packets of connections. */
async function packetsOf(drillDown: DrillDown, ...streams: number[]): Promise<PacketReference[]> {
  const packets: PacketReference[] = [];
  await drillDown.eachPacket(streams, ({ reference }) => packets.push(reference));
  return packets;
}

/** Packets of a small conversation, or of its second half, among ten thousands that belong to nobody. */
function longCapture(before: number, between: number): Buffer {
  const packets: TestPacket[] = [];
  const noise = ipv4(tcp({ source: 1, destination: 2, flags: 0x10, data: 'x' }), { source: 0xcb007109 });
  const add = (bytes: Uint8Array) => {
    const number = packets.length;
    packets.push({ seconds: 1_700_000_000 + Math.floor(number / 1000), nanoseconds: (number % 1000) * 1000, bytes });
  };
  const send = (flags: number, sequence: number, data = '', fromClient = true) => {
    const ports = fromClient ? { source: 40_000, destination: 80 } : { source: 80, destination: 40_000 };
    const addresses = fromClient ? {} : { source: SERVER, destination: CLIENT };
    add(
      ipv4(tcp({ ...ports, sequence, acknowledgement: 1, flags, data }), { ...addresses, id: packets.length & 0xffff }),
    );
  };
  for (let at = 0; at < before; at += 1) add(noise);
  send(0x02, 0);
  send(0x18, 1, 'GET / HTTP/1.1\r\nHost: a.example\r\n\r\n');
  for (let at = 0; at < between; at += 1) add(noise);
  send(0x18, 1, 'HTTP/1.1 204 No Content\r\n\r\n', false);
  for (let at = 0; at < before; at += 1) add(noise);
  return pcap(packets, { network: LINKTYPE_IPV4 });
}

describe('the packets of a connection, read again', () => {
  it('are those that its facts count, for every connection of a capture', async () => {
    const { drillDown, connections } = await drilled([sample]);
    expect(connections).toHaveLength(83);
    for (const { stream, client, server, firstPacket, lastPacket } of connections) {
      const packets = await packetsOf(drillDown, stream);
      expect(packets).toHaveLength(client.packets + server.packets);
      expect(packets[0]).toBe(firstPacket);
      expect(packets.at(-1)).toBe(lastPacket);
    }
  });

  it('come in the order of the run where connections lie within one another', async () => {
    const { drillDown } = await drilled([sample]);
    const both = await packetsOf(drillDown, 30, 31);
    const each = [...(await packetsOf(drillDown, 30)), ...(await packetsOf(drillDown, 31))];
    expect(both).toEqual([...each].sort((a, b) => a - b));
  });

  it('make the same facts as in the run', async () => {
    const { drillDown, connections } = await drilled([sample]);
    for (const connection of connections.slice(0, 20)) {
      const detail = await drillDown.conversation(connection.stream);
      // Whether the capture ended soon after it is not to be seen from its own packets.
      expect(detail?.connection).toEqual({ ...connection, guards: expect.anything() });
    }
  });

  it('are the same out of gzip and out of a pipe, which are kept without a trace', async () => {
    const plain = await drilled([sample]);
    const gzip = scratch.write('in.gz', gzipSync(readFileSync(sample)));
    // A folder of its own: in the machine's, others keep what they read at the same time.
    vi.stubEnv('TMPDIR', kept.folder);
    const zipped = await drilled([gzip]);
    const piped = await drilled(['-'], createReadStream(sample, { highWaterMark: 1000 }));
    const zippedPipe = await drilled(['-'], streamOf(gzipSync(readFileSync(sample))));
    const expected = await plain.drillDown.conversation(31);
    expect(expected?.packets.length).toBeGreaterThan(3);
    for (const { drillDown } of [zipped, piped, zippedPipe]) expect(await drillDown.conversation(31)).toEqual(expected);
    expect(readdirSync(kept.folder)).toEqual([]);
  });

  it('are found in the middle of a long capture without reading what came before', async () => {
    const file = scratch.write('long.pcap', longCapture(70_000, 40_000));
    const { drillDown, connections } = await drilled([file]);
    const connection = connections.find(({ server }) => server.endpoint.port === 80);
    expect(connection?.exchanges).toMatchObject([{ response: { status: 204 } }]);
    const stream = connection?.stream ?? -1;
    expect(await packetsOf(drillDown, stream)).toEqual([70_001, 70_002, 110_003]);
    const detail = await drillDown.conversation(stream);
    expect(detail?.connection.startNs).toBe(connection?.startNs);
    expect(detail?.packets.map(({ atNs }) => atNs)).toEqual([connection?.startNs, 70_000_001_000, 110_000_002_000]);
  });

  it('are found over the files of a ring, and where two captures ran at once', async () => {
    const whole = longCapture(40_000, 40_000);
    const [header, records] = [whole.subarray(0, 24), whole.subarray(24)];
    // A record: 16 bytes and the packet. Cut between records, behind the request.
    let cut = 0;
    for (let number = 0; number < 60_000; number += 1) cut += 16 + records.readUInt32LE(cut + 8);
    const first = scratch.write('ring0.pcap', Buffer.concat([header, records.subarray(0, cut)]));
    const second = scratch.write('ring1.pcap', Buffer.concat([header, records.subarray(cut)]));
    const { drillDown, connections } = await drilled([second, first, sample]);
    const stream = connections.find(({ client }) => client.endpoint.port === 40_000)?.stream ?? -1;
    expect(await packetsOf(drillDown, stream)).toEqual([CAPTURE_STRIDE + 40_001, CAPTURE_STRIDE + 40_002, 20_003]);
    const other = connections.find(({ firstPacket }) => firstPacket > 2 * CAPTURE_STRIDE);
    const packets = await packetsOf(drillDown, other?.stream ?? -1);
    expect(packets).toHaveLength((other?.client.packets ?? 0) + (other?.server.packets ?? 0));
  });

  it('are none where there is no such connection', async () => {
    const { drillDown } = await drilled([sample]);
    expect(drillDown.spanOf(83)).toBeNull();
    expect(await drillDown.conversation(83)).toBeNull();
    expect(await packetsOf(drillDown, 83)).toEqual([]);
  });

  it('are told when the capture was changed meanwhile', async () => {
    const file = scratch.write('changed.pcapng', readFileSync(sample));
    const { drillDown } = await drilled([file]);
    scratch.write('changed.pcapng', readFileSync(path.join(samples, 'redirect-loop.pcapng')));
    expect(await drillDown.conversation(82)).toBeNull();
  });
});

describe('one packet, read again', () => {
  it('is the one that bears the number', async () => {
    const { drillDown } = await drilled([sample]);
    let seen = 0;
    expect(await drillDown.packet(230, ({ number }) => (seen = number))).toBe(true);
    expect(seen).toBe(230);
    expect(await drillDown.packet(1_000_000, () => undefined)).toBe(false);
  });
});

describe('a conversation packet by packet', () => {
  it('says what each packet holds, through TLS', async () => {
    const { drillDown, connections } = await drilled([path.join(samples, 'cross-sni-reuse.pcapng')]);
    const detail = await drillDown.conversation(connections[0]?.stream ?? -1);
    const contents = (detail?.packets ?? []).flatMap((packet) => (packet.kind === 'segment' ? packet.contents : []));
    const handshake = contents
      .filter(({ kind }) => kind === 'handshake')
      .map((content) => 'name' in content && content.name);
    expect(handshake).toEqual(expect.arrayContaining(['ClientHello begins', 'ClientHello', 'ServerHello', 'Finished']));
    expect(contents).toEqual(
      expect.arrayContaining([
        { kind: 'request', method: 'GET', target: '/', version: 'HTTP/2', h2Stream: 1 },
        { kind: 'frame', protocol: 'h2', name: 'SETTINGS ACK', h2Stream: null, bytes: 0 },
        { kind: 'alert', level: 'warning', name: 'close_notify' },
      ]),
    );
    // What was opened is not named a second time as the record that carried it.
    expect(contents.some((content) => content.kind === 'record' && content.name === 'Application Data')).toBe(false);
  });

  it.each([
    ['cross-sni-reuse-http1.pcapng', 9, ['ClientKeyExchange', 'Change Cipher Spec', 'Finished']],
    ['cross-sni-reuse-http1.pcapng', 10, ['NewSessionTicket', 'Change Cipher Spec', 'Finished']],
    ['cross-sni-reuse.pcapng', 9, ['Change Cipher Spec', 'Finished']],
    [
      'cross-sni-reuse.pcapng',
      7,
      ['ServerHello', 'Change Cipher Spec', 'EncryptedExtensions', 'Certificate', 'CertificateVerify', 'Finished'],
    ],
  ])('names the messages of a handshake in their order: %s #%i', async (file, number, names) => {
    const { drillDown, connections } = await drilled([path.join(samples, file)]);
    const detail = await drillDown.conversation(connections[0]?.stream ?? -1);
    const packet = detail?.packets.find((one) => one.packet === number);
    expect(packet?.kind === 'segment' && packet.contents.map((content) => 'name' in content && content.name)).toEqual(
      names,
    );
  });

  it('tells retransmissions and bytes that were never captured', async () => {
    const { drillDown, connections } = await drilled([path.join(samples, 'healthy-loss.pcapng')]);
    let again = 0;
    let expected = 0;
    for (const { stream, client, server } of connections) {
      const detail = await drillDown.conversation(stream);
      for (const packet of detail?.packets ?? []) if (packet.kind === 'segment' && packet.isRetransmission) again += 1;
      expected += client.retransmissions + server.retransmissions;
    }
    expect(expected).toBeGreaterThan(0);
    expect(again).toBe(expected);
  });
});

function streamOf(bytes: Uint8Array): Readable {
  return Readable.from(pieces(bytes, 777), { objectMode: false });
}
