/**
 * Loads the program's files with the code that V8 made of them when the program was built: to read
 * half a megabyte of text costs more than to read a small capture. Where that code is of another
 * version of V8, or is not there, V8 reads the text.
 *
 * Own code, since Node keeps compiled code by itself only from version 22 on.
 */
const { readFileSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { setFlagsFromString } = require('node:v8');
const { pathToFileURL } = require('node:url');
const { Script } = require('node:vm');

/** What a report needs of Node, read before the settings below: the code that Node keeps of it is for its own. */
for (const name of ['crypto', 'os', 'tty']) require(`node:${name}`);

/** What few reports need of Node: read when something of it is asked for. Commander wants the first, and starts nothing here. */
const SELDOM_USED = new Set(['node:child_process', 'node:worker_threads', 'node:zlib']);

/** Where the program's files are. */
const FOLDER = path.join(__dirname, '../dist/program');

/**
 * Keeps the process's memory near what is in use: the old generation is collected when it has doubled.
 * By itself V8 lets it become four times as large on a heap as small as ours; collecting it takes
 * 10 ms, and what it holds is mostly exchanges that were handed over long ago. Set before anything is
 * loaded, since compiled code is for the settings that it was made under.
 */
setFlagsFromString('--heap-growing-percent=100');
/**
 * Nor does V8 make objects in the old generation where those before them lived on for a while: the facts
 * of closed connections do, and are garbage soon after.
 */
setFlagsFromString('--no-allocation-site-pretenuring');
/**
 * And the young generation is collected by one thread: what lives on in it is little, and to share the work out, and to
 * wait for one another, took more of both processors than it saved of the time.
 */
setFlagsFromString('--no-parallel-scavenge');
/**
 * Of a report on 50 MB the optimising compiler of Node 20 took two fifths. It begins with a function when
 * that has run for twice as long as it would wait by itself, and builds half as much of what a function
 * calls into it: 10 to 60 MB cost a sixth to a quarter less, a gigabyte as much as before. Later versions
 * of V8 have a cheaper compiler before it, and not the first of these settings.
 */
if (process.versions.v8.startsWith('11.3.')) {
  setFlagsFromString('--interrupt-budget=135168');
  setFlagsFromString('--max-inlined-bytecode-size-cumulative=450');
}

/** Files that were loaded, by name. */
const loaded = new Map();

/** Gives what a file of the program exports, and runs it if it was not loaded before. */
function load(name) {
  const known = loaded.get(name);
  if (known !== undefined) return known.exported;
  const file = path.join(FOLDER, name);
  // ASCII alone, as build/program.mjs writes it.
  const text = readFileSync(file, 'latin1');
  const script = new Script(`(function (exports, require, importModule, __filename) {${text}\n})`, {
    filename: file,
    cachedData: compiledCode(file),
  });
  const exported = {};
  loaded.set(name, { exported, script });
  script.runInThisContext()(exported, requireFrom, importModule, file);
  return exported;
}

/** `require` of a file of the program: of another one, or of a package. */
function requireFrom(id) {
  if (id.startsWith('./')) return load(id.slice(2));
  return SELDOM_USED.has(id) ? new Proxy({}, { get: (_, name) => require(id)[name] }) : require(id);
}

/** `import` of a file of the program, of a package, or of an address. */
function importModule(id) {
  return import(id.startsWith('./') ? pathToFileURL(path.join(FOLDER, id)).href : id);
}

/** The compiled code kept beside a file; `undefined`: none. */
function compiledCode(file) {
  try {
    return readFileSync(`${file}.cache`);
  } catch {
    return undefined;
  }
}

/** Keeps the code of all files that are loaded now, with the functions that have run, beside them. */
function keepCompiledCode() {
  for (const [name, { script }] of loaded) writeFileSync(path.join(FOLDER, `${name}.cache`), script.createCachedData());
}

module.exports = { load, keepCompiledCode };
