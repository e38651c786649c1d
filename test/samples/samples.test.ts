import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { connectionsOf } from './connections.js';
import { ownFrames } from './own-frames.js';
import {
  allScenarios,
  differenceOf,
  readme,
  readSampleList,
  SAMPLES,
  type SampleRecord,
  framesOf as tsharkFramesOf,
  withTables,
} from './scenarios.js';
import { hasSharkd, Sharkd } from './sharkd.js';

/** Bytes: a sample, and all of them. */
const MAX_SAMPLE = 300_000;
const MAX_ALL = 10_800_000;

const scenarios = await allScenarios();
const list = await readSampleList(SAMPLES);
const samples = scenarios.flatMap((scenario) => scenario.samples);
const hasTshark = isInstalled('tshark');
const sharkd = hasSharkd ? new Sharkd() : null;
afterAll(() => sharkd?.end());

function isInstalled(command: string): boolean {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function recordOf(file: string): SampleRecord {
  const record = list[file];
  if (record === undefined) throw new Error(`${file} is not in samples.json`);
  return record;
}

describe('the samples', () => {
  const captures = readdirSync(SAMPLES).filter((file) => /\.pcap(ng)?$/.test(file));

  it('are those that the scenarios describe, and no others', () => {
    const described = samples.map(({ file }) => file);
    expect(new Set(described).size).toBe(described.length);
    expect(captures.sort()).toEqual([...described].sort());
    expect(Object.keys(list).sort()).toEqual([...described].sort());
  });

  it('are small', () => {
    const sizes = captures.map((file) => statSync(path.join(SAMPLES, file)).size);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_SAMPLE);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(MAX_ALL);
  });

  it('do not tell on which machine they were taken', () => {
    for (const file of captures.filter((name) => name.endsWith('.pcapng')))
      expect({ file, sectionHeader: readFileSync(path.join(SAMPLES, file)).readUInt32LE(4) }).toEqual({
        file,
        sectionHeader: 28,
      });
  });

  it('are in the tables of the README as they were taken', () => {
    expect(withTables(readme(), scenarios, list)).toBe(readme());
  });

  it.each(scenarios)('of $name: each failing one has a healthy twin', ({ samples: ofScenario }) => {
    const healthy = ofScenario.filter(({ wrong }) => wrong === null).map(({ file }) => file);
    const failing = ofScenario.filter(({ wrong }) => wrong !== null);
    for (const { twin } of failing) expect(healthy).toContain(twin);
  });
});

describe.each(samples)('$file', ({ file, marks, decisive = [] }) => {
  it('was taken with the marks that the scenario describes, each as often as it says', () => {
    const told = marks.map(({ what, filter }) => ({ what, filter }));
    expect(recordOf(file).marks.map(({ what, filter }) => ({ what, filter }))).toEqual(told);
    for (const [index, { count }] of marks.entries()) {
      const [least, most] = typeof count === 'number' ? [count, count] : count;
      const frames = recordOf(file).marks[index]?.frames ?? [];
      expect(frames.length).toBeGreaterThanOrEqual(least);
      expect(frames.length).toBeLessThanOrEqual(most);
    }
  });

  it('was set up with the lines that its row shows', () => {
    const lines = Object.values(recordOf(file).settings).flatMap((text) => text.map((line) => line.trim()));
    for (const line of decisive) expect(lines).toContain(line);
  });

  it('shows its marks in the packets that the list names, by our own decoding', async () => {
    const known = marks.filter(({ own }) => own !== undefined);
    expect(known.length).toBeGreaterThan(0);
    const connections = await connectionsOf(file);
    for (const { what, own = {} } of known) {
      const frames = recordOf(file).marks.find((mark) => mark.what === what)?.frames;
      expect({ what, frames: ownFrames(connections, own) }).toEqual({ what, frames });
    }
  });

  it.runIf(hasTshark)('and by tshark', async () => {
    const found: unknown[] = [];
    for (const { what, filter } of recordOf(file).marks)
      found.push({ what, filter, frames: await framesOf(file, filter) });
    expect(found).toEqual(recordOf(file).marks);
  });
});

const failing = samples.flatMap(({ twin, ...sample }) => (twin === undefined ? [] : [{ ...sample, twin }]));

describe.each(failing)('$file and its twin $twin', ({ file, marks, twin, differs = [] }) => {
  it('were set up alike but for what the row says', () => {
    expect(differenceOf(recordOf(file), recordOf(twin))).toEqual(differs);
  });

  const faults = marks.filter(({ fault }) => fault === true);
  const mended = marks.filter((mark) => mark.mended === true);

  it('differ in the packets that make the fault, by our own decoding', async () => {
    expect(faults.length + mended.length).toBeGreaterThan(0);
    const healthy = await connectionsOf(twin);
    for (const { what, own } of faults)
      if (own !== undefined) expect({ what, frames: ownFrames(healthy, own) }).toEqual({ what, frames: [] });
  });

  it.runIf(hasTshark)('and by tshark', async () => {
    for (const { what, filter } of faults)
      expect({ what, frames: await framesIn(twin, filter) }).toEqual({ what, frames: [] });
    for (const { filter } of mended) {
      const [here, there] = [await framesIn(file, filter), await framesIn(twin, filter)];
      expect(there.length).toBeGreaterThan(here.length);
    }
  });
});

/** What a filter selects in a sample: as its marks say, which are held to tshark above, or by tshark. */
async function framesIn(file: string, filter: string): Promise<readonly number[]> {
  const mark = recordOf(file).marks.find((one) => one.filter === filter);
  return mark?.frames ?? framesOf(file, filter);
}

function framesOf(file: string, filter: string): Promise<readonly number[]> {
  const capture = path.join(SAMPLES, file);
  return sharkd?.framesOf(capture, filter) ?? tsharkFramesOf(capture, filter);
}
