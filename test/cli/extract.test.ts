import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../src/cli/main.js';
import type { Connection } from '../../src/facts/connection.js';
import type { Finding } from '../../src/facts/finding.js';
import { analyze } from '../../src/pipeline/analyze.js';
import { pcap, type TestPacket } from '../capture/build-pcap.js';
import { scratchFolder } from '../capture/scratch-folder.js';
import { CLIENT, ipv4, LINKTYPE_IPV4, SERVER, tcp } from '../net/packets.js';
import { World } from './surroundings.js';

const samples = path.resolve(import.meta.dirname, '../../samples');
const captures = readdirSync(samples).filter((name) => /\.pcap(ng)?$/.test(name) && !name.includes('healthy'));
const sample = path.join(samples, 'keepalive-race-node.pcapng');
const scratch = scratchFolder();
const hasTshark = spawnSync('tshark', ['--version']).status === 0;

/** What `pcapdx extract` does with the real pipeline. */
async function extract(...argv: string[]) {
  const world = new World();
  world.pipeline = analyze;
  const exitCode = await run(['extract', ...argv], world);
  return { exitCode, out: world.stdout.text, err: world.stderr.text };
}

/** The file that an extract was written to. */
async function extracted(capture: string, ...flags: string[]): Promise<string> {
  const file = path.join(scratch.folder, 'extract.pcapng');
  const { exitCode, err } = await extract(capture, ...flags, '-q', '--force', '-o', file);
  expect([exitCode, err]).toEqual([0, '']);
  return file;
}

/** What makes two findings the same: all that does not stand for a place in the capture, or a name. */
function essence({ rule, severity, confidence, occurrences, subject, hypotheses }: Finding) {
  const verdicts = hypotheses.map(({ cause, verdict }) => `${cause} ${verdict}`).sort();
  return { rule, severity, confidence, occurrences, port: subject.port, verdicts };
}

/** What stays of a finding though not all its occurrences are there. */
function kind({ rule, severity, subject }: Finding) {
  return { rule, severity, port: subject.port };
}

async function findingsIn(file: string): Promise<readonly Finding[]> {
  const { analysis, errors } = await analyze({ files: [file] });
  expect(errors).toEqual([]);
  return analysis.findings;
}

/** Extracts of the samples, a file each. */
const extracts = path.join(scratch.folder, 'extracts');
mkdirSync(extracts);

