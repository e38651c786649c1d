import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/facts/finding.js';
import { analyze } from '../../../src/pipeline/analyze.js';

const RULES: readonly string[] = ['rst-after-request', 'keepalive-race', 'connect-refused', 'connect-timeout'];
const hasTcpdump = spawnSync('tcpdump', ['--version']).error === undefined;
const hasTshark = spawnSync('tshark', ['--version']).error === undefined;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pcapdx-agreement-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function findingsIn(file: string): Promise<readonly Finding[]> {
  const { analysis, errors } = await analyze({ files: [file] });
  expect(errors).toEqual([]);
  return analysis.findings.filter(({ rule }) => RULES.includes(rule));
}

/** What both must say alike; how sure they are, and the words, need not be. */
function tellOf({ rule, severity, subject, occurrences }: Finding) {
  return `${rule} ${severity} ${subject.address}:${subject.port} ${occurrences}`;
}

/** Samples with findings of these rules, and healthy twins, that text without payload tells as well as the capture. */
const SAMPLES: readonly string[] = [
  'rst-after-request.pcapng',
  'rst-after-request-healthy.pcapng',
  'rst-after-request-reject.pcapng',
  'keepalive-race-node.pcapng',
  'keepalive-race-node-front.pcapng',
  'keepalive-race-apache.pcapng',
  'keepalive-race-node-healthy.pcapng',
  'keepalive-race-stale-pool.pcap',
  'connect-refused-nginx.pcapng',
  'connect-refused-haproxy.pcapng',
  'connect-timeout-nginx.pcapng',
  'connect-timeout-haproxy.pcapng',
  'transparent-proxy.pcapng',
  'proxy-pass.pcapng',
];
/** Ways to print one: each says the same of TCP. */
const FLAGS: readonly string[] = [
  '',
  '-v',
  '-vv',
  '-S',
  '-tt',
  '-ttt',
  '-tttt',
  '-ttttt',
  '-e',
  '-ev',
  '-#',
  '-X',
  '-xx',
  '-A',
];

async function agree(name: string, command: string, flags: readonly string[]): Promise<void> {
  const capture = path.resolve('samples', name);
  const { stdout } = spawnSync(command, [...flags, '-r', capture], { encoding: 'latin1', maxBuffer: 64 * 1024 * 1024 });
  const text = path.join(folder, `${name}.txt`);
  writeFileSync(text, stdout, 'latin1');
  const [printed, packets] = [await findingsIn(text), await findingsIn(capture)];
  expect(printed.map(tellOf).sort()).toEqual(packets.map(tellOf).sort());
}

describe.skipIf(!hasTcpdump)('text and packets agree', () => {
  it.each(SAMPLES)('%s', (name) => agree(name, 'tcpdump', ['-nn']));

  it.each(FLAGS)('printed with %s', async (flag) => {
    const flags = flag === '' ? [] : ['-nn', flag];
    for (const name of ['keepalive-race-stale-pool.pcap', 'connect-refused-nginx.pcapng'])
      await agree(name, 'tcpdump', flags);
  });

  it('where payload is needed, if it is printed', async () => {
    for (const flag of ['-X', '-xx', '-A']) await agree('rst-after-request-unread.pcapng', 'tcpdump', ['-nn', flag]);
  });
});

describe.skipIf(!hasTshark)('the list of tshark and packets agree', () => {
  it.each(SAMPLES.filter((name) => !name.startsWith('rst-after-request')))('%s', (name) =>
    agree(name, 'tshark', ['-t', 'ad']),
  );
});
