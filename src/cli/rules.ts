import { SEVERITIES } from '../facts/finding.js';
import { RULES } from '../rules/index.js';
import { visible } from '../text/visible.js';
import { wrapText } from '../text/width.js';
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
  const width = widthOf(undefined, stdout.columns ?? PLAIN_WIDTH);
  const widest = (words: readonly string[]) => Math.max(...words.map((word) => word.length));
  const [ids, severities] = [widest(metas.map(({ id }) => id)), widest(SEVERITIES)];
  const row = (id: string, severity: string, title: string) => {
    const before = `${id.padEnd(ids)}  ${severity.padEnd(severities)}  `;
    return wrapText(`${before}${visible(title)}`, width, before.length);
  };
  const lines = [
    ...row('rule', 'severity', 'title'),
    ...metas.flatMap(({ id, severity, title }) => row(id, severity, title)),
  ];
  stdout.write(`${lines.join('\n')}\n\npcapdx explain RULE tells one in full.\n`);
  return EXIT.ok;
}
