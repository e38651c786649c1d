import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));

/** The program, built from the sources as they are, in a folder of its own. */
export interface BuiltProgram {
  readonly folder: string;
  /** `bin/pcapdx.js` there. */
  readonly program: string;
  remove(): void;
}

/** Builds the program for tests that run it as a process. Takes some seconds. */
export function builtProgram(): BuiltProgram {
  const folder = mkdtempSync(path.join(tmpdir(), 'pcapdx-process-'));
  for (const name of ['bin', 'package.json'])
    cpSync(path.join(PROJECT, name), path.join(folder, name), { recursive: true });
  symlinkSync(path.join(PROJECT, 'node_modules'), path.join(folder, 'node_modules'));
  const compiler = path.join(PROJECT, 'node_modules', '.bin', 'tsc');
  execFileSync(compiler, ['-p', 'tsconfig.build.json', '--outDir', path.join(folder, 'dist')], { cwd: PROJECT });
  execFileSync(process.execPath, ['build/program.mjs', path.join(folder, 'dist')], { cwd: PROJECT });
  const remove = () => rmSync(folder, { recursive: true, force: true });
  return { folder, program: path.join(folder, 'bin', 'pcapdx.js'), remove };
}
