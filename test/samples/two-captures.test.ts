/**
 * One capture is the same incident as two of the same packets: a copy of it, or what a second interface 30 µs
 * further on captured. Nothing of what is found may change: neither how often, nor how sure, nor why.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyze } from '../../src/pipeline/analyze.js';
import { SAMPLES } from './scenarios.js';

/** Of each kind of evidence one: order, times, copies, losses, legs, the link, handshakes, streams. */
const REPRESENTATIVE: readonly string[] = [
  'rst-after-request.pcapng',
  'asymmetric-path.pcapng',
  'asymmetric-path-firewall.pcapng',
  'accept-queue-overflow-nginx.pcapng',
  'connect-refused-nginx.pcapng',
  'deploy-drain.pcapng',
  'encrypted-rst-after-request.pcapng',
  'grpc-haproxy.pcapng',
  'path-loss-download.pcapng',
  'path-loss-outage-haproxy.pcapng',
  'rst-after-request-healthy.pcapng',
  'truncated-response-chunked.pcapng',
  'zero-window-stall-nginx.pcapng',
];

const ENHANCED_PACKET = 6;
const INTERFACE = 1;
const TSRESOL = 9;
const LATER_NS = 30_000;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'two-captures-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A pcapng whose packets all come so much later. Written little-endian, as all samples are. */
function later(capture: Buffer): Buffer {
  const moved = Buffer.from(capture);
  const ticks: bigint[] = [];
  for (let at = 0; at < moved.length; at += moved.readUInt32LE(at + 4)) {
    const type = moved.readUInt32LE(at);
    if (type === INTERFACE) ticks.push(BigInt(Math.round(LATER_NS * resolutionOf(moved, at))));
    if (type !== ENHANCED_PACKET) continue;
    const time = (BigInt(moved.readUInt32LE(at + 12)) << 32n) + BigInt(moved.readUInt32LE(at + 16));
    const then = time + (ticks[moved.readUInt32LE(at + 8)] ?? 0n);
    moved.writeUInt32LE(Number(then >> 32n), at + 12);
    moved.writeUInt32LE(Number(then & 0xffffffffn), at + 16);
  }
  return moved;
}

/** Ticks of an interface's clock per nanosecond: microseconds where its block does not say. */
function resolutionOf(capture: Buffer, block: number): number {
  const end = block + capture.readUInt32LE(block + 4) - 4;
  for (let at = block + 16; at + 4 <= end && capture.readUInt16LE(at) !== 0; ) {
    const length = capture.readUInt16LE(at + 2);
    if (capture.readUInt16LE(at) === TSRESOL) return 10 ** (capture.readUInt8(at + 4) - 9);
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return 1e-3;
}

/** What is found, without the names and numbers of packets. */
async function foundIn(captures: readonly string[]): Promise<unknown> {
  const { analysis } = await analyze({ files: captures });
  return analysis.findings.map(({ rule, subject, severity, confidence, title, occurrences, summary, hypotheses }) => ({
    ...{ rule, server: `${subject.address}:${subject.port}`, severity, confidence, title, occurrences },
    summary: withoutPackets(summary),
    causes: hypotheses.map(({ cause, verdict, because }) => `${cause} ${verdict}: ${withoutPackets(because)}`),
  }));
}

function withoutPackets(text: string): string {
  return text.replace(/(?:\S+\.pcapng )?#\d+(?: of capture \d+)?/g, '#');
}

describe('the same packets as two captures', () => {
  it.each(REPRESENTATIVE)('of %s are the same incident', async (name) => {
    const sample = path.join(SAMPLES, name);
    const content = readFileSync(sample);
    const [copy, shifted] = [path.join(folder, `copy-${name}`), path.join(folder, `later-${name}`)];
    writeFileSync(copy, content);
    writeFileSync(shifted, later(content));
    const alone = await foundIn([sample]);
    expect(await foundIn([sample, copy])).toEqual(alone);
    expect(await foundIn([sample, shifted])).toEqual(alone);
  });
});
