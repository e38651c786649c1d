// What the rules still say, and what they say wrongly, when a capture is worse than the samples are
// (worse-captures.mjs). Each sample is read under each condition; needs `npm run build`.
//
//   npm run conditions [-- --once] [-- --only TEXT] [-- --keep DIR] [CAPTURE...]
//
// prints the table of docs/capture-conditions.md. --once tries each condition once; --only takes the
// conditions whose name has TEXT; --keep writes each worse capture of which something false is said.
//
// Exit code 1 when a critical finding comes up that the whole sample does not have.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { partsOf } from '../fuzz/capture-parts.mjs';
import { compared, said } from './compared.mjs';
import { CONDITIONS, MISSING } from './worse-captures.mjs';

const samples = path.resolve(import.meta.dirname, '../../samples');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { once: { type: 'boolean' }, only: { type: 'string' }, keep: { type: 'string' } },
});
const conditions = Object.entries(CONDITIONS).filter(([name]) => name.includes(values.only ?? ''));
const files = readdirSync(samples)
  .filter((name) => /\.pcap(ng)?$/.test(name))
  .map((name) => path.join(samples, name));
const chosen =
  positionals.length === 0
    ? files
    : positionals.flatMap((name) => (existsSync(name) ? [name] : files.filter((file) => path.basename(file) === name)));

/** @typedef {{ whole: number, kept: number, otherwise: number, anew: number }} Cell */
const NOTHING = { whole: 0, kept: 0, otherwise: 0, anew: 0 };
/** @type {Map<string, Map<string, Cell>>} */
const table = new Map(conditions.map(([condition]) => [condition, new Map()]));
/** Findings of the whole captures, by rule. @type {Map<string, number>} */
const inWhole = new Map();
const OTHERWISE = Object.keys(CONDITIONS).filter((name) => !MISSING.includes(name));
let critical = 0;
let warnings = 0;

for (const file of chosen) {
  const name = path.basename(file);
  const parts = partsOf(readFileSync(file));
  if (parts === null) continue;
  const keyLog = `${file}.keylog`;
  if (existsSync(keyLog)) parts.keyLogs.push(readFileSync(keyLog, 'latin1'));
  const whole = await said(parts);
  for (const { rule } of whole) inWhole.set(rule, (inWhole.get(rule) ?? 0) + 1);
  for (const [condition, how] of conditions) {
    const { kept, lost, otherwise, anew } = await compared(parts, whole, how, name.length, values.once ? 1 : how.times);
    for (const one of kept) cellOf(condition, one.rule).kept += 1;
    for (const one of [...kept, ...lost]) cellOf(condition, one.rule).whole += 1;
    for (const one of otherwise) {
      cellOf(condition, one.rule).otherwise += 1;
      console.error(`${condition} (${one.time + 1}): told otherwise in ${name}: ${one.rule}: ${one.title}`);
    }
    for (const one of anew) {
      cellOf(condition, one.rule).anew += 1;
      if (one.severity === 'critical') critical += 1;
      else warnings += 1;
      console.error(`${condition} (${one.time + 1}): ${one.severity} in ${name}: ${one.rule}: ${one.title}`);
      if (values.keep === undefined) continue;
      mkdirSync(values.keep, { recursive: true });
      const kept = path.join(values.keep, `${condition.replaceAll(/\W+/g, '-')}-${one.time + 1}-${name}`);
      writeFileSync(kept, one.capture);
      writeFileSync(`${kept}.keys`, parts.keyLogs.join('\n'));
    }
  }
}

const rules = [...new Set([...table.values()].flatMap((column) => [...column.keys()]))].sort();
for (const shown of [MISSING, OTHERWISE].map((names) => names.filter((name) => table.has(name)))) {
  if (shown.length === 0) continue;
  console.log(`| rule | findings | ${shown.join(' | ')} |\n|---|---|${'---|'.repeat(shown.length)}`);
  for (const rule of rules) {
    const cells = shown.map((condition) => cellText(table.get(condition)?.get(rule) ?? NOTHING));
    console.log(`| ${rule} | ${inWhole.get(rule) ?? 0} | ${cells.join(' | ')} |`);
  }
  console.log();
}
console.error(
  `${chosen.length} captures: ${critical} critical findings and ${warnings} warnings that they do not have whole`,
);
process.exitCode = critical > 0 ? 1 : 0;

/** @param {Cell} cell */
function cellText({ whole, kept, otherwise, anew }) {
  const share = whole === 0 ? '-' : kept === whole ? 'all' : kept === 0 ? 'none' : `${kept} of ${whole}`;
  return `${share}${otherwise === 0 ? '' : ` ~${otherwise}`}${anew === 0 ? '' : ` +${anew}`}`;
}

/** @param {string} condition @param {string} rule @returns {Cell} */
function cellOf(condition, rule) {
  const column = table.get(condition);
  const known = column?.get(rule);
  if (known !== undefined) return known;
  const made = { ...NOTHING };
  column?.set(rule, made);
  return made;
}
