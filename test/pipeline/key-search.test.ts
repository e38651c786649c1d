import { createReadStream } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Connection } from '../../src/facts/connection.js';
import { analyze } from '../../src/pipeline/analyze.js';
import { words } from '../capture/build-pcap.js';
import { PcapngBuilder, padded } from '../capture/build-pcapng.js';
import { scratchFolder } from '../capture/scratch-folder.js';
import { ethernet, ipv4, tcp } from '../net/packets.js';
import { type Session, session } from '../tls/session.js';

const scratch = scratchFolder();
const TLS_KEY_LOG = 0x544c534b;

/** A session as packets of a TCP connection that was captured from its SYN, always of the same ports. `start`: its client's first sequence number. */
function packetsOf({ sent }: Session, start = 1000): Uint8Array[] {
  const next = { client: start + 1, server: 5001 };
  const packet = (
    isClient: boolean,
    flags: number,
    sequence: number,
    acknowledgement: number,
    data: Uint8Array | string,
  ) =>
    ethernet(
      0x0800,
      ipv4(
        tcp({
          source: isClient ? 50_000 : 443,
          destination: isClient ? 443 : 50_000,
          sequence,
          acknowledgement,
          flags,
          data,
        }),
        isClient ? {} : { source: 0xc6336402, destination: 0xc0000201 },
      ),
    );
  const packets = [
    packet(true, 2, start, 0, ''),
    packet(false, 18, 5000, start + 1, ''),
    packet(true, 16, start + 1, 5001, ''),
  ];
  for (const { from, bytes } of sent) {
    const isClient = from === 'client';
    const [mine, other] = isClient ? ['client' as const, 'server' as const] : ['server' as const, 'client' as const];
    packets.push(packet(isClient, 24, next[mine], next[other], bytes));
    next[mine] += bytes.length;
  }
  packets.push(packet(true, 17, next.client, next.server, ''), packet(false, 17, next.server, next.client + 1, ''));
  return packets;
}

/** A pcapng of packets with its key log before packet `keysAt`, or the lines of it given first; `null`: without. */
function capture(made: Session, keysAt: number | null, linesFirst = 0, ...further: readonly Session[]): Buffer {
  const builder = new PcapngBuilder(false).section().interface(1, []);
  const sessions = [made, ...further];
  const packets = sessions.flatMap((session, at) => packetsOf(session, 1000 + 100_000 * at));
  const lines = sessions.flatMap(({ keys }) => keys.split(/(?<=\n)/));
  const add = (some: readonly string[]): void => {
    const text = Buffer.from(some.join(''));
    if (text.length > 0) builder.block(10, words(false, TLS_KEY_LOG, text.length), padded(text));
  };
  add(lines.slice(0, linesFirst));
  const addKeys = (): void => add(lines.slice(linesFirst));
  packets.forEach((bytes, index) => {
    if (index === keysAt) addKeys();
    builder.enhanced(bytes, BigInt(1_700_000_000_000_000 + index * 1000));
  });
  if (keysAt !== null && keysAt >= packets.length) addKeys();
  return builder.build();
}

async function connectionOf(options: Parameters<typeof analyze>[0]): Promise<Connection> {
  const found: Connection[] = [];
  await analyze({ ...options, onConnection: (connection) => found.push(connection) });
  const [connection] = found;
  if (connection === undefined || found.length > 1) throw new Error(`${found.length} connections`);
  return connection;
}

describe('keys of a capture', () => {
  let made: Session;
  beforeAll(async () => {
    made = await session();
  });

  it.each([0, 3, 5, 1000])('are used wherever they stand in a pcapng: before packet %i', async (keysAt) => {
    const file = scratch.write(`keys-at-${keysAt}.pcapng`, capture(made, keysAt));
    const { tls, exchanges, protocol } = await connectionOf({ files: [file] });
    expect([tls?.decryption, exchanges.length, protocol]).toEqual(['whole', 2, 'http/1.1']);
  });

  it.each([1, 2, 3, 4])(
    'are used where the first %i of their lines stand before the packets, the rest behind',
    async (lines) => {
      const file = scratch.write(`keys-from-${lines}.pcapng`, capture(made, 1000, lines));
      const { tls, exchanges } = await connectionOf({ files: [file] });
      expect([tls?.decryption, exchanges.length]).toEqual(['whole', 2]);
    },
  );

  it('are used behind connections that others of the same ports follow at once', async () => {
    const file = scratch.write('ports-again.pcapng', capture(made, 1000, 0, await session(), await session()));
    const found: Connection[] = [];
    await analyze({ files: [file], onConnection: (connection) => found.push(connection) });
    expect(found.map(({ tls }) => tls?.decryption)).toEqual(['whole', 'whole', 'whole']);
  });

  it('of a key log given beside it', async () => {
    const file = scratch.write('no-keys.pcapng', capture(made, null));
    expect((await connectionOf({ files: [file], keyLogs: [made.keys] })).tls?.decryption).toBe('whole');
    expect((await connectionOf({ files: [file] })).tls?.decryption).toBe('no-key');
  });

  it('in a pipe are used where they come in time', async () => {
    const read = async (keysAt: number) => {
      const file = scratch.write(`pipe-${keysAt}`, capture(made, keysAt));
      return (await connectionOf({ files: ['-'], stdin: createReadStream(file) })).tls;
    };
    expect((await read(0))?.decryption).toBe('whole');
    const late = await read(1000);
    expect([late?.decryption, late?.openedRecords]).toEqual(['no-key', 0]);
    const between = await read(10);
    expect(between?.decryption).not.toBe('wrong-key');
  });

  it('of one capture of a run open the connections of another', async () => {
    const packets = scratch.write('packets.pcapng', capture(made, null));
    const keys = scratch.write('keys.pcapng', capture(made, 1000).subarray(0));
    const found: Connection[] = [];
    await analyze({ files: [packets, keys], onConnection: (connection) => found.push(connection) });
    expect(found[0]?.tls?.decryption).toBe('whole');
  });

  it('what was decrypted, and what was not, is told', async () => {
    const other = await session();
    const files = [
      scratch.write('with.pcapng', capture(made, 0)),
      scratch.write('without.pcapng', capture(other, null)),
    ];
    const tls = await Promise.all(files.map(async (file) => (await analyze({ files: [file] })).analysis.unseen.tls));
    expect(tls).toEqual([
      { connections: 1, decrypted: 1, decryptedInPart: 0, undecrypted: [] },
      { connections: 1, decrypted: 0, decryptedInPart: 0, undecrypted: [{ cause: 'no-key', connections: 1 }] },
    ]);
  });
});
