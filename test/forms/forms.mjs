// Each sample in other link types, tags, tunnels, shapes of IP and files, in which its report may not change:
// the same findings, by the same packets, with the same causes ruled out. Needs `npm run build`.
//
//   npm run forms [-- --every N] [-- --only TEXT] [-- --keep DIR] [CAPTURE...]
//
// --every takes one sample in so many; --only the forms whose name has TEXT; --keep writes each capture whose
// report differs, and the one that it is held against.
//
// Exit code 1 when a report differs.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { differenceOf, reportOf } from './report.mjs';
import { Sample } from './sample.mjs';

const samples = path.resolve(import.meta.dirname, '../../samples');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { every: { type: 'string' }, only: { type: 'string' }, keep: { type: 'string' } },
});
const every = Number(values.every ?? 1);
const only = values.only ?? '';
const names = readdirSync(samples).filter((name) => /\.pcap(ng)?$/.test(name));
const chosen = positionals.length > 0 ? positionals : names.filter((_, index) => index % every === 0);
const scratch = mkdtempSync(path.join(tmpdir(), 'pcapdx-forms-'));
/** @type {Set<string>} */
const tried = new Set();
let reports = 0;
let different = 0;

try {
  for (const name of chosen) {
    const file = path.join(samples, name);
    const keyLog = `${file}.keylog`;
    const sample = new Sample(readFileSync(file), existsSync(keyLog) ? [readFileSync(keyLog, 'latin1')] : []);
    for (const trial of sample.trials()) if (trial.name.includes(only)) await hold(name, trial);
  }
} finally {
  rmSync(scratch, { recursive: true });
}
console.log(`${chosen.length} captures in ${tried.size} forms: ${reports} reports, ${different} of them differ`);
process.exitCode = different > 0 || reports === 0 ? 1 : 0;

/** @param {string} sample @param {import('./sample.mjs').Trial} trial */
async function hold(sample, { name, base, make, keyLogs, isFile }) {
  const expected = await base();
  const capture = make();
  const report = await reportOf(capture, keyLogs, isFile ? path.join(scratch, 'capture') : null);
  tried.add(name);
  reports += 1;
  const difference = differenceOf(expected.report, report);
  if (difference === null) return;
  different += 1;
  console.log(`${name}: ${sample}: ${difference}`);
  if (values.keep === undefined) return;
  mkdirSync(values.keep, { recursive: true });
  const kept = path.join(values.keep, `${name.replaceAll(/\W+/g, '-')}-${sample}`);
  writeFileSync(kept, capture);
  writeFileSync(`${kept}.base`, expected.capture);
}
