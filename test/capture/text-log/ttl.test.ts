/** Rules that weigh TTLs and IP IDs, on text with -v and without: what it does not say turns no verdict round and is not cited. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyze } from '../../../src/pipeline/analyze.js';

const hasTcpdump = spawnSync('tcpdump', ['--version']).error === undefined;
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pcapdx-ttl-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function findingsOf(text: string) {
  const file = path.join(folder, 'dump.txt');
  writeFileSync(file, text);
  return (await analyze({ files: [file] })).analysis.findings;
}

/** Sentences that cite a TTL or an IP ID. */
function citing(value: unknown): string[] {
  if (typeof value === 'string')
    return /\bTTL \d|\bIP ID \(?\d|has the TTL|TTL of (?:the|its)/.test(value) ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(citing) : [];
}

describe.skipIf(!hasTcpdump)('with -v and without', () => {
  it.each([
    ['connect-refused-nginx.pcapng', 'connect-refused', 'firewall', 'ruled-out', 'open'],
    ['connect-refused-haproxy.pcapng', 'connect-refused', 'firewall', 'ruled-out', 'open'],
    ['keepalive-race-apache.pcapng', 'keepalive-race', 'middlebox-expiry', 'ruled-out', 'open'],
    ['keepalive-race-stale-pool.pcap', 'keepalive-race', 'middlebox-expiry', 'ruled-out', 'open'],
    ['rst-after-request.pcapng', 'rst-after-request', 'security-agent', 'supported', 'supported'],
  ])('%s: %s, %s', async (name, rule, cause, verbose, plain) => {
    const verdicts = [];
    for (const flags of ['-nnv', '-nn']) {
      const { stdout } = spawnSync('tcpdump', [flags, '-r', path.resolve('samples', name)], {
        encoding: 'utf8',
        maxBuffer: 64 * 1024 * 1024,
      });
      const findings = await findingsOf(stdout);
      const finding = findings.find((one) => one.rule === rule);
      verdicts.push(finding?.hypotheses.find((one) => one.cause === cause)?.verdict);
      if (flags === '-nn') expect(citing(findings)).toEqual([]);
    }
    expect(verdicts).toEqual([verbose, plain]);
  });
});

/** A packet's line with -v or without. */
function line(second: string, ttl: number, ends: string, rest: string, isVerbose: boolean, id = 1): string {
  const header = isVerbose ? `(tos 0x0, ttl ${ttl}, id ${id}, offset 0, flags [DF], proto TCP (6), length 60) ` : '';
  return `17:${second} IP ${header}${ends}: Flags ${rest}\n`;
}

describe('what is written by another hand', () => {
  const [THERE, BACK] = ['10.0.0.1.4001 > 10.0.1.43.80', '10.0.1.43.80 > 10.0.0.1.4001'];

  it('idle-drop: a reset behind a pause, of another TTL', async () => {
    const text = (isVerbose: boolean) =>
      [
        ['00:00.000000', 64, THERE, '[S], seq 100, win 64240, options [mss 1460], length 0'],
        ['00:00.010000', 57, BACK, '[S.], seq 500, ack 101, win 65160, options [mss 1460], length 0'],
        ['00:00.010100', 64, THERE, '[.], ack 1, win 502, length 0'],
        ['00:00.010200', 64, THERE, '[P.], seq 1:74, ack 1, win 502, length 73: HTTP: GET / HTTP/1.1'],
        ['00:00.020000', 57, BACK, '[P.], seq 1:90, ack 74, win 509, length 89: HTTP: HTTP/1.1 200 OK'],
        ['00:00.020100', 64, THERE, '[.], ack 90, win 502, length 0'],
        ['06:00.000000', 64, THERE, '[P.], seq 74:147, ack 90, win 502, length 73: HTTP: GET / HTTP/1.1'],
        ['06:00.001000', 254, BACK, '[R], seq 590, win 0, length 0'],
      ]
        .map(([at, ttl, ends, rest]) => line(String(at), Number(ttl), String(ends), String(rest), isVerbose))
        .join('');
    const [verbose, plain] = [await findingsOf(text(true)), await findingsOf(text(false))];
    expect(verbose.map(({ rule }) => rule)).toContain('idle-drop');
    expect(citing(verbose).length).toBeGreaterThan(0);
    expect(plain.map(({ rule }) => rule)).not.toContain('idle-drop');
    expect(citing(plain)).toEqual([]);
  });

  it('connect-refused: a refusal of another TTL than the SYN-ACKs', async () => {
    const text = (isVerbose: boolean) =>
      [4001, 4002, 4003]
        .flatMap((port, at) => [
          line(
            `00:0${at}.000000`,
            64,
            THERE.replace('4001', String(port)),
            `[S], seq 100, win 64240, length 0`,
            isVerbose,
          ),
          at === 0
            ? line(`00:0${at}.010000`, 57, BACK, '[S.], seq 500, ack 101, win 65160, length 0', isVerbose)
            : line(
                `00:0${at}.001000`,
                254,
                BACK.replace('4001', String(port)),
                '[R.], seq 0, ack 101, win 0, length 0',
                isVerbose,
              ),
          at === 0 ? line(`00:0${at}.010100`, 64, THERE, '[.], ack 1, win 502, length 0', isVerbose) : '',
        ])
        .join('');
    const verdictOf = async (isVerbose: boolean) =>
      (await findingsOf(text(isVerbose)))
        .find(({ rule }) => rule === 'connect-refused')
        ?.hypotheses.find(({ cause }) => cause === 'firewall')?.verdict;
    expect([await verdictOf(true), await verdictOf(false)]).toEqual(['supported', 'open']);
  });
});
