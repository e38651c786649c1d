import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { RULE_ORDER } from '../../src/findings/rank.js';
import { RULE_FACTS } from '../../src/report/rule-facts.js';
import { RULES } from '../../src/rules/index.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Files of src/rules/ that are no rule: the shape of one, the list, the runner. */
const NO_RULES: readonly string[] = ['rule.ts', 'index.ts', 'rule-run.ts'];
const HEADINGS: readonly string[] = ['Means', 'Shows', 'Look-alikes', 'Remedies', 'Limits', 'References'];
const README = readFileSync(`${ROOT}README.md`, 'utf8');

const ids = RULES.map(({ meta }) => meta.id);
const namesIn = (folder: string, ending: string): string[] =>
  readdirSync(`${ROOT}${folder}`)
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length));

describe('the catalogue of rules', () => {
  it('lists each rule once, under the name of its file', () => {
    const files = namesIn('src/rules', '.ts').filter((name) => !NO_RULES.includes(`${name}.ts`));
    expect([...ids].sort()).toEqual(files.sort());
  });

  it('has a page for each rule, and none besides', () => {
    expect(namesIn('docs/rules', '.md').sort()).toEqual([...ids].sort());
  });

  for (const { meta } of RULES)
    describe(meta.id, () => {
      const page = existsSync(`${ROOT}docs/rules/${meta.id}.md`)
        ? readFileSync(`${ROOT}docs/rules/${meta.id}.md`, 'utf8')
        : '';

      it('has a test', () => {
        expect(existsSync(`${ROOT}test/rules/${meta.id}.test.ts`)).toBe(true);
      });

      it('has a place among the findings', () => {
        expect(RULE_ORDER).toContain(meta.id);
      });

      it('has a schema of its figures', () => {
        expect(Object.keys(RULE_FACTS)).toContain(meta.id);
      });

      it('has a row in the README', () => {
        expect(README).toMatch(
          new RegExp(`^\\| \\[\`${meta.id}\`\\]\\(docs/rules/${meta.id}\\.md\\) \\| .+ \\|$`, 'm'),
        );
      });

      it('has a page that begins with its name', () => {
        expect(page.split('\n', 1)).toEqual([`# ${meta.id}`]);
      });

      it('has a page with the fixed headings, in their order', () => {
        const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading ?? '');
        expect(headings.filter((heading) => HEADINGS.includes(heading))).toEqual(HEADINGS);
      });

      it('names on its page every cause that it weighs and every look-alike', () => {
        for (const id of [...Object.keys(meta.hypotheses), ...Object.keys(meta.lookAlikes)]) expect(page).toContain(id);
      });

      it('refers to pages that one can open', () => {
        expect(meta.references.length).toBeGreaterThan(0);
        for (const { url } of meta.references) expect(new URL(url).protocol).toBe('https:');
      });
    });
});
