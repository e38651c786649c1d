/** A session over real captures: what it tells, and what it answers. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/facts/connection.js';
import { analyze } from '../../../src/pipeline/analyze.js';
import type { FromReader, QuestionKind, Questions, ToReader } from '../../../src/pipeline/explore/protocol.js';
import { Session } from '../../../src/pipeline/explore/session.js';
import { ConnectionIndex } from '../../../src/pipeline/index/connection-index.js';

const SAMPLES = fileURLToPath(new URL('../../../samples/', import.meta.url));
const sessions: Session[] = [];
afterEach(() => {
  for (const session of sessions.splice(0)) session.close();
});

/** A session that has read a capture. */
async function read(file: string) {
  const answers = new Map<number, (message: FromReader) => void>();
  const index = new ConnectionIndex();
  let done: (message: Extract<FromReader, { kind: 'done' }>) => void = () => undefined;
  const reading = new Promise<Extract<FromReader, { kind: 'done' }>>((resolve) => {
    done = resolve;
  });
  const session = new Session((message) => {
    // Between threads everything is cloned: what cannot be must not be told.
    const told = structuredClone(message);
    if (told.kind === 'progress' || told.kind === 'done')
      index.grow(message.kind === 'progress' || message.kind === 'done' ? message.growth : told.growth);
    if (told.kind === 'done') done(told);
    if (told.kind === 'failed') throw new Error(told.message);
    if (told.kind === 'answer' || told.kind === 'refused') answers.get(told.id)?.(told);
  });
  sessions.push(session);
  session.take({ kind: 'read', task: { files: [file], keyLogs: [], reveal: false, rules: null, ruleFiles: [] } });
  const result = await reading;
  let id = 0;
  const ask = <K extends QuestionKind>(question: K, what: Questions[K]['ask']): Promise<Questions[K]['answer']> => {
    id += 1;
    return new Promise((resolve, reject) => {
      answers.set(id, (message) => {
        if (message.kind === 'answer') resolve(message.answer as Questions[K]['answer']);
        else if (message.kind === 'refused') reject(new Error(message.reason));
      });
      session.take({ kind: 'ask', id, question, ask: what } as ToReader);
    });
  };
  return { index, ask, ...result };
}

const RESETS = `${SAMPLES}rst-after-request.pcapng`;

