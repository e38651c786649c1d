import { createReadStream, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Connection } from '../../src/facts/connection.js';
import type { Finding } from '../../src/facts/finding.js';
import type { Analysis } from '../../src/facts/summary.js';
import { analyze } from '../../src/pipeline/analyze.js';
import { pieces, scratchFolder } from '../capture/scratch-folder.js';

const sample = path.resolve(import.meta.dirname, '../../samples/rst-after-request.pcapng');
const healthy = path.resolve(import.meta.dirname, '../../samples/rst-after-request-healthy.pcapng');
const scratch = scratchFolder();

describe('a capture, analysed', () => {
  it('finds the security agent and the killed server, each with its cause', async () => {
    const { analysis, errors } = await analyze({ files: [sample], rules: ['rst-after-request'] });
    expect(errors).toEqual([]);
    expect(analysis).toMatchObject({ connections: 83, interrupted: false, ruleFailures: [] });
    expect(
      failuresIn(analysis).map(({ id, subject, occurrences, confidence, hypotheses }) => ({
        id,
        subject: `${subject.address}:${subject.port} ${subject.name}`,
        occurrences,
        confidence,
        supported: hypotheses.filter(({ verdict }) => verdict === 'supported').map(({ cause }) => cause),
      })),
    ).toEqual([
      {
        id: 'F1',
        subject: '10.0.1.43:80 serv1.example',
        occurrences: 17,
        confidence: 'certain',
        supported: ['security-agent'],
      },
      {
        id: 'F2',
        subject: '10.0.1.44:8080 orders.example',
        occurrences: 7,
        confidence: 'certain',
        supported: ['process-dead'],
      },
    ]);
  });

  it('finds nothing that failed in the healthy twin', async () => {
    const { analysis } = await analyze({ files: [healthy] });
    expect([analysis.connections, failuresIn(analysis)]).toEqual([80, []]);
  });

  it('says the same of the capture in gzip, and of the capture through a pipe', async () => {
    const plain = await analyze({ files: [sample] });
    const zipped = await analyze({ files: [scratch.write('anything.txt', gzipSync(readFileSync(sample)))] });
    const piped = await analyze({ files: ['-'], stdin: createReadStream(sample, { highWaterMark: 1000 }) });
    for (const other of [zipped, piped]) {
      expect(other.analysis.findings).toEqual(plain.analysis.findings);
      expect(other.analysis.servers).toEqual(plain.analysis.servers);
      expect(other.analysis.unseen).toEqual(plain.analysis.unseen);
    }
  });

  it('says whether there were keys to try', async () => {
    const keys = `CLIENT_RANDOM ${'0a'.repeat(32)} ${'0b'.repeat(48)}\n`;
    const given = async (...keyLogs: string[]) => (await analyze({ files: [healthy], keyLogs })).analysis.keysGiven;
    expect([await given(), await given('# nothing\n'), await given('', keys)]).toEqual(['no-log', 'empty-log', 'keys']);
  });

  it('says what was read when the user stops it', async () => {
    const stop = new AbortController();
    stop.abort();
    const { analysis } = await analyze({ files: [sample], signal: stop.signal });
    expect(analysis).toMatchObject({ interrupted: true, connections: 0, captures: [] });
  });

  it('does not wait for a pipe that brings nothing when the user stops it', async () => {
    const stop = new AbortController();
    const { Readable } = await import('node:stream');
    const halfway = readFileSync(sample).subarray(0, 50_000);
    const silent = new Readable({ read: () => undefined });
    for (const piece of pieces(halfway, 8192)) silent.push(Buffer.from(piece));
    const analysing = analyze({ files: ['-'], stdin: silent, signal: stop.signal });
    setTimeout(() => stop.abort(), 50);
    const { analysis } = await analysing;
    expect(analysis.interrupted).toBe(true);
    expect(analysis.captures[0]?.packets).toBeGreaterThan(100);
    silent.destroy();
  });

  it('does not wait for the first byte either', async () => {
    const stop = new AbortController();
    const { Readable } = await import('node:stream');
    const silent = new Readable({ read: () => undefined });
    setTimeout(() => stop.abort(), 50);
    const { analysis, errors } = await analyze({ files: ['-'], stdin: silent, signal: stop.signal });
    expect([analysis.interrupted, analysis.captures, errors]).toEqual([true, [], []]);
    silent.destroy();
  });

  it('reports of a missing capture and reads the other', async () => {
    const { analysis, errors } = await analyze({ files: ['no-such.pcap', healthy] });
    expect(errors.map(({ code }) => code)).toEqual(['not-found']);
    expect(analysis.connections).toBe(80);
  });

  it('reads a ring of captures as one: connections that cross files are whole, packets keep their own numbers', async () => {
    // Cut the sample's blocks in two files: the second gets the section and interface blocks too.
    const bytes = readFileSync(sample);
    const blocks: { readonly type: number; readonly bytes: Uint8Array }[] = [];
    for (let at = 0; at < bytes.length; ) {
      const length = bytes.readUInt32LE(at + 4);
      blocks.push({ type: bytes.readUInt32LE(at), bytes: bytes.subarray(at, at + length) });
      at += length;
    }
    const packets = blocks.filter(({ type }) => type === 6);
    const heads = blocks.slice(
      0,
      blocks.findIndex(({ type }) => type === 6),
    );
    const file = (part: typeof blocks): Uint8Array => Buffer.concat([...heads, ...part].map((block) => block.bytes));
    const first = scratch.write('ring0', file(packets.slice(0, 500)));
    const second = scratch.write('ring1', file(packets.slice(500)));

    const whole = await connectionsOf([sample]);
    const ring = await connectionsOf([second, first]);
    const figures = (all: readonly Connection[]) =>
      all.map(({ stream, client, server, close, exchanges, startEpoch }) => ({
        stream,
        startEpoch,
        client: client.endpoint,
        packets: [client.packets, server.packets],
        close: close.kind,
        statuses: exchanges.map(({ response }) => response?.status ?? null),
      }));
    expect(figures(ring)).toEqual(figures(whole));
    const { analysis } = await analyze({ files: [second, first], rules: ['rst-after-request'] });
    expect(analysis.captures.map((capture) => capture.packets)).toEqual([402, 500]);
    expect(failuresIn(analysis).map(({ occurrences }) => occurrences)).toEqual([17, 7]);
  });
});

/** What failed or will fail; notices apart. */
function failuresIn({ findings }: Analysis): readonly Finding[] {
  return findings.filter(({ severity }) => severity !== 'notice');
}

async function connectionsOf(files: readonly string[]): Promise<Connection[]> {
  const connections: Connection[] = [];
  await analyze({ files, onConnection: (connection) => connections.push(connection) });
  return connections.sort((a, b) => a.stream - b.stream);
}