function complaintsOfTshark(file: string): string {
  const { stderr, status } = spawnSync('tshark', ['-r', file], {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return `${status} ${stderr.replaceAll(/^Running as user "root".*\n?/gm, '')}`;
}

/** Samples in which answers of DNS, or of ARP, are part of the proof, or whom X-Forwarded-For names: of another length, it is not its address's pseudonym. */
const PROVED_BESIDE = ['-dns', 'connect-timeout-haproxy', 'gateway-unasked-check'];

describe.each(captures)('the evidence of %s', (name) => {
  const capture = path.join(samples, name);

  it('shows what it was taken for; with bodies unreadable, under other names as well', async () => {
    for (const finding of await findingsIn(capture)) {
      // Beside encrypted bodies, which cannot be changed, the same in clear must stay for legs to be paired.
      const flags = ['--with-keys', '--payload', 'keep'];
      const whole = await findingsIn(await extracted(capture, '--finding', finding.id, ...flags));
      // The examples kept of a finding are the earliest twenty: an extract may hold no more, and be less sure.
      if (finding.occurrences > finding.evidence.length) {
        expect(whole.map(kind)).toContainEqual(kind(finding));
        continue;
      }
      expect(whole.map(essence)).toContainEqual(essence(finding));
      // What only keys show is not to be seen without them.
      const plain = await findingsIn(await extracted(capture, '--finding', finding.id));
      const file = await extracted(capture, '--finding', finding.id, '--anonymise');
      // Packets beside connections hold little but names and addresses: they stay behind, and with them what they prove.
      if (!PROVED_BESIDE.some((part) => name.includes(part))) {
        const shown = plain.map(essence).filter(({ rule }) => rule === finding.rule);
        expect((await findingsIn(file)).map(essence)).toEqual(expect.arrayContaining(shown));
      }
      renameSync(file, path.join(extracts, `${name}-${finding.id}.pcapng`));
    }
  }, 120_000);
});

describe('the extracts of all samples', () => {
  it.runIf(hasTshark)(
    'are captures that tshark reads without complaint',
    () => {
      const files = readdirSync(extracts).map((name) => path.join(extracts, name));
      expect(files.length).toBeGreaterThanOrEqual(captures.length);
      // A pcapng file may hold any number of sections: all in one, so that tshark is not started for each.
      const all = path.join(scratch.folder, 'all.pcapng');
      writeFileSync(all, '');
      for (const file of files) appendFileSync(all, readFileSync(file));
      if (complaintsOfTshark(all) === '0 ') return;
      for (const file of files) expect([file, complaintsOfTshark(file)]).toEqual([file, '0 ']);
      expect(complaintsOfTshark(all)).toBe('0 ');
    },
    120_000,
  );
});

describe('pcapdx extract', () => {
  it('holds whole connections, each packet with its number of before and what it proves', async () => {
    const file = await extracted(sample, '--finding', 'F1', '--occurrence', '1');
    const text = readFileSync(file).toString('utf8');
    expect(text).toContain('F1 keepalive-race: ');
    expect(text).toContain('#49: RST, sequence number 1554');
    expect(text).toMatch(/#5(?!\d)/);
    const connections: number[] = [];
    await analyze({
      files: [file],
      onConnection: ({ client, server }) => connections.push(client.packets + server.packets),
    });
    const before: number[] = [];
    await analyze({
      files: [sample],
      onConnection: ({ client, server }) => before.push(client.packets + server.packets),
    });
    expect(connections).toHaveLength(1);
    for (const packets of connections) expect(before).toContain(packets);
  });

  it('still tells what a connection speaks that is not read further', async () => {
    const file = await extracted(path.join(samples, 'gateway-cut-php-fpm.pcapng'), '--finding', 'F1');
    expect((await findingsIn(file)).map(({ rule }) => rule)).toEqual(['gateway-cut']);
  });

  it('lets no body out but of --payload keep, and nothing of payload with none', async () => {
    const capture = path.join(samples, 'truncated-response-content-length.pcapng');
    const holdsBody = async (...flags: string[]) =>
      readFileSync(await extracted(capture, '--stream', '0', ...flags)).includes(BODY);
    const BODY = Buffer.from(bodyIn(readFileSync(capture)), 'latin1');
    expect(await holdsBody('--payload', 'keep')).toBe(true);
    expect(await holdsBody()).toBe(false);
    expect(readFileSync(await extracted(capture, '--stream', '0', '--payload', 'none')).includes('HTTP/1.1')).toBe(
      false,
    );
  });

  it('names no address, host, path, cookie or token of before when it is anonymised', async () => {
    const file = scratch.write('names.pcap', namesCapture());
    const anonymous = readFileSync(await extracted(file, '--stream', '0', '--anonymise'));
    const plain = readFileSync(await extracted(file, '--stream', '0', '--payload', 'keep', '--reveal'));
    for (const secret of SECRETS) {
      expect(plain.includes(secret)).toBe(true);
      expect(anonymous.includes(secret)).toBe(false);
    }
    expect(plain.includes(Buffer.of(192, 0, 2, 1))).toBe(true);
    expect(anonymous.includes(Buffer.of(192, 0, 2, 1))).toBe(false);
    const exchanges: unknown[] = [];
    const onConnection = (connection: Connection) => exchanges.push(...connection.exchanges);
    await analyze({ files: [scratch.write('anonymous.pcapng', anonymous)], onConnection });
    expect(exchanges).toMatchObject([
      { request: { method: 'POST', contentLength: 11, bodyBytes: 11 }, response: { status: 302, framing: 'chunked' } },
    ]);
  });

  it('gives the same names each time with one key, and others with another', async () => {
    const key = scratch.write('key', Buffer.alloc(32, 7));
    const once = readFileSync(await extracted(sample, '--stream', '0', '--anonymise', '--key', key));
    expect(readFileSync(await extracted(sample, '--stream', '0', '--anonymise', '--key', key)).equals(once)).toBe(true);
    expect(readFileSync(await extracted(sample, '--stream', '0', '--anonymise')).equals(once)).toBe(false);
  });

  it('takes the TLS secrets of its connections along for whoever asks, and of no other', async () => {
    const capture = path.join(samples, 'cross-sni-reuse.pcapng');
    const lines = (file: string) =>
      readFileSync(file)
        .toString('latin1')
        .match(/^\w+ [0-9a-f]{64} /gm) ?? [];
    expect(lines(await extracted(capture, '--stream', '0'))).toEqual([]);
    const randoms = new Set(
      lines(await extracted(capture, '--stream', '0', '--with-keys')).map((line) => line.split(' ')[1]),
    );
    expect(randoms.size).toBe(1);
  });

  it.each([
    [['--finding', 'F1', '--anonymise', '--with-keys'], 'would undo'],
    [['--finding', 'F1', '--key', 'x'], '--key is for --anonymise'],
    [['--finding', 'F1', '--anonymise', '--key', '/nowhere'], '--key /nowhere'],
    [[], 'say which connections'],
    [['--finding', 'F7'], 'there is only F1'],
  ])('says what is wrong with %j', async (flags, message) => {
    const { exitCode, err } = await extract(sample, ...flags, '-o', path.join(scratch.folder, 'never.pcapng'));
    expect([exitCode, err.includes(message)]).toEqual([2, true]);
  });
});

const SECRETS = [
  'shop.acme.test',
  'acme',
  'geheim',
  'sid=4711abc',
  'Zm9vOmJhcg',
  '192.0.2.1',
  'orders',
  'kunde',
  'sekretaer',
];

/** A request and its answer, with names in every place. */
function namesCapture(): Buffer {
  const request =
    'POST /acme/orders?token=geheim HTTP/1.1\r\nHost: shop.acme.test\r\nCookie: sid=4711abc\r\n' +
    'Authorization: Basic Zm9vOmJhcg\r\nX-Forwarded-For: 192.0.2.1\r\nReferer: https://shop.acme.test/kunde\r\n' +
    'Content-Length: 11\r\n\r\nname=geheim';
  const response =
    'HTTP/1.1 302 Found\r\nLocation: https://shop.acme.test/orders/kunde\r\nSet-Cookie: sid=4711abc; Path=/\r\n' +
    'Transfer-Encoding: chunked\r\n\r\nb\r\nsekretaer x\r\n0\r\n\r\n';
  const packets: TestPacket[] = [];
  const add = (fromClient: boolean, flags: number, sequence: number, acknowledgement: number, data = '') => {
    const ports = fromClient ? { source: 40_000, destination: 80 } : { source: 80, destination: 40_000 };
    const addresses = fromClient ? {} : { source: SERVER, destination: CLIENT };
    const bytes = ipv4(tcp({ ...ports, sequence, acknowledgement, flags, data }), { ...addresses, id: packets.length });
    packets.push({ seconds: 1_700_000_000, nanoseconds: packets.length * 1000, bytes });
  };
  add(true, 0x02, 0, 0);
  add(false, 0x12, 0, 1);
  // In three pieces, the second sent twice.
  add(true, 0x18, 1, 1, request.slice(0, 90));
  add(true, 0x18, 91, 1, request.slice(90, 200));
  add(true, 0x18, 91, 1, request.slice(90, 200));
  add(true, 0x18, 201, 1, request.slice(200));
  add(false, 0x18, 1, 1 + request.length, response);
  return pcap(packets, { network: LINKTYPE_IPV4 });
}

/** Some bytes of the first body in a capture. */
function bodyIn(capture: Buffer): string {
  const text = capture.toString('latin1');
  const head = text.indexOf('HTTP/1.1 200');
  const from = text.indexOf('\r\n\r\n', head) + 4;
  return text.slice(from, from + 40);
}

describe('the evidence of a text', () => {
  const TEXT = `17:02:09.259562 IP 10.0.0.1.63320 > 10.0.1.43.80: Flags [S], seq 3514370013, win 26883, options [mss 8961,sackOK,TS val 1575149654 ecr 0,nop,wscale 8], length 0
17:02:09.259600 ARP, Request who-has 10.0.0.1 tell 10.0.0.2, length 28
17:02:09.259622 IP 10.0.1.43.80 > 10.0.0.1.63320: Flags [S.], seq 1747571872, ack 3514370014, win 62727, options [mss 8961,nop,wscale 10], length 0
17:02:09.260548 IP 10.0.0.1.63320 > 10.0.1.43.80: Flags [.], ack 1, win 106, length 0
17:02:09.260695 IP 10.0.0.1.63320 > 10.0.1.43.80: Flags [P.], seq 1:1246, ack 1, win 106, length 1245: HTTP: GET /a HTTP/1.1
17:02:09.260840 IP 10.0.1.43.80 > 10.0.0.1.63320: Flags [R], seq 1747571873, win 0, length 0
17:02:09.260846 IP 10.0.0.1.63320 > 10.0.1.43.80: Flags [R], seq 3514370014, win 0, length 0
`;

  it.each([[[]], [['--anonymise']]])(
    'is a capture that every program reads, with what the text says: %j',
    async (flags) => {
      const text = path.join(scratch.folder, 'dump.txt');
      writeFileSync(text, TEXT);
      const [finding] = await findingsIn(text);
      if (finding === undefined) throw new Error('nothing found in the text');
      const file = await extracted(text, '--finding', finding.id, '--payload', 'keep', '--reveal', ...flags);
      const { analysis } = await analyze({ files: [file] });
      expect(analysis.captures[0]).toMatchObject({ linkTypes: ['RAW'], packets: 6 });
      expect(analysis.findings.map(essence)).toContainEqual(essence(finding));
      // A TTL of 0 stands for one that is not known.
      expect(JSON.stringify(analysis.findings)).not.toMatch(/TTL \d/);
      expect(readFileSync(file).includes('what the text does not say')).toBe(true);
      if (hasTshark) expect(complaintsOfTshark(file)).toBe('0 ');
    },
  );
});
