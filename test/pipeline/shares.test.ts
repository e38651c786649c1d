/** The same report, to the byte, from one process and from any number of parts: on every sample. */
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type AnalyzeOptions, analyze } from '../../src/pipeline/analyze.js';
import { type CapturePart, mergeParts } from '../../src/pipeline/part.js';
import { RULES } from '../../src/rules/index.js';
import { BUCKETS } from '../../src/tcp/share.js';
import { reportOf, SAMPLES } from './samples.js';

async function partsOf(options: AnalyzeOptions, count: number): Promise<CapturePart[]> {
  const parts: CapturePart[] = [];
  for (let index = 0; index < count; index += 1) {
    const { part } = await analyze({ ...options, share: { index, count } });
    if (part !== undefined) parts.push(part);
  }
  return parts;
}

/** Where two reports differ first, and how; `null`: nowhere. */
function differenceOf(one: unknown, other: unknown, at = 'report'): string | null {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return Object.is(one, other)
      ? null
      : `${at}: ${JSON.stringify(one)} in one process, ${JSON.stringify(other)} in parts`;
  for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
    const found = differenceOf(Reflect.get(one, key), Reflect.get(other, key), `${at}.${key}`);
    if (found !== null) return found;
  }
  return null;
}

function expectSame(whole: string, merged: string): void {
  expect(differenceOf(JSON.parse(whole), JSON.parse(merged))).toBeNull();
  expect(merged).toBe(whole);
}

describe.each(SAMPLES)('the report of %s', (sample) => {
  const files = [path.join('samples', sample)];
  let whole: string;
  beforeAll(async () => {
    whole = reportOf(await analyze({ files }));
  });

  it.each([2, 3, 4])('is the same from %i parts', async (count) => {
    const parts = await partsOf({ files }, count);
    // In any order.
    expectSame(whole, reportOf(mergeParts(parts.reverse(), RULES, false)));
  });
});

describe('parts of a run', () => {
  const files = [
    'samples/rst-after-request.pcapng',
    'samples/cross-sni-reuse-dns.pcap',
    'samples/healthy-resets.pcapng',
  ];

  it('are those of several captures read as one', async () => {
    const whole = reportOf(await analyze({ files, reveal: true }));
    const parts = await partsOf({ files }, BUCKETS);
    expectSame(whole, reportOf(mergeParts(parts, RULES, true)));
  });

  it('are those of all samples read as one, whose servers and clients bear the same addresses', async () => {
    const all = SAMPLES.map((sample) => path.join('samples', sample));
    const whole = reportOf(await analyze({ files: all }));
    expectSame(whole, reportOf(mergeParts(await partsOf({ files: all }, 3), RULES, false)));
  });

  it('tell each of its connections once', async () => {
    const streams: number[] = [];
    const spent: number[][] = [];
    for (let index = 0; index < 3; index += 1) {
      const others: number[] = [];
      await analyze({
        files,
        share: { index, count: 3 },
        onConnection: ({ stream }) => streams.push(stream),
        onSpentStream: (stream) => others.push(stream),
      });
      spent.push(others);
    }
    const all: number[] = [];
    await analyze({ files, onConnection: ({ stream }) => all.push(stream) });
    expect(streams.sort((one, other) => one - other)).toEqual(all.sort((one, other) => one - other));
    for (const others of spent) expect(others.length).toBeGreaterThan(0);
  });

  it('are refused where they are not all parts of one run', async () => {
    const [first, second, third] = await partsOf({ files: files.slice(0, 1) }, 3);
    const [other] = await partsOf({ files: files.slice(1, 2), rules: ['rst-after-request'] }, 2);
    const [foreign] = await partsOf({ files: files.slice(1, 2) }, 3);
    if (first === undefined || second === undefined || third === undefined) expect.fail('three parts');
    if (other === undefined || foreign === undefined) expect.fail('other parts');
    const refusal = (...parts: CapturePart[]) => expect(() => mergeParts(parts, RULES, false));
    refusal().toThrow('there are none');
    refusal(first, third).toThrow('part 2 of 3 is missing');
    refusal(third, second, second).toThrow('part 1 of 3 is missing');
    refusal(first, second).toThrow('part 3 of 3 is missing');
    refusal(first, second, second, third).toThrow('part 2 of 3 is there twice');
    refusal(first, other).toThrow('one is of 3 parts, another of 2');
    refusal(foreign, second, third).toThrow('not all of the same captures');
    refusal(first, { ...second, rules: ['rst-after-request'] }, third).toThrow('not all made with the same rules');
    refusal(first, { ...second, kept: 'AAAA' }, third).toThrow('one is damaged');
    expect(() => mergeParts([first, second, third], [], false)).toThrow(
      /made with the rule .*, which is not known here/,
    );
  });

  it('are refused where one was stopped', async () => {
    const controller = new AbortController();
    controller.abort();
    const stopped = await analyze({ files, share: { index: 0, count: 1 }, signal: controller.signal });
    const { part } = stopped;
    if (part === undefined) expect.fail('a part');
    expect(() => mergeParts([part], RULES, false)).toThrow('one was stopped before the end of its captures');
  });
});
