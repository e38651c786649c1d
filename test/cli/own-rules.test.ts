import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { run } from '../../src/cli/main.js';
import { scratchFolder } from '../capture/scratch-folder.js';
import { World } from './surroundings.js';

const root = path.resolve(import.meta.dirname, '../..');
const sample = path.join(root, 'samples/slow-response-gateway-timeout.pcapng');
const scratch = scratchFolder();

/** The example of docs/own-rules.md, as its reader would write it to a file. */
const example = /```js\n([\s\S]*?)```/.exec(readFileSync(path.join(root, 'docs/own-rules.md'), 'utf8'))?.[1] ?? '';

class RealWorld extends World {
  override readonly loadAnalyze = async () => (await import('../../src/pipeline/analyze.js')).analyze;
}

function file(name: string, text: string): string {
  const place = path.join(scratch.folder, name);
  writeFileSync(place, text);
  return place;
}

let world: RealWorld;
beforeEach(() => {
  world = new RealWorld();
});

describe('the example of the documentation', () => {
  const own = () => file('server-errors.mjs', example);

  it('finds in a sample what it promises, beside the rules of the catalogue', async () => {
    expect(await run(['report', sample, '--format', 'json', '--rules', own()], world)).toBe(0);
    const report = JSON.parse(world.stdout.text);
    expect(report.ruleFailures ?? []).toEqual([]);
    expect(report.rules).toContain('server-errors');
    const found = report.findings.filter(({ rule }: { rule: string }) => rule === 'server-errors');
    expect(found.length).toBeGreaterThan(0);
    for (const { facts, hypotheses, evidence, occurrences } of found) {
      expect(occurrences).toBe(facts.errors);
      expect(hypotheses).toHaveLength(1);
      expect(evidence[0].packets[1].note).toMatch(/^50\d/);
    }
  });

  it('reads well in the text report, and makes the exit code like any other', async () => {
    expect(await run([sample, '--rules', own(), '--fail-on', 'warning'], world)).toBe(1);
    expect(world.stdout.text).toMatch(/\d+ of \d+ answers are 5xx/);
    expect(world.stdout.text).toContain('server-errors, certain');
  });

  it('is listed, explained and chosen by its id', async () => {
    const rules = own();
    expect(await run(['rules', '--rules', rules], world)).toBe(0);
    expect(world.stdout.text).toMatch(/\nserver-errors +warning +Server answers 5xx/);
    expect(await run(['explain', 'server-errors', '--rules', rules], world)).toBe(0);
    expect(world.stdout.text).toContain('one-path: A single path fails');
    world = new RealWorld();
    expect(await run([sample, '-f', 'json', '--rules', rules, '--rule', 'server-errors'], world)).toBe(0);
    expect(JSON.parse(world.stdout.text).rules).toEqual(['server-errors']);
  });

  it('fits the published types', () => {
    const folder = path.join(scratch.folder, 'types');
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'server-errors.mjs'), example);
    const compilerOptions = {
      ...{ strict: true, noEmit: true, allowJs: true, checkJs: true, skipLibCheck: true, types: ['node'] },
      typeRoots: [path.join(root, 'node_modules/@types')],
      ...{ target: 'ES2022', lib: ['ES2023'], module: 'NodeNext', moduleResolution: 'NodeNext' },
      paths: { 'pcapdx/rule': [path.join(root, 'src/rules/own/published.ts')] },
    };
    writeFileSync(
      path.join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: ['server-errors.mjs'] }),
    );
    const tsc = path.join(root, 'node_modules/.bin/tsc');
    expect(execFileSync(tsc, ['-p', folder, '--pretty', 'false'], { encoding: 'utf8' })).toBe('');
  });
});

