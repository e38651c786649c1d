// Keeps the code that V8 makes of the program's files beside them (bin/code-cache.js): the functions
// that have run after reports on some samples, which are those that a report needs.
//
//   node build/code-cache.mjs [FOLDER]     of the package; default: this one
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const project = path.join(import.meta.dirname, '..');
const installed = path.resolve(process.argv[2] ?? project);
const { keepCompiledCode, load } = await import(pathToFileURL(path.join(installed, 'bin', 'code-cache.js')));
const sample = (name) => path.join(project, 'samples', `${name}.pcapng`);
const folder = mkdtempSync(path.join(tmpdir(), 'pcapdx-build-'));
const COMMANDS = [
  ['report', sample('rst-after-request'), '--format', 'json'],
  ['report', sample('rst-after-request'), '--format', 'text'],
  ['report', sample('h2-goaway-race-nginx'), '--format', 'json'],
  ['flows', sample('rst-after-request')],
];
try {
  const { main } = load('main.cjs');
  for (const [at, command] of COMMANDS.entries()) {
    process.argv = [process.execPath, 'pcapdx', ...command, '--output', path.join(folder, `${at}`)];
    await main();
  }
  keepCompiledCode();
} finally {
  rmSync(folder, { recursive: true });
}
// A capture with findings is what was wanted.
process.exitCode = 0;
