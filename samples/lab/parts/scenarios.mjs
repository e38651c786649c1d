/** The scenarios of the lab, each a module in `scenarios/` that exports `scenario`. */
import { readdir } from 'node:fs/promises';

const FOLDER = new URL('../scenarios/', import.meta.url);

/** All of them, by name. */
export async function allScenarios() {
  const files = (await readdir(FOLDER)).filter((file) => file.endsWith('.mjs')).sort();
  return Promise.all(files.map(async (file) => (await import(new URL(file, FOLDER))).scenario));
}
