/** Parts made by `report --shard`, and `merge`, which makes one report of them. */
import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { run } from '../../src/cli/main.js';
import { analyze } from '../../src/pipeline/analyze.js';
import { reportSchema } from '../../src/report/schema.js';
import { scratchFolder } from '../capture/scratch-folder.js';
import { Recorder, World } from './surroundings.js';

const SAMPLE = 'samples/rst-after-request.pcapng';
const folder = scratchFolder();
const scratch = { write: (name: string, text: string) => folder.write(name, Buffer.from(text)) };
let world: World;
beforeEach(() => {
  world = new World();
  world.pipeline = analyze;
});

/** Standard output of a command that succeeds. */
async function output(...argv: string[]): Promise<string> {
  world.stdout = new Recorder();
  expect([await run(argv, world), world.stderr.text]).toEqual([0, '']);
  return world.stdout.text;
}

async function partsOf(sample: string, count: number, ...flags: string[]): Promise<string[]> {
  const files: string[] = [];
  for (let part = 1; part <= count; part += 1)
    files.push(
      scratch.write(
        `part-${part}-of-${count}`,
        await output('report', sample, '--shard', `${part}/${count}`, ...flags),
      ),
    );
  return files;
}

describe('pcapdx report --shard', () => {
  it('gives a report of its connections that says which part it is', async () => {
    const parts = (await partsOf(SAMPLE, 2)).map((file) => reportSchema.parse(JSON.parse(readFileSync(file, 'utf8'))));
    expect(parts.map(({ part }) => part?.share)).toEqual([
      { index: 1, count: 2 },
      { index: 2, count: 2 },
    ]);
    const whole = reportSchema.parse(JSON.parse(await output('report', SAMPLE, '-f', 'json')));
    const connections = parts.map(({ summary }) => summary.connections);
    expect(Math.min(...connections)).toBeGreaterThan(0);
    expect((connections[0] ?? 0) + (connections[1] ?? 0)).toBe(whole.summary.connections);
    expect(whole.part).toBeUndefined();
  });

  it.each(['0/2', '3/2', '1', '1/0', '1/33', 'a/b', '1/2/3'])('refuses %s', async (shard) => {
    expect(await run(['report', SAMPLE, '--shard', shard], world)).toBe(2);
    expect(world.stderr.text).toContain('I/N is needed, such as 1/4');
  });

  it('refuses a format that merge does not take', async () => {
    expect(await run(['report', SAMPLE, '--shard', '1/2', '--format', 'text'], world)).toBe(2);
    expect(world.stderr.text).toContain('--shard makes a part for pcapdx merge, which takes JSON; leave --format out');
  });
});

describe('pcapdx flows --shard', () => {
  it('prints the connections of a part, in order; all parts are all connections', async () => {
    const streamOf = (line: string): number => (JSON.parse(line) as { stream: number }).stream;
    const lines: string[] = [];
    for (const shard of ['1/3', '2/3', '3/3']) {
      const part = (await output('flows', SAMPLE, '--shard', shard)).trimEnd().split('\n');
      expect(part).toEqual([...part].sort((one, other) => streamOf(one) - streamOf(other)));
      lines.push(...part);
    }
    lines.sort((one, other) => streamOf(one) - streamOf(other));
    expect(`${lines.join('\n')}\n`).toBe(await output('flows', SAMPLE));
  });
});

describe('pcapdx merge', () => {
  it.each([['json'], ['ndjson'], ['text']])('prints as %s what one report of the whole prints', async (format) => {
    const parts = await partsOf(SAMPLE, 3);
    expect(await output('merge', ...parts.reverse(), '--format', format)).toBe(
      await output('report', SAMPLE, '--format', format),
    );
  });

  it('hides secrets, or shows them, whatever the parts showed', async () => {
    const parts = await partsOf(SAMPLE, 2);
    for (const flags of [[], ['--reveal']])
      expect(await output('merge', ...parts, '-f', 'json', ...flags)).toBe(
        await output('report', SAMPLE, '-f', 'json', ...flags),
      );
  });

  it('filters and fails as report does', async () => {
    const parts = await partsOf(SAMPLE, 2);
    expect(await run(['merge', ...parts, '--fail-on', 'critical', '--filter', 'rule:rst-after-request'], world)).toBe(
      1,
    );
    expect(await run(['merge', ...parts, '--fail-on', 'critical', '--filter', 'rule:preconnect-408'], world)).toBe(0);
  });

  it('tells of captures that are damaged, and exits with 2', async () => {
    const damaged = folder.write('damaged', damagedBlock(readFileSync(SAMPLE), 30));
    const parts: string[] = [];
    for (const shard of ['1/2', '2/2']) {
      world.stdout = new Recorder();
      expect(await run(['report', damaged, '--shard', shard], world)).toBe(2);
      parts.push(scratch.write(`damaged-${shard.charAt(0)}`, world.stdout.text));
    }
    world.stdout = new Recorder();
    world.stderr = new Recorder();
    expect(await run(['merge', ...parts, '-f', 'json'], world)).toBe(2);
    const [merged, told] = [world.stdout.text, world.stderr.text];
    world.stdout = new Recorder();
    world.stderr = new Recorder();
    expect(await run(['report', damaged, '-f', 'json'], world)).toBe(2);
    expect([world.stdout.text, world.stderr.text]).toEqual([merged, told]);
  });

  it('says what is wrong with what is no part', async () => {
    const [part = ''] = await partsOf(SAMPLE, 2);
    const whole = scratch.write('whole', await output('report', SAMPLE, '-f', 'json'));
    const text = readFileSync(part, 'utf8');
    const changed = (
      name: string,
      change: (document: { tool: { version: string }; part: { kept: unknown } }) => void,
    ) => {
      const document = JSON.parse(text) as Parameters<typeof change>[0];
      change(document);
      return scratch.write(name, JSON.stringify(document));
    };
    const older = changed('older', ({ tool }) => {
      tool.version = '0.0.1';
    });
    const broken = changed('broken', (document) => {
      document.part.kept = 7;
    });
    for (const [files, message] of [
      [[part], 'these parts cannot be merged: part 2 of 2 is missing'],
      [[part, part], 'part 1 of 2 is there twice'],
      [[whole], `${whole}: is not a part: those are made with report --shard I/N`],
      [[SAMPLE], `${SAMPLE}: is not a JSON report; pcapdx report --shard I/N --format json makes what is merged`],
      [['nowhere.json'], 'nowhere.json: no such file'],
      [[older], `${older}: was made by pcapdx 0.0.1, and this is `],
      [[broken], `${broken}: is a part that was changed`],
    ] as const) {
      world.stderr = new Recorder();
      expect(await run(['merge', ...files], world)).toBe(2);
      expect(world.stderr.text).toContain(message);
    }
  });

  it('writes to a file, and never over a part', async () => {
    const parts = await partsOf(SAMPLE, 2);
    const [first = ''] = parts;
    expect(await run(['merge', ...parts, '-o', first, '-f', 'json', '--force'], world)).toBe(2);
    world.stderr = new Recorder();
    const file = scratch.write('merged.json', '');
    expect(await output('merge', ...parts, '-o', file, '--force')).toBe('');
    expect(readFileSync(file, 'utf8')).toBe(await output('report', SAMPLE, '-f', 'json'));
  });
});

/** A pcapng of which a block has an impossible length. */
function damagedBlock(capture: Buffer, block: number): Buffer {
  let at = 0;
  for (let before = 0; before < block; before += 1) at += capture.readUInt32LE(at + 4);
  capture.writeUInt32LE(7, at + 4);
  return capture;
}
