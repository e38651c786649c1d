import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readUnreachable } from '../../../src/capture/text-log/unreachable-line.js';
import { analyze } from '../../../src/pipeline/analyze.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pcapdx-unreachable-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('an ICMP error’s line', () => {
  it.each([
    ['IP 10.0.0.9 > 10.0.0.1: ICMP 10.0.0.2 tcp port 80 unreachable, length 68', 3, '80'],
    ['IP 10.0.0.9 > 10.0.0.1: ICMP host 10.0.0.2 unreachable, length 68', 1, null],
    ['IP 10.0.0.9 > 10.0.0.1: ICMP net 10.0.0.2 unreachable, length 68', 0, null],
    ['IP 10.0.0.9 > 10.0.0.1: ICMP host 10.0.0.2 unreachable - admin prohibited, length 68', 10, null],
    ['IP 10.0.0.9 > 10.0.0.1: ICMP host 10.0.0.2 unreachable - admin prohibited filter, length 68', 13, null],
    [
      'IP (tos 0xc0, ttl 64, id 1, offset 0, flags [none], proto ICMP (1), length 88) 10.0.0.9 > 10.0.0.1: ICMP host 10.0.0.2 unreachable, length 68',
      1,
      null,
    ],
  ])('%s', (line, code, port) => {
    expect(readUnreachable(`17:02:09.259000 ${line}`)).toMatchObject({
      ...{ sender: '10.0.0.9', receiver: '10.0.0.1', target: '10.0.0.2' },
      ...{ code, port },
    });
  });

  it.each([
    'IP 10.0.0.9 > 10.0.0.1: ICMP 10.0.0.2 udp port 53 unreachable, length 68',
    'IP 10.0.0.9 > 10.0.0.1: ICMP 10.0.0.2 unreachable - need to frag (mtu 1400), length 556',
    'IP 10.0.0.9 > 10.0.0.1: ICMP echo reply, id 1, seq 1, length 64',
    'so IP 10.0.0.9 > 10.0.0.1: ICMP host 10.0.0.2 unreachable, length 68',
  ])('none: %s', (line) => {
    expect(readUnreachable(`17:02:09.259000 ${line}`)).toBeNull();
  });
});

async function refusalsIn(lines: readonly string[]) {
  const file = path.join(folder, 'dump.txt');
  writeFileSync(file, `${lines.join('\n')}\n`);
  const { findings } = (await analyze({ files: [file] })).analysis;
  return findings.filter(({ rule }) => rule === 'connect-refused');
}

const syn = (port: number, at: number, to = 80) =>
  `12:00:0${at}.000000 IP 10.0.0.1.${port} > 10.0.0.2.${to}: Flags [S], seq ${port}, win 64240, options [mss 1460], length 0`;
const error = (at: number, what: string) => `12:00:0${at}.001000 IP 10.0.0.9 > 10.0.0.1: ICMP ${what}, length 68`;

describe('a SYN that it is about', () => {
  it('is refused by whoever sent the error', async () => {
    const [finding] = await refusalsIn([
      syn(4001, 1),
      error(1, '10.0.0.2 tcp port 80 unreachable'),
      syn(4001, 2),
      error(2, '10.0.0.2 tcp port 80 unreachable'),
    ]);
    expect(finding).toMatchObject({ subject: { address: '10.0.0.2', port: 80 }, occurrences: 1 });
    expect(JSON.stringify(finding)).toContain('10.0.0.9');
  });

  it('is not known among several, unless the port tells', async () => {
    const several = [syn(4001, 1), syn(4002, 1, 81)];
    expect(await refusalsIn([...several, error(1, 'host 10.0.0.2 unreachable')])).toEqual([]);
    expect(await refusalsIn([...several, error(1, '10.0.0.2 tcp port 81 unreachable')])).toMatchObject([
      { subject: { port: 81 } },
    ]);
  });

  it('is the next where each had its error before', async () => {
    const what = 'host 10.0.0.2 unreachable';
    const [finding] = await refusalsIn([syn(4001, 1), error(1, what), syn(4002, 2), error(2, what)]);
    expect(finding).toMatchObject({ occurrences: 2 });
  });

  it('is none that was sent long before', async () => {
    const late = error(1, '10.0.0.2 tcp port 80 unreachable').replace('12:00:01', '12:01:01');
    expect(await refusalsIn([syn(4001, 1), late])).toEqual([]);
  });

  it('is none that was answered', async () => {
    const answer = '12:00:01.000500 IP 10.0.0.2.80 > 10.0.0.1.4001: Flags [S.], seq 1, ack 4002, win 65160, length 0';
    expect(await refusalsIn([syn(4001, 1), answer, error(1, 'host 10.0.0.2 unreachable')])).toEqual([]);
  });
});
