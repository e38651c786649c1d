import { describe, expect, it } from 'vitest';
import { analyze } from '../../src/pipeline/analyze.js';
import { EXCHANGE_BATCH } from '../../src/pipeline/conversation.js';
import { pcap, type TestPacket } from '../capture/build-pcap.js';
import { scratchFolder } from '../capture/scratch-folder.js';
import { CLIENT, ipv4, LINKTYPE_IPV4, SERVER, tcp } from '../net/packets.js';

const scratch = scratchFolder();
const REQUEST = 'GET / HTTP/1.1\r\nHost: a.example\r\n\r\n';
const RESPONSE = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';

/** Sends segments of the connection from 192.0.2.1:`port` to 198.51.100.2:80, in order, to the end of `packets`. */
function sender(packets: TestPacket[], port: number) {
  let client = 1;
  let server = 1;
  return (fromClient: boolean, flags: number, text = ''): void => {
    const segment = tcp({
      source: fromClient ? port : 80,
      destination: fromClient ? 80 : port,
      sequence: fromClient ? client : server,
      acknowledgement: fromClient ? server : client,
      flags,
      data: text,
    });
    const length = text.length + ((flags & 3) === 0 ? 0 : 1);
    if (fromClient) client += length;
    else server += length;
    const addresses = fromClient ? {} : { source: SERVER, destination: CLIENT };
    const bytes = ipv4(segment, { ...addresses, id: packets.length + 1 });
    packets.push({ seconds: 1_700_000_000, nanoseconds: packets.length * 1000, bytes });
  };
}

/** Adds a whole connection with `count` exchanges. */
function converse(send: ReturnType<typeof sender>, count: number): void {
  send(true, 0x02);
  send(false, 0x12);
  send(true, 0x10);
  for (let at = 0; at < count; at += 1) {
    send(true, 0x18, REQUEST);
    send(false, 0x18, RESPONSE);
  }
  send(false, 0x11);
  send(true, 0x11);
}

/** A capture of one connection with `count` exchanges. */
function captureOf(count: number): string {
  const packets: TestPacket[] = [];
  converse(sender(packets, 40_000), count);
  return scratch.write(`exchanges-${count}`, pcap(packets, { network: LINKTYPE_IPV4 }));
}

describe('a connection that is closed', () => {
  it('says what it said though others have spoken since, and is told of what still came', async () => {
    const packets: TestPacket[] = [];
    const first = sender(packets, 40_000);
    converse(first, 2);
    converse(sender(packets, 40_001), 3);
    first(false, 0x04);
    const told: unknown[] = [];
    await analyze({
      files: [scratch.write('closed', pcap(packets, { network: LINKTYPE_IPV4 }))],
      onConnection: ({ stream, exchanges, close, startEpoch, protocol, undecodedBytes }) =>
        told.push([stream, exchanges.length, protocol, close.segmentCount, startEpoch.nanoseconds, undecodedBytes]),
    });
    const none = { client: 0, server: 0 };
    expect(told.sort()).toEqual([
      [0, 2, 'http/1.1', 3, 0, none],
      [1, 3, 'http/1.1', 2, 9000, none],
    ]);
  });
});

describe('a connection with very many exchanges', () => {
  const count = EXCHANGE_BATCH * 2 + 500;

  it('is one connection in every count, though it comes in batches', async () => {
    const { analysis } = await analyze({ files: [captureOf(count)] });
    expect(analysis).toMatchObject({ connections: 1, exchanges: count, findings: [] });
    expect(analysis.servers).toMatchObject([{ port: 80, names: ['a.example'], connections: 1, exchanges: count }]);
    expect(analysis.unseen).toMatchObject({ openAtEnd: 0, midStream: 0 });
  });

  it('comes whole to whoever asks for connections', async () => {
    const sizes: number[] = [];
    const statuses = new Set<number | undefined>();
    await analyze({
      files: [captureOf(count)],
      onConnection: ({ exchanges, exchangeOffset, close }) => {
        sizes.push(exchangeOffset, exchanges.length);
        for (const { response } of exchanges) statuses.add(response?.status);
        expect(close.kind).toBe('fin');
      },
    });
    expect([sizes, [...statuses]]).toEqual([[0, count], [200]]);
  });
});