describe('a rule file that is wrong', () => {
  const RULE =
    "{ meta: { id: 'mine', severity: 'notice', title: 'Mine' }, tally: () => ({}), inspect() {}, merge() {}, conclude: () => [] }";

  it.each([
    ['syntax.mjs', 'export default {', 'cannot be loaded: '],
    ['throws.mjs', "throw new Error('no luck')", 'cannot be loaded: Error: no luck'],
    ['import.mjs', "import './absent.mjs'", 'cannot be loaded: Error: Cannot find module'],
    ['nothing.mjs', 'export const rule = {};', 'has no default export'],
    ['empty.mjs', 'export default [];', 'exports no rule'],
    ['number.mjs', 'export default 7;', 'the rule is not an object'],
    ['meta.mjs', 'export default { tally() {} };', 'the rule has no meta'],
    ['id.mjs', "export default { meta: { id: 'My Rule' } };", 'meta.id is no name in small letters and hyphens'],
    [
      'severity.mjs',
      "export default { meta: { id: 'mine', severity: 'bad' } };",
      'meta.severity is none of critical, warning, notice',
    ],
    ['title.mjs', "export default { meta: { id: 'mine', severity: 'notice' } };", 'rule mine: meta.title is missing'],
    [
      'limits.mjs',
      "export default { meta: { id: 'mine', severity: 'notice', title: 'x', limits: 'none' } };",
      'meta.limits is not a list of texts',
    ],
    ['method.mjs', `export default { ...${RULE}, merge: undefined };`, 'rule mine: merge is not a function'],
    [
      'taken.mjs',
      `const mine = ${RULE}; export default { ...mine, meta: { ...mine.meta, id: 'rst-after-request' } };`,
      'there is a rule of this name already',
    ],
    ['twice.mjs', `export default [${RULE}, ${RULE}];`, 'rule mine: there is a rule of this name already'],
    ['rule.txt', 'export default {};', 'is not a JavaScript module'],
  ])('%s is told in one line, with exit code 2, and nothing is read', async (name, text, message) => {
    expect(await run([sample, '--rules', file(name, text)], world)).toBe(2);
    expect(world.stdout.text).toBe('');
    expect(world.stderr.text).toMatch(/^pcapdx: --rules [^\n]*\n$/);
    expect(world.stderr.text).toContain(message);
  });

  it('that is not there is told so', async () => {
    expect(await run([sample, '--rules', '/nowhere/mine.mjs'], world)).toBe(2);
    expect(world.stderr.text).toBe('pcapdx: --rules /nowhere/mine.mjs: no such file\n');
  });

  it.each([
    ['inspect', "inspect() { throw new Error('lost count'); }", 'lost count'],
    ['conclude', "conclude: () => 'all well'", 'conclude gave no list of findings'],
    ['finding', 'conclude: () => [{}]', 'finding 1: rule is not a text'],
  ])('whose %s fails is named in the warnings, and the others conclude', async (which, part, message) => {
    const broken = file(`broken-${which}.mjs`, `export default { ...${RULE}, ${part} };`);
    const incident = path.join(root, 'samples/rst-after-request-reject.pcapng');
    expect(await run([incident, '--rules', broken, '--width', '200'], world)).toBe(0);
    expect(world.stdout.text).toContain(`rule mine failed, the others concluded: ${message}`);
    expect(world.stdout.text).toContain('resets requests before any answer');
  });

  it('whose finding has no packet is not believed', async () => {
    const finding = {
      ...{ rule: 'mine', severity: 'notice', confidence: 'certain', title: 'Bad', summary: '', occurrences: 1 },
      ...{ subject: { address: '10.0.0.1', port: 80, name: null }, firstSeenNs: 0, lastSeenNs: 0, facts: {} },
      ...{ evidence: [], hypotheses: [], remedies: [], references: [] },
    };
    const broken = file('bare.mjs', `export default { ...${RULE}, conclude: () => [${JSON.stringify(finding)}] };`);
    expect(await run([sample, '--rules', broken, '--width', '200'], world)).toBe(0);
    expect(world.stdout.text).toContain('finding 1: it has no evidence');
  });
});
