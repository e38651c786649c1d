/** Conclusions on the way change nothing about the last one. */
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import type { Analysis } from '../../src/facts/summary.js';
import { analyze } from '../../src/pipeline/analyze.js';

const SAMPLES = fileURLToPath(new URL('../../samples/', import.meta.url));

describe('an analysis that was asked on the way', () => {
  it('concludes the same as one that was not, over a capture of many sections', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'pcapdx-interim-'));
    const file = path.join(folder, 'all.pcapng');
    const sections = readdirSync(SAMPLES)
      .filter((name) => name.endsWith('.pcapng'))
      .map((name) => readFileSync(SAMPLES + name));
    // A pcapng file may hold any number of sections; four times is enough for the reading to be held up.
    for (let time = 0; time < 4; time += 1) for (const section of sections) appendFileSync(file, section);
    const files = [file];
    // Every look at the clock is a minute later: each turn concludes.
    let now = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
      now += 60_000;
      return now;
    });
    const onTheWay: Analysis[] = [];
    const asked = await analyze({ files, jobs: 1, onInterim: (analysis) => onTheWay.push(analysis) });
    clock.mockRestore();
    const unasked = await analyze({ files, jobs: 1 });
    expect(onTheWay.length).toBeGreaterThan(0);
    expect(asked.analysis).toEqual(unasked.analysis);
    expect(unasked.analysis.findings.length).toBeGreaterThan(10);
    rmSync(folder, { recursive: true });
  }, 120_000);
});
