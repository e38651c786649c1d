import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Analysis } from '../../src/facts/summary.js';
import { type Occurrence, Occurrences } from '../../src/findings/log-occurrences.js';
import { tieLogs, witnessed } from '../../src/findings/log-tie.js';
import { analyze } from '../../src/pipeline/analyze.js';
import { LogRefusal, readLog } from '../../src/pipeline/read-log.js';
import { hasZstd, zstdOf } from '../capture/zstd-frame.js';

/** Seed 001: six lines of tcpdump and the line of the balancer, as an engineer pasted them. */
const PASTED = `17:02:09.259562 IP ALB-IP.63320 > WEB-SERVER-IP.http: Flags [S], seq 3514370013, win 26883, options [mss 8961,sackOK,TS val 1575149654 ecr 0,nop,wscale 8], length 0
17:02:09.259622 IP WEB-SERVER-IP.http > ALB-IP.63320: Flags [S.], seq 1747571872, ack 3514370014, win 62727, options [mss 8961,nop,wscale 10], length 0
17:02:09.260548 IP ALB-IP.63320 > WEB-SERVER-IP.http: Flags [.], ack 1, win 106, length 0
17:02:09.260695 IP ALB-IP.63320 > WEB-SERVER-IP.http: Flags [P.], seq 1:1246, ack 1, win 106, length 1245: HTTP: GET URI HTTP/1.1
17:02:09.260840 IP WEB-SERVER-IP.http > ALB-IP.63320: Flags [R], seq 1747571873, win 0, length 0
17:02:09.260846 IP ALB-IP.63320 > WEB-SERVER-IP.http: Flags [R], seq 3514370014, win 0, length 0
`;
const PASTED_LINE =
  'https 2024-06-10T13:50:58.480543Z app/ALB-Address Source IP Destination IP 0.001 0.001 -1 502 - 298 679 "GET Domain-URL"';

const CLOCK_AHEAD_MS = 7250;
let folder: string;
let analysis: Analysis;
let failures: Occurrences;
let lost: readonly Occurrence[];

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'pcapdx-log-'));
  ({ analysis, failures } = await read('samples/rst-after-request.pcapng'));
  lost = failures.sorted().filter(({ status, server }) => status === null && server.address === '10.0.1.43');
});
afterAll(() => rmSync(folder, { recursive: true }));

async function read(file: string) {
  const occurrences = new Occurrences();
  const result = await analyze({ files: [file], onConnection: (connection) => occurrences.inspect(connection) });
  return { analysis: result.analysis, failures: occurrences };
}

const origin = () => analysis.originEpochNs ?? 0n;
const msOf = ({ endNs }: Occurrence) => Number(origin() / 1_000_000n) + endNs / 1e6 + CLOCK_AHEAD_MS;

/** What an ALB with a clock of its own would have logged of a failure. */
function albLine(failure: Occurrence): string {
  const { server, target } = failure;
  return `http ${new Date(msOf(failure)).toISOString()} app/front/1 203.0.113.66:4711 ${server.address}:${server.port} 0.000 0.001 -1 502 - 298 679 "GET http://serv1.example:80${target} HTTP/1.1" "scan" - -`;
}

async function logOf(lines: readonly string[], compressed = false) {
  const file = path.join(folder, `${lines.length}${compressed ? '.gz' : ''}.log`);
  const text = `${lines.join('\n')}\n`;
  writeFileSync(file, compressed ? gzipSync(text) : text);
  return readLog(file);
}

