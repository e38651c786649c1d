import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const project = path.resolve(import.meta.dirname, '..');
const { version } = JSON.parse(readFileSync(path.join(project, 'package.json'), 'utf8')) as { version: string };

describe('the package, installed into an empty folder', () => {
  let folder = '';
  const run = (command: string, ...args: string[]): string =>
    execFileSync(command, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'pcapdx-package-'));
    const [packed] = JSON.parse(
      execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
        cwd: project,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    ) as { filename: string }[];
    run('npm', 'init', '--yes');
    run('npm', 'install', '--prefer-offline', '--no-fund', '--no-audit', `./${packed.filename}`);
    copyFileSync(path.join(project, 'samples/rst-after-request.pcapng'), path.join(folder, 'incident'));
  }, 180_000);

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('tells its version and nothing else', () => {
    expect(run('npx', 'pcapdx', '--version')).toBe(`${version}\n`);
  });

  it('reports on a capture, whatever the file is called', () => {
    const report = JSON.parse(run('npx', 'pcapdx', 'report', 'incident', '--format', 'json')) as {
      findings: { rule: string }[];
    };
    expect(report.findings.map((finding) => finding.rule)).toContain('rst-after-request');
  });

  it('holds the JSON Schemas as files, the same that it prints', () => {
    for (const name of ['report', 'flows', 'finding']) {
      const printed = run('npx', 'pcapdx', 'schema', name);
      expect(readFileSync(path.join(folder, `node_modules/pcapdx/dist/schema/${name}.schema.json`), 'utf8')).toBe(
        printed,
      );
      const imported = `import schema from 'pcapdx/schema/${name}' with { type: 'json' }; console.log(schema.$schema);`;
      writeFileSync(path.join(folder, 'schema.mjs'), imported);
      expect(run('node', '--no-warnings', 'schema.mjs')).toBe('https://json-schema.org/draft/2020-12/schema\n');
    }
  });

  it('gives authors of own rules what they may import', () => {
    const rule = `import { defineRule, perServer } from 'pcapdx/rule';
export default defineRule({
  meta: { id: 'mine', severity: 'notice', title: 'Mine' },
  tally: () => perServer(), inspect() {}, merge() {}, conclude: () => [],
});`;
    writeFileSync(path.join(folder, 'mine.mjs'), rule);
    expect(run('npx', 'pcapdx', 'rules', '--rules', 'mine.mjs')).toMatch(/\nmine +notice +Mine/);
  });
});
