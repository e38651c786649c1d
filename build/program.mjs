// The program in a few files, made of the compiled modules: to find and read two hundred of them
// costs more than to read a small capture.
//
//   node build/program.mjs [FOLDER]     default: dist
import path from 'node:path';
import { rolldown } from 'rolldown';

const folder = path.resolve(process.argv[2] ?? path.join(import.meta.dirname, '../dist'));

const program = await rolldown({
  // What is started by its own path (a worker) needs an entry of that name.
  input: {
    main: path.join(folder, 'cli', 'main.js'),
    'reader-thread': path.join(folder, 'tui', 'reader-thread.js'),
    'flows-worker': path.join(folder, 'cli', 'flows-worker.js'),
    'share-worker': path.join(folder, 'pipeline', 'share-worker.js'),
  },
  platform: 'node',
  // Packages and node's own modules stay what they are.
  external: (name) => !name.startsWith('.') && !path.isAbsolute(name),
});
// What is loaded only where it is used stays a file of its own. Two folders deep, as the modules are:
// the version is read from ../../package.json.
await program.write({ dir: path.join(folder, 'program'), format: 'esm' });
await program.close();
