/**
 * Secrets planted wherever a request, a response or a connection can carry one: none may be found in
 * any output, of any command and format, unless the user asks for it; then each output says so.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../src/cli/main.js';
import { buildProgram } from '../../src/cli/program.js';
import type { Connection } from '../../src/facts/connection.js';
import { analyze } from '../../src/pipeline/analyze.js';
import { pcap, type TestPacket } from '../capture/build-pcap.js';
import { block, END, END_HEADERS, frame, PREFACE, settings } from '../http/h2/frames.js';
import { ipv4, LINKTYPE_IPV4, tcp } from '../net/packets.js';
import { World } from './surroundings.js';

/** In each planted value, whatever stands around it. */
const MARK = 'PLANTED';
let planted = 0;
/** A value as secrets are: of letters and digits, and each another. */
const secret = (): string => {
  planted += 1;
  return `${MARK}${planted}a7f3c9e1b5d8`;
};
// The blank puts the value where base64 begins anew.
const webToken = (): string =>
  `eyJhbGciOiJIUzI1NiJ9.${Buffer.from(`{"sub": "${secret()}"}`).toString('base64url')}.${secret()}`;

const SYN = 2;
const RST = 4;
const ACK = 0x10;
const DATA = 0x18;

let seconds = 0;
/** A connection that says `client`, hears `server` if that is anything, and is reset by the server. */
function conversation(port: number, client: Uint8Array, server: Uint8Array | null): TestPacket[] {
  const packets: TestPacket[] = [];
  seconds += 1;
  const add = (fromClient: boolean, flags: number, sequence: number, acknowledgement: number, data: Uint8Array) => {
    const [source, destination] = fromClient ? [port, 80] : [80, port];
    const segment = tcp({ source, destination, flags, sequence, acknowledgement, data });
    const addresses = fromClient ? {} : { source: 0xc6336402, destination: 0xc0000201 };
    packets.push({
      seconds: 1_700_000_000 + seconds,
      nanoseconds: packets.length * 200_000,
      bytes: ipv4(segment, addresses),
    });
  };
  const nothing = new Uint8Array(0);
  add(true, SYN, 999, 0, nothing);
  add(false, SYN | ACK, 4999, 1000, nothing);
  add(true, ACK, 1000, 5000, nothing);
  add(true, DATA, 1000, 5000, client);
  const heard = 1000 + client.length;
  if (server !== null) add(false, DATA, 5000, heard, server);
  add(false, RST | ACK, 5000 + (server?.length ?? 0), heard, nothing);
  return packets;
}

const text = (...lines: readonly string[]): Uint8Array => Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');

/** Targets with a secret each. */
const targets = (): string[] => [
  `/a?x=1&token=${secret()}`,
  `/login?user=u&password=${secret()}`,
  `/a?api_key=${secret()}#access_token=${secret()}`,
  `/cb?code=${secret()}&state=${secret()}`,
  `/a?v=${webToken()}`,
  `/a/${webToken()}/b`,
  `/cart;jsessionid=${secret()}/pay`,
  `/password/reset/${secret()}`,
  `/go?next=https%3A%2F%2Fh.example%2F%3Fsession_id%3D${secret()}`,
  `http://user:${secret()}@a.example/`,
  `/s3?X-Amz-Signature=${secret()}&X-Amz-Security-Token=${secret()}`,
  `/reset/MQ/${secret()}/`,
  `/forgot-password/${secret()}`,
  `/a?list=1,2&token=a,${secret()}`,
  `/go?next=https%253A%252F%252Fh%252F%253Ftoken%253D${secret()}`,
];
const requestFields = (): string[] => [
  'Host: a.example',
  `Cookie: sid=${secret()}; other=${secret()}`,
  `Authorization: Bearer ${secret()}`,
  `Proxy-Authorization: Basic ${secret()}`,
  `X-Api-Key: ${secret()}`,
  `Referer: http://u:${secret()}@a.example/?list=1,2&token=${secret()}`,
  `User-Agent: probe (bearer ${secret()})`,
  `Sec-WebSocket-Protocol: bearer, ${secret()}`,
];
const responseFields = (): string[] => [
  `Set-Cookie: sid=${secret()}; Path=/`,
  `Location: /next?list=1,2&access_token=${secret()}`,
  `Refresh: 0; url=/next;jsessionid=${secret()}`,
];

