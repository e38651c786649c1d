/**
 * The list of samples, `samples.json` in their folder: for each what was set up, by which versions, and in
 * which packets what matters stands. Written by the lab; README.md is told from it (sample-table.mjs), and
 * the tests hold the captures to it.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const NAME = 'samples.json';

/** The list in `folder`; an empty one where none has been written yet. */
export async function readSampleList(folder) {
  try {
    return JSON.parse(await readFile(join(folder, NAME), 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}

export async function writeSampleList(folder, list) {
  const sorted = Object.fromEntries(Object.entries(list).sort(([one], [other]) => (one < other ? -1 : 1)));
  const file = join(folder, NAME);
  await writeFile(`${file}.new`, `${textOf(sorted)}\n`);
  await rename(`${file}.new`, file);
}

/** JSON with short arrays of numbers on one line: frames are read by people. */
function textOf(list) {
  return JSON.stringify(list, null, 2).replace(/\[\s+(\d+(?:,\s+\d+)*)\s+\]/g, (_, numbers) => `[${numbers.replace(/\s+/g, ' ')}]`);
}

/** The lines of settings that set two samples apart: `- line` in the first alone, `+ line` in the second alone, in order. */
export function differenceOf(first, second) {
  const lines = ({ settings }) =>
    Object.values(settings)
      .flat()
      .map((line) => line.trim())
      .filter((line) => line !== '');
  const [ours, theirs] = [lines(first), lines(second)];
  return [...without(ours, theirs).map((line) => `- ${line}`), ...without(theirs, ours).map((line) => `+ ${line}`)];
}

/** The lines of `lines` less those of `others`, each as often as it stands there. */
function without(lines, others) {
  const left = [...others];
  return lines.filter((line) => {
    const index = left.indexOf(line);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}
