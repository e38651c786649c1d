// The program in a few files, made of the compiled modules: to find and read two hundred of them
// costs more than to read a small capture.
//
//   node build/program.mjs [FOLDER]     default: dist
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { rolldown } from 'rolldown';

/** How rolldown writes an export of a file that others read. */
const GETTER =
  /Object\.defineProperty\(exports, "([\w$]+)", \{\s+enumerable: true,\s+get: function\(\) \{\s+return ([\w$]+);\s+\}\s+\}\);/g;

const PACKAGES = path.join(import.meta.dirname, '../node_modules');
const dist = path.resolve(process.argv[2] ?? path.join(import.meta.dirname, '../dist'));
const compiled = (...names) => path.join(dist, ...names);
const folder = path.join(dist, 'program');
// Code that was kept for other files must not stand beside these.
rmSync(folder, { recursive: true, force: true });
// Packages and node's own modules stay what they are.
const isPackage = (name) => !name.startsWith('.') && !path.isAbsolute(name);
// But for those that draw the terminal: they are two hundred files more, which cost as much to find and
// read as all else until the first screen.
const isDrawing = (name, importer = '') => /^(?:ink|react)(?:$|\/)/.test(name) || importer.includes('node_modules');
// What Ink loads for its own developers is left out.
const withoutDevtools = {
  name: 'without-devtools',
  resolveId: (name) => (name.endsWith('/devtools.js') ? { id: 'devtools', external: true } : null),
};
/** Packages without a file of their licence: another of the same owner, under the same, has it. */
const LICENCE_IN = { 'yoga-layout': 'react' };

// What is started by its own path (a worker) needs an entry of that name; the application is one,
// since its packages are ES modules. Two folders deep, as the modules are: the version is read from
// ../../package.json.
const modules = await rolldown({
  input: {
    tui: compiled('tui', 'run.js'),
    'reader-thread': compiled('tui', 'reader-thread.js'),
    'flows-worker': compiled('cli', 'flows-worker.js'),
    'share-worker': compiled('pipeline', 'share-worker.js'),
  },
  platform: 'node',
  external: (name, importer) => isPackage(name) && !isDrawing(name, importer),
  plugins: [withoutDevtools],
  // React's other build tells developers what to look to, and takes its time.
  transform: { define: { 'process.env.NODE_ENV': '"production"' } },
});
const { output } = await modules.write({ dir: folder, format: 'esm' });
await modules.close();

// The commands are scripts, of which bin/code-cache.js keeps compiled code. What is loaded only where
// it is used stays a file of its own.
const application = {
  name: 'application',
  resolveId: (name) => (name.endsWith('/tui/run.js') ? { id: './tui.js', external: true } : null),
  // What is still imported is an ES module, and a script of its own can import none.
  renderChunk: (text) => text.replaceAll('await import(', 'await importModule('),
};
// Every command reads its arguments with commander, whose code is kept compiled only as a part of these
// files: a tenth of what a small report costs.
const scripts = await rolldown({
  input: { main: compiled('cli', 'main.js') },
  platform: 'node',
  external: (name) => isPackage(name) && name !== 'commander',
  plugins: [application],
});
const written = await scripts.write({
  dir: folder,
  format: 'cjs',
  entryFileNames: '[name].cjs',
  chunkFileNames: '[name]-[hash].cjs',
  // A text of ASCII alone is read without decoding, and kept in half the memory.
  minify: { mangle: false, compress: false, codegen: { removeWhitespace: false, asciiOnly: true } },
  comments: { legal: true, annotation: false, jsdoc: false },
});
await scripts.close();
for (const { fileName, code } of written.output) {
  if (/[^\0-\x7f]/.test(code)) throw new Error(`${fileName}: not ASCII alone (a tagged template is left as it is)`);
  writeFileSync(path.join(folder, fileName), withPlainExports(code));
}
// The licence of each package goes with its code.
mkdirSync(path.join(folder, 'licences'));
for (const { name, root } of packagesIn([...output, ...written.output])) {
  const holder = name in LICENCE_IN ? path.join(PACKAGES, LICENCE_IN[name]) : root;
  const files = readdirSync(holder).filter((file) => /^licen[cs]e(?:[.-]|$)/i.test(file));
  if (files.length === 0) throw new Error(`${name} has no licence that could go with it`);
  for (const file of files)
    copyFileSync(path.join(holder, file), path.join(folder, 'licences', `${name.replace('/', '+')}-${file}`));
}

/** The packages of which files are in the output. */
function packagesIn(chunks) {
  const ids = chunks.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
  const roots = new Set(ids.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(id)?.[0] ?? []));
  return [...roots].map((root) => ({ name: root.replace(/^.*\/node_modules\//, ''), root }));
}

/**
 * The text of a file whose exports are properties. As getters of their own they would make each file's
 * exports a dictionary, and one look at a constant of another file, of which a packet takes several, 20 ns.
 * What is exported does not change, so a property says as much.
 */
function withPlainExports(code) {
  return code.replaceAll(GETTER, (_, name, binding) => {
    if (new RegExp(`^(?:export )?let ${binding.replaceAll('$', '\\$')}\\b`, 'm').test(code))
      throw new Error(`${binding} may change after it was exported`);
    return `exports.${name} = ${binding};`;
  });
}
