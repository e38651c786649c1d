/** What is loaded when: a small capture is read in less time than the heavy packages need to load. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** All that a file of ours loads at once, by static imports of values, files and packages. */
function loadedBy(name: string): Set<string> {
  const loaded = new Set<string>();
  const visit = (file: URL) => {
    if (loaded.has(file.pathname)) return;
    loaded.add(file.pathname);
    const text = readFileSync(file, 'utf8');
    for (const [statement, from = ''] of text.matchAll(/^(?:import|export)\b[^;]*?\bfrom '([^']+)';/gm)) {
      if (/^(?:import|export) type\b/.test(statement)) continue;
      if (from.startsWith('.')) visit(new URL(from.replace(/\.js$/, '.ts'), file));
      else loaded.add(from);
    }
  };
  visit(new URL(`../../src/${name}`, import.meta.url));
  return loaded;
}

const holds = (name: string, part: string) => [...loadedBy(name)].some((loaded) => loaded.includes(part));

describe('start-up', () => {
  it.each(['commander', 'zod', 'cli-table3', '/pipeline/', '/rules/', '/report/'])(
    'needs no %s before a command',
    (part) => {
      expect(holds('cli/main.ts', part)).toBe(false);
    },
  );

  it.each(['zod', 'cli-table3', '/pipeline/', '/rules/'])('of a command line needs no %s', (part) => {
    expect(holds('cli/program.ts', part)).toBe(false);
  });

  it('of the JSON report and of flows needs neither zod nor tables', () => {
    for (const name of ['cli/report.ts', 'cli/flows.ts', 'report/json.ts']) {
      expect([name, holds(name, 'zod'), holds(name, 'cli-table3')]).toEqual([name, false, false]);
    }
  });

  it('of the schema command does need zod', () => {
    expect(holds('cli/schema.ts', 'zod')).toBe(true);
  });
});
