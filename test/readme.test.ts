import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { run } from '../src/cli/main.js';
import { analyze } from '../src/pipeline/analyze.js';
import { World } from './cli/surroundings.js';

it('README.md shows what the program prints of its sample', async () => {
  const [, shown = ''] = /^```\n(samples\/\S+: .*?)^```$/ms.exec(readFileSync('README.md', 'utf8')) ?? [];
  const world = new World();
  const real = { ...world, exit: world.exit, now: world.now, loadAnalyze: async () => analyze };
  expect(await run([shown.slice(0, shown.indexOf(':'))], real)).toBe(0);
  expect(world.stdout.text.slice(0, shown.length)).toBe(shown);
});