/** Literals that are never to be indexed: RFC 7541 §6.2.3. */
function neverIndexed(fields: readonly string[]): Uint8Array {
  return Buffer.concat(
    fields.map((field) => {
      const literal = block([field]);
      literal[0] = 0x10;
      return literal;
    }),
  );
}

function h2Conversation(port: number): TestPacket[] {
  // Every second target is one that its sender marks.
  const path = port % 2 === 0 ? block([`:path: /h2?token=${secret()}`]) : neverIndexed([`:path: /h2?q=${secret()}`]);
  const head = Buffer.concat([
    block([':method: GET', ':scheme: http']),
    path,
    block([':authority: a.example', `cookie: sid=${secret()}`]),
    neverIndexed([`user-agent: ${secret()}`, `x-forwarded-for: ${secret()}`, `x-request-id: ${secret()}`]),
  ]);
  const goAway = Buffer.concat([Buffer.alloc(8), Buffer.from(`token=${secret()} Authorization: Bearer ${secret()}`)]);
  return conversation(
    port,
    Buffer.concat([PREFACE, settings(), frame(1, END | END_HEADERS, 1, head)]),
    Buffer.concat([settings(), frame(7, 0, 0, goAway)]),
  );
}

/** A rule that tells all it sees, as no rule should. */
const TELL_TALE = `export default {
  meta: { id: 'tell-tale', severity: 'notice', title: 'Tells all', hypotheses: { c: 'A cause' } },
  tally: () => ({ told: [] }),
  inspect(connection, tally) {
    for (const { request, response } of connection.exchanges)
      for (const message of [request, response])
        if (message !== null)
          tally.told.push((message.target ?? '') + ' ' + message.fields.map(({ name, value }) => name + ': ' + value).join(' ; '));
    for (const { debug } of connection.h2?.goAways ?? []) tally.told.push(debug);
  },
  merge(into, from) { into.told.push(...from.told); },
  conclude: ({ told }) => told.map((all, index) => ({
    rule: 'tell-tale', severity: 'notice', confidence: 'certain', title: 'Tells ' + all, summary: all,
    subject: { address: '198.51.100.2', port: index + 1, name: null }, occurrences: 1, firstSeenNs: 0, lastSeenNs: 0,
    facts: { all, list: [{ all }] },
    evidence: [{ stream: 0, client: { address: '192.0.2.1', port: 1 }, server: { address: '198.51.100.2', port: 80 },
      packets: [{ packet: 1, atNs: 0, note: all }] }],
    hypotheses: [{ cause: 'c', verdict: 'open', because: all }],
    remedies: [{ component: 'host', text: all, config: null }], references: [],
  })),
};`;

let folder = '';
let capture = '';
let ownRule = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pcapdx-secrets-'));
  const packets = targets().flatMap((target, index) => {
    const request = text(`GET ${target} HTTP/1.1`, ...requestFields());
    // Some are answered, so that what responses carry is there too; the others are reset unanswered.
    const response = index % 2 === 0 ? null : text('HTTP/1.1 302 Found', ...responseFields(), 'Content-Length: 0');
    return conversation(40_000 + index, request, response);
  });
  const h2 = [50_000, 50_001].flatMap(h2Conversation);
  capture = path.join(folder, 'secrets.pcap');
  writeFileSync(capture, pcap([...packets, ...h2], { network: LINKTYPE_IPV4 }));
  ownRule = path.join(folder, 'tell-tale.mjs');
  writeFileSync(ownRule, TELL_TALE);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Every command that reads captures and can be called with nothing but one, in every format that it has. */
function outputs(): string[][] {
  const { commands } = buildProgram(new World(), () => undefined);
  return commands
    .filter(({ registeredArguments }) => registeredArguments.some((argument) => argument.name() === 'CAPTURE'))
    .flatMap((command) => {
      const formats = command.options.find(({ long }) => long === '--format')?.argChoices ?? [];
      return formats.map((format) => [command.name(), '--format', format]);
    });
}

async function outputOf(...argv: string[]): Promise<{ stdout: string; stderr: string }> {
  const world = new World();
  const real = { ...world, exit: world.exit, now: world.now, loadAnalyze: async () => analyze };
  expect(await run([...argv, capture], real)).toBe(0);
  return { stdout: world.stdout.text, stderr: world.stderr.text };
}

/** The mark, plain and in base64. */
const mark = new RegExp(`${MARK}|${Buffer.from(MARK).toString('base64').slice(0, 8)}`);
/** All the conversations that are planted. */
const STREAMS = Array.from({ length: 17 }, (_, stream) => stream).join();

