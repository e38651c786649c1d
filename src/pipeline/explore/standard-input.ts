import { createReadStream, fstatSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';

/**
 * Standard input by its descriptor: in a worker `process.stdin` is what the parent sends, not the
 * process's own.
 *
 * A pipe is read by events: a read that blocks would keep the process from ending.
 */
export function standardInput(): Readable {
  const status = fstatSync(0);
  if (status.isFIFO() || status.isSocket()) return new Socket({ fd: 0, readable: true, writable: false });
  return createReadStream('', { fd: 0, autoClose: false });
}
