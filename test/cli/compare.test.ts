import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../../src/cli/main.js';
import { comparisonSchema } from '../../src/report/compare/comparison-schema.js';
import { reportDocument } from '../../src/report/json.js';
import { failedAnalysis, input, quietAnalysis } from '../report/analyses.js';
import { World } from './surroundings.js';

const folder = mkdtempSync(path.join(tmpdir(), 'pcapdx-compare-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, content: string) => {
  const at = path.join(folder, name);
  writeFileSync(at, content);
  return at;
};
const failed = failedAnalysis();
const before = file('before.json', JSON.stringify(reportDocument(input(failed))));
const after = file('after.json', JSON.stringify(reportDocument(input(quietAnalysis({ servers: failed.servers })))));

let world: World;
beforeEach(() => {
  world = new World();
});

describe('pcapdx compare', () => {
  it('prints the answer, or the document that the schema describes', async () => {
    expect(await run(['compare', before, after], world)).toBe(0);
    expect(world.stdout.text).toMatch(/^MENDED {2}/);
    const output = path.join(folder, 'comparison.json');
    expect(await run(['compare', before, after, '-o', output], world)).toBe(0);
    const document: unknown = JSON.parse(readFileSync(output, 'utf8'));
    expect(comparisonSchema.parse(document)).toEqual(document);
    expect(document).toMatchObject({ verdict: 'mended' });
  });

  it.each([
    [before, after, 'unmended', 0],
    [before, before, 'unmended', 1],
    [before, before, 'worse', 0],
    [after, before, 'worse', 1],
    [after, before, 'never', 0],
  ])('of %s and %s with --fail-on %s exits %d', async (one, other, failOn, code) => {
    expect(await run(['compare', one, other, '--fail-on', failOn], world)).toBe(code);
  });

  it.each([
    ['no-such.json', 'no-such.json: no such file'],
    [
      file('text.json', 'front.pcapng: 3 packets'),
      'is not a JSON report; pcapdx report --format json makes what is compared',
    ],
    [file('other.json', '{"schemaVersion":2}'), 'is not a report of this version of pcapdx (schemaVersion:'],
    [folder, `${folder}: `],
  ])('tells what is wrong with %s', async (wrong, message) => {
    expect(await run(['compare', before, wrong], world)).toBe(2);
    expect(world.stderr.text).toContain(message);
    expect(world.stderr.text.trimEnd().split('\n')).toHaveLength(1);
    expect(world.stdout.text).toBe('');
  });
});