/** Without the line ends and blanks of a layout, which may stand within a word. */
const unwrapped = (output: string) => output.replaceAll(/\s+/g, '');

describe('an output', () => {
  it('is asked of every command and format', () => {
    const asked = outputs().map(([command, , format]) => `${command} ${format}`);
    for (const known of ['report text', 'report json', 'flows ndjson', 'flows text']) expect(asked).toContain(known);
  });

  it.each(outputs())('of %s %s %s holds no secret', async (...argv) => {
    const { stdout, stderr } = await outputOf(...argv);
    expect(stdout.length).toBeGreaterThan(300);
    expect(unwrapped(stdout)).not.toMatch(mark);
    expect(stderr).toBe('');
    if (argv[0] !== 'report') return;
    const told = await outputOf(...argv, '--rules', ownRule, '--max-occurrences', '20', '-v');
    expect(told.stdout).toContain('Tells ');
    expect(unwrapped(told.stdout)).not.toMatch(mark);
    expect(told.stderr).not.toMatch(mark);
  });

  it.each(outputs())('of %s %s %s says so where the user asks for secrets', async (...argv) => {
    const { stdout } = await outputOf(...argv, '--reveal');
    expect(stdout).toMatch(/SECRETS SHOWN|"reveal": ?true|secrets shown/i);
    // The table of connections has no column that could hold one.
    if (argv.join() !== 'flows,--format,text') expect(stdout).toContain(MARK);
  });

  it.each([[['headers']], [['keep']], [['none']], [['keep', '--anonymise']]])(
    'of extract --payload %j holds no secret, and the same conversations',
    async ([payload = '', ...flags]) => {
      const file = path.join(folder, 'extract.pcapng');
      const extracted = async (...more: string[]) => {
        const out = ['-q', '--force', '-o', file];
        await outputOf('extract', '--stream', STREAMS, '--payload', payload, ...flags, ...more, ...out);
        return readFileSync(file, 'latin1');
      };
      expect(await extracted()).not.toMatch(mark);
      const told = async (of: string) => {
        const exchanges: unknown[] = [];
        const onConnection = (connection: Connection) =>
          exchanges.push(
            connection.exchanges.map(({ request, response }) => [
              request?.method,
              request?.target.length,
              response?.status,
            ]),
          );
        await analyze({ files: [of], onConnection });
        return exchanges;
      };
      if (payload !== 'none') expect(await told(file)).toEqual(await told(capture));
      if (payload === 'none' || flags.length > 0) return;
      const revealing = await extracted('--reveal');
      expect(revealing).toContain(MARK);
      expect(revealing).toContain('SECRETS SHOWN');
    },
  );

  it('of parts holds no secret, packed though it is, and they say the same together', async () => {
    const files = ['1', '2'].map((part) => path.join(folder, `part${part}.json`));
    for (const [at, file] of files.entries()) {
      const { stdout } = await outputOf('report', '--format', 'json', '--shard', `${at + 1}/2`);
      expect(stdout).not.toMatch(mark);
      const { part } = JSON.parse(stdout) as { part: { kept: string } };
      const kept = gunzipSync(Buffer.from(part.kept, 'base64')).toString();
      expect(kept).toContain('a.example');
      expect(kept).not.toMatch(mark);
      writeFileSync(file, stdout);
    }
    const world = new World();
    expect(await run(['merge', '--format', 'json', ...files], world)).toBe(0);
    expect(world.stdout.text).toBe((await outputOf('report', '--format', 'json')).stdout);
  });

  it.each(['text', 'mermaid', 'svg'])('of every conversation as a ladder in %s holds no secret', async (format) => {
    for (const stream of STREAMS.split(',')) {
      const { stdout } = await outputOf('ladder', '--stream', stream, '--all', '--format', format);
      expect(unwrapped(stdout)).not.toMatch(mark);
    }
  });

  it('lets equal secrets be told equal, and others apart', async () => {
    const { stdout } = await outputOf('flows', '--format', 'ndjson');
    const hashes = [...stdout.matchAll(/…\d+:([0-9a-f]{6})/g)].map(([, hash]) => hash);
    expect(hashes.length).toBeGreaterThan(10);
    expect(new Set(hashes).size).toBe(hashes.length);
    expect((await outputOf('flows', '--format', 'ndjson')).stdout).toBe(stdout);
  });
});
