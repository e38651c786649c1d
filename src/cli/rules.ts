import { tableLines } from '../report/table.js';
import { RULES } from '../rules/index.js';
import { PLAIN_WIDTH, widthOf } from './colour.js';
import { EXIT } from './exit-code.js';
import { loadOwnRules } from './own-rules.js';
import type { Surroundings } from './surroundings.js';

/** `pcapdx rules`: the catalogue, and the rules in the user's files, as a table or as JSON. */
export async function runRules(
  format: 'text' | 'json',
  files: readonly string[],
  { stdout }: Surroundings,
): Promise<number> {
  const metas = [...RULES, ...(await loadOwnRules(files))].map((rule) => rule.meta);
  if (format === 'json') {
    const entries = metas.map(({ id, severity, title }) => ({ id, severity, title }));
    stdout.write(`${JSON.stringify(entries, null, 2)}\n`);
    return EXIT.ok;
  }
  const lines = tableLines(
    [
      { title: 'rule', align: 'left' },
      { title: 'severity', align: 'left' },
      { title: 'title', align: 'left', shrinks: { to: 20, turn: 1 } },
    ],
    metas.map(({ id, severity, title }) => [id, severity, title]),
    { width: widthOf(undefined, stdout.columns ?? PLAIN_WIDTH), isColoured: false, ascii: false, time: 'utc' },
    0,
  );
  stdout.write(`${lines.join('\n')}\n\npcapdx explain RULE tells one in full.\n`);
  return EXIT.ok;
}
