import { Page } from '../report/page.js';
import { RULES } from '../rules/index.js';
import type { RuleMeta } from '../rules/rule.js';
import { widthOf } from './colour.js';
import { EXIT } from './exit-code.js';
import { loadOwnRules } from './own-rules.js';
import { requireRule } from './rule-choice.js';
import { remediesOnPage } from './rule-remedies.js';
import type { Surroundings } from './surroundings.js';

/** `pcapdx explain RULE`: all that a rule says of itself, offline. */
export async function runExplain(
  id: string,
  width: number | undefined,
  files: readonly string[],
  { stdout }: Surroundings,
): Promise<number> {
  const metas = await metasOf(files);
  requireRule(
    id,
    metas.map((meta) => meta.id),
  );
  const columns = widthOf(width, stdout.columns);
  for (const meta of metas.filter((known) => known.id === id)) stdout.write(explanation(meta, columns));
  return EXIT.ok;
}

/** The lines of a rule's page; `null`: there is no such rule. */
export async function explanationOf(
  id: string,
  width: number,
  files: readonly string[],
): Promise<readonly string[] | null> {
  const meta = (await metasOf(files)).find((known) => known.id === id);
  return meta === undefined ? null : explanation(meta, width).trimEnd().split('\n');
}

async function metasOf(files: readonly string[]): Promise<readonly RuleMeta[]> {
  return [...RULES, ...(await loadOwnRules(files))].map((rule) => rule.meta);
}

/** A rule's page as text. */
function explanation(meta: RuleMeta, width: number): string {
  const page = new Page({ width, isColoured: false, ascii: false, time: 'utc' });
  page.prose(`${meta.id} (${meta.severity}): ${meta.title}`);
  section(page, 'WHAT YOU SEE', meta.feels === '' ? [] : [meta.feels]);
  section(page, 'WHAT THE PACKETS SHOW', meta.shows === '' ? [] : [meta.shows]);
  section(page, 'CAUSES CONSIDERED', namedTexts(meta.hypotheses));
  section(page, 'WHAT TO CHANGE', RULES.some((rule) => rule.meta === meta) ? remediesOnPage(meta.id) : []);
  section(page, 'WHAT LOOKS ALIKE AND IS NOT IT', namedTexts(meta.lookAlikes));
  section(page, 'LIMITS', meta.limits);
  section(page, 'NEEDS', meta.needs.length === 0 ? [] : [meta.needs.join(', ')]);
  section(
    page,
    'REFERENCES',
    meta.references.map(({ title, url }) => `${title}  ${url}`),
  );
  return page.toString();
}

function section(page: Page, heading: string, paragraphs: readonly string[]): void {
  if (paragraphs.length === 0) return;
  page.blank();
  page.prose(heading);
  for (const paragraph of paragraphs) page.prose(paragraph, 2, 4);
}

function namedTexts(texts: Readonly<Record<string, string>>): string[] {
  return Object.entries(texts).map(([name, text]) => `${name}: ${text}`);
}
