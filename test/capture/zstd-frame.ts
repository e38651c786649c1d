import { execFileSync, spawnSync } from 'node:child_process';

/** Whether there is the program that packs, which Node 20 cannot. Only a machine that checks nothing else may lack it. */
export const hasZstd = spawnSync('zstd', ['--version']).status === 0 || 'CI' in process.env;

/** One frame with its sum, as `zstd` writes it. */
export function zstdOf(bytes: Uint8Array): Buffer {
  return execFileSync('zstd', ['--quiet', '--stdout'], { input: bytes, maxBuffer: 2 ** 30 });
}
