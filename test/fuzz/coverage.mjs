/**
 * Which code inputs reached: V8 counts the blocks of the compiled modules, which stand line by line as
 * those of src do. Each thread counts for itself; what any of them reached is reached.
 */
import { readFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** @typedef {import('node:inspector').Profiler.ScriptCoverage} ScriptCoverage */

const dist = path.resolve(import.meta.dirname, '../../dist');
/** No code: blank, comment, or nothing but brackets. */
const NO_CODE = /^\s*(\/\/.*|\/?\*.*|[\]{}();,]*)$/;

/** Begins to count in this thread; what is given ends it, and gives the counts. @returns {Promise<() => Promise<ScriptCoverage[]>>} */
export async function countCoverage() {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  return async () => {
    const { result } = await session.post('Profiler.takePreciseCoverage');
    session.disconnect();
    return result.filter(({ url }) => url.startsWith('file:') && fileURLToPath(url).startsWith(dist + path.sep));
  };
}

/** Coverage of all threads together. */
export class Coverage {
  constructor() {
    /** By module: which characters were reached, and the blocks that were told apart. @type {Map<string, { text: string, reached: Uint8Array, blocks: Set<number> }>} */
    this.modules = new Map();
  }

  /** @param {readonly ScriptCoverage[]} scripts */
  add(scripts) {
    for (const { url, functions } of scripts) {
      let known = this.modules.get(url);
      if (known === undefined) {
        const text = readFileSync(fileURLToPath(url), 'utf8');
        known = { text, reached: new Uint8Array(text.length), blocks: new Set() };
        this.modules.set(url, known);
      }
      const reached = new Uint8Array(known.reached.length);
      // Ranges lie within each other, the outer ones first: the innermost decides.
      for (const { ranges } of functions)
        for (const { startOffset, endOffset, count } of ranges) {
          reached.fill(count > 0 ? 1 : 0, startOffset, endOffset);
          known.blocks.add(startOffset);
        }
      for (const [at, is] of reached.entries()) if (is === 1) known.reached[at] = 1;
    }
  }

  /** Lines and blocks by folder of src, and of all. */
  table() {
    /** @type {Map<string, Counts>} */
    const folders = new Map();
    const all = { lines: 0, linesReached: 0, blocks: 0, blocksReached: 0 };
    for (const [url, { text, reached, blocks }] of this.modules) {
      const folder = path.relative(dist, fileURLToPath(url)).split(path.sep)[0] ?? '';
      const counts = folders.get(folder) ?? { lines: 0, linesReached: 0, blocks: 0, blocksReached: 0 };
      folders.set(folder, counts);
      for (const into of [counts, all]) {
        let at = 0;
        for (const line of text.split('\n')) {
          if (!NO_CODE.test(line)) {
            into.lines += 1;
            into.linesReached += reached[at + line.search(/\S/)] ?? 0;
          }
          at += line.length + 1;
        }
        into.blocks += blocks.size;
        for (const start of blocks) into.blocksReached += reached[start] ?? 0;
      }
    }
    const rows = [...folders].sort(([one], [other]) => (one < other ? -1 : 1));
    return [...rows, /** @type {const} */ (['all', all])].map(([name, counts]) => lineOf(name, counts)).join('\n');
  }
}

/** @typedef {{ lines: number, linesReached: number, blocks: number, blocksReached: number }} Counts */

/** @param {string} name @param {Counts} counts */
function lineOf(name, { lines, linesReached, blocks, blocksReached }) {
  const share = (/** @type {number} */ part, /** @type {number} */ whole) => `${((100 * part) / whole).toFixed(1)} %`;
  return `  ${name.padEnd(10)} ${share(linesReached, lines).padStart(7)} of ${String(lines).padStart(6)} lines, ${share(blocksReached, blocks).padStart(7)} of ${String(blocks).padStart(6)} blocks`;
}