describe('a session', () => {
  it('fills an index that says of each connection what its facts say', async () => {
    const connections: Connection[] = [];
    await analyze({ files: [RESETS], onConnection: (connection) => connections.push(connection) });
    const { index, analysis } = await read(RESETS);
    expect(index.size).toBe(connections.length);
    expect(analysis.connections).toBe(connections.length);
    for (const connection of connections) {
      const row = index.rowOfStream(connection.stream);
      if (row === null) throw new Error(`stream ${connection.stream} has no row`);
      const statuses = new Set(
        connection.exchanges.flatMap(({ response }) => (response === null ? [] : [response.status])),
      );
      expect(index.row(row)).toMatchObject({
        stream: connection.stream,
        startNs: connection.startNs,
        endNs: connection.endNs,
        firstPacket: connection.firstPacket,
        lastPacket: connection.lastPacket,
        client: connection.client.endpoint.address,
        clientPort: connection.client.endpoint.port,
        server: `${connection.server.endpoint.address}:${connection.server.endpoint.port}`,
        protocol: connection.protocol,
        requests: connection.exchanges.filter(({ request }) => request !== null).length,
        statuses: [...statuses].sort((one, other) => one - other),
        close: connection.close.kind,
        reset: connection.close.resetBy ?? 'none',
        handshake: connection.handshake.kind,
        packets: connection.client.packets + connection.server.packets,
        bytes: connection.client.payloadBytes + connection.server.payloadBytes,
      });
      const [first] = connection.exchanges;
      if (first !== undefined && first.request !== null)
        expect(index.requestsOf(row)).toContain(`${first.request.method} ${first.request.target}`.slice(0, 40));
    }
  });

  it('puts connections in order, those that a filter lets through', async () => {
    const { index, ask } = await read(RESETS);
    const streams = async (filter: string, sort: Questions['order']['ask']['sort'] = 'stream', isReversed = false) => {
      const rows = await ask('order', { filter, sort, isReversed, marked: [24] });
      return [...rows].map((row) => index.row(row));
    };
    const all = await streams('');
    expect(all.map(({ stream }) => stream)).toEqual(Array.from({ length: all.length }, (_, stream) => stream));
    const reset = await streams('reset:server server:10.0.1.43');
    expect(reset.length).toBeGreaterThan(10);
    expect(reset.every((row) => row.reset === 'server' && row.server === '10.0.1.43:80')).toBe(true);
    const byTime = (await streams('', 'time', true)).map(({ startNs, endNs }) => endNs - startNs);
    expect(byTime).toEqual([...byTime].sort((one, other) => other - one));
    const servers = (await streams('', 'server')).map(({ server }) => server);
    expect(servers).toEqual([...servers].sort());
    expect((await streams('marked:yes')).map(({ stream }) => stream)).toEqual([24]);
    expect((await streams('finding:F1')).length).toBe(17);
    expect((await streams('tcp.stream eq 24 && http.request.method == "GET"')).length).toBe(1);
    expect((await streams('frame.number == 229')).map(({ stream }) => stream)).toEqual([24]);
    expect(await streams('path:/nowhere')).toEqual([]);
  });

  it('offers values that were seen, the frequent ones first', async () => {
    const { ask } = await read(RESETS);
    expect(await ask('values', { field: 'server' })).toEqual(['10.0.1.43:80', '10.0.1.44:8080', '10.0.1.45:80']);
    expect(await ask('values', { field: 'no such field' })).toEqual([]);
  });

  it('shows a packet field by field, and hides what may be secret', async () => {
    const { ask } = await read(RESETS);
    const tree = await ask('packet', { packet: 229 });
    expect(tree?.nodes.map(({ label }) => label)).toEqual(['Ethernet', 'IPv4', 'TCP', 'HTTP']);
    const fields = tree?.nodes.at(-1)?.children ?? [];
    expect(fields[0]?.value).toBe('GET / HTTP/1.1');
    const cookie = fields.find(({ label }) => label === 'Cookie');
    expect(cookie?.value).toBe('session=…6');
    expect(cookie?.revealed).toBe('session=s55433');
    expect(tree?.hidden).toEqual([{ start: (cookie?.start ?? 0) + 'Cookie:'.length, end: cookie?.end }]);
    expect(await ask('packet', { packet: 1_000_000 })).toBeNull();
  });

  it('follows plaintext, opened where there are keys', async () => {
    const { ask } = await read(`${SAMPLES}h2-goaway-race-nginx.pcapng`);
    const followed = await ask('plaintext', { stream: 0 });
    const lines = followed?.blocks.flatMap((block) => block.lines) ?? [];
    expect(lines).toContain(':path: /api/products/10');
    expect(lines).toContain(':status: 200');
    expect(lines.some((line) => line.startsWith('GOAWAY'))).toBe(true);
    expect(followed?.note).toBeNull();
    expect(followed?.blocks.filter(({ kind }) => kind === 'sealed')).toEqual([]);
    expect(await ask('plaintext', { stream: 999 })).toBeNull();
  });

  it('gives the conversation that a finding rests on', async () => {
    const { ask, analysis } = await read(RESETS);
    const evidence = analysis.findings[0]?.evidence[0];
    const detail = await ask('conversation', { stream: evidence?.stream ?? -1, kept: [] });
    const numbers = detail?.packets.map(({ packet }) => packet) ?? [];
    for (const { packet } of evidence?.packets ?? []) expect(numbers).toContain(packet);
  });

  it("makes a capture of a finding's connections that gives the same finding", async () => {
    const { ask, analysis } = await read(RESETS);
    const finding = analysis.findings[0];
    const streams = finding?.evidence.map(({ stream }) => stream) ?? [];
    const extract = await ask('extract', { finding: finding?.id ?? null, streams, application: 'test' });
    const folder = mkdtempSync(path.join(tmpdir(), 'pcapdx-extract-'));
    try {
      const file = path.join(folder, 'f1.pcapng');
      writeFileSync(file, extract.bytes);
      const again = await analyze({ files: [file] });
      expect(again.errors).toEqual([]);
      expect(again.analysis.captures[0]?.packets).toBe(extract.packets);
      const same = again.analysis.findings.find(({ rule }) => rule === finding?.rule);
      expect(same?.occurrences).toBe(finding?.occurrences);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('says what could not be read', async () => {
    const { errors, analysis } = await read(fileURLToPath(import.meta.url));
    expect(errors.map(({ code }) => code)).toEqual(['not-a-capture']);
    expect(analysis.captures).toEqual([]);
  });
});
