import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/facts/finding.js';
import { analyze } from '../../../src/pipeline/analyze.js';

const RULES: readonly string[] = ['rst-after-request', 'keepalive-race', 'connect-refused', 'connect-timeout'];
const hasTcpdump = spawnSync('tcpdump', ['--version']).error === undefined;

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

describe.skipIf(!hasTcpdump)('text and packets agree', () => {
  it.each([
    'rst-after-request.pcapng',
    'rst-after-request-healthy.pcapng',
    'keepalive-race-node.pcapng',
    'keepalive-race-apache.pcapng',
    'keepalive-race-node-healthy.pcapng',
    'keepalive-race-stale-pool.pcap',
    'connect-refused-nginx.pcapng',
    'connect-timeout-nginx.pcapng',
  ])('%s', async (name) => {
    const capture = path.resolve('samples', name);
    const { stdout } = spawnSync('tcpdump', ['-nn', '-r', capture], {
      encoding: 'latin1',
      maxBuffer: 64 * 1024 * 1024,
    });
    const text = path.join(folder, `${name}.txt`);
    writeFileSync(text, stdout, 'latin1');
    const [printed, packets] = [await findingsIn(text), await findingsIn(capture)];
    expect(printed.map(tellOf).sort()).toEqual(packets.map(tellOf).sort());
  });
});