describe('a log in a packing', () => {
  const lines = () => `${lost.map(albLine).join('\n')}\n`;

  it.skipIf(!hasZstd)('of zstd is read as one in gzip is, and told where it is cut short', async () => {
    const file = path.join(folder, 'alb.log.zst');
    writeFileSync(file, zstdOf(Buffer.from(lines())));
    expect(await readLog(file)).toEqual({ ...(await logOf(lost.map(albLine))), file });
    writeFileSync(file, zstdOf(Buffer.from(lines())).subarray(0, 60));
    await expect(readLog(file)).rejects.toThrow(/alb\.log\.zst: the zstd data are cut short/);
  });

  it('that is not read is named, with what unpacks it', async () => {
    const file = path.join(folder, 'alb.log.xz');
    writeFileSync(file, Buffer.from('fd377a585a000004', 'hex'));
    await expect(readLog(file)).rejects.toThrow(/compressed with xz; unpack it first: xz -dk FILE/);
  });
});

describe('failing lines and their connections', () => {
  it('ties each of the 17 lines to its own connection, the clock seven seconds ahead', async () => {
    expect(lost).toHaveLength(17);
    const logs = tieLogs([await logOf(lost.map(albLine), true)], failures, origin());
    expect(logs.tied.map(({ stream, by }) => [stream, by])).toEqual(lost.map(({ stream }) => [stream, 'server']));
    expect(Math.abs(Number(logs.offsetNs) / 1e6 - CLOCK_AHEAD_MS)).toBeLessThan(3);
    expect(logs.withoutConnection).toEqual([]);
    const [first] = witnessed(analysis.findings, logs);
    expect(first?.summary).toContain('17 log lines with "502 -" are 17 of its connections.');
  });

  it('names a line that no connection is, and a reset that has no line', async () => {
    const stray = albLine({ ...(lost[3] as Occurrence), endNs: 90e9 });
    const logs = tieLogs([await logOf([...lost.slice(1).map(albLine), stray])], failures, origin());
    expect(logs.tied).toHaveLength(16);
    expect(logs.withoutConnection.map(({ number }) => number)).toEqual([17]);
    expect(logs.resetsWithoutLine.map(({ stream }) => stream)).toContain(lost[0]?.stream);
  });

  it('ties nothing to lines of another server, and to a lone line of another hour', async () => {
    const elsewhere = lost.map((failure) => albLine({ ...failure, server: { address: '10.9.9.9', port: 80 } }));
    expect(tieLogs([await logOf(elsewhere)], failures, origin()).tied).toEqual([]);
    const later = albLine({ ...(lost[0] as Occurrence), endNs: 3600e9 });
    expect(tieLogs([await logOf([later])], failures, origin()).tied).toEqual([]);
  });

  it('ties by the port of the client where the log has it', async () => {
    const lines = lost.map((failure) => {
      const date = new Date(msOf(failure)).toUTCString().replace(/^\w+, (\d+) (\w+) (\d+) (\S+) GMT$/, '$1/$2/$3:$4');
      const ms = new Date(msOf(failure)).toISOString().slice(20, 23);
      return `${failure.client.address}:${failure.client.port} [${date}.${ms}] in back/s1 0/0/0/-1/0 502 0 - - SH-- 1/1/1/1/0 0/0 "GET ${failure.target} HTTP/1.1"`;
    });
    const { tied } = tieLogs([await logOf(lines)], failures, origin());
    expect(tied.map(({ stream, by }) => [stream, by])).toEqual(lost.map(({ stream }) => [stream, 'client']));
  });

  it('ties the line of seed 001 as pasted to its connection', async () => {
    const capture = path.join(folder, 'dump.txt');
    writeFileSync(capture, PASTED);
    const pasted = await read(capture);
    const logs = tieLogs([await logOf([PASTED_LINE])], pasted.failures, pasted.analysis.originEpochNs ?? 0n);
    expect(logs.tied).toMatchObject([{ stream: 0, by: 'time' }]);
    expect(witnessed(pasted.analysis.findings, logs)[0]?.summary).toContain(
      '1 log line with "502 -" is 1 of its connections.',
    );
  });

  it('refuses what is no log', async () => {
    await expect(logOf(['not', 'a', 'log', 'at all'])).rejects.toThrow(LogRefusal);
    await expect(readLog(path.join(folder, 'absent'))).rejects.toThrow(LogRefusal);
  });
});
