import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { unreadableReason } from '../capture/capture-error.js';
import { lookAt, MAGIC_BYTES, TELLING_BYTES } from '../capture/look.js';
import { packingOf } from '../capture/packings.js';
import type { LogRead } from '../findings/log-tie.js';
import { isFailing, type LogLine } from '../log/log-line.js';
import { LogReader, MAX_LOG_LINE } from '../log/parse.js';

/** Failing lines kept of one log. */
const MAX_FAILING_LINES = 10_000;

/** A log that cannot be read, and why. */
export class LogRefusal extends Error {
  override readonly name = 'LogRefusal';
}

/**
 * Reads a log, plain or in gzip or zstd, line by line.
 *
 * @throws {LogRefusal} when it cannot be read, or holds not one line of a known format
 */
export async function readLog(file: string): Promise<LogRead> {
  const read = { file, lines: 0, unreadable: 0, failing: 0 };
  const kept: { number: number; line: LogLine }[] = [];
  const reader = new LogReader();
  const take = (text: string): void => {
    read.lines += 1;
    const line = reader.read(text);
    if (line === 'header') return;
    if (line === null) read.unreadable += 1;
    else if (isFailing(line)) {
      read.failing += 1;
      if (kept.length < MAX_FAILING_LINES) kept.push({ number: read.lines, line });
    }
  };
  try {
    let rest = '';
    for await (const chunk of await textOf(file)) {
      const lines = (rest + chunk).split('\n');
      rest = (lines.pop() ?? '').slice(0, MAX_LOG_LINE);
      for (const text of lines) take(text);
    }
    if (rest !== '') take(rest);
  } catch (error) {
    throw new LogRefusal(`${file}: ${reasonOf(error)}`);
  }
  if (read.unreadable === read.lines)
    throw new LogRefusal(
      `${file}: has no line of an access log: of ALB, HAProxy, nginx or Apache, as they write it, in JSON or in a table`,
    );
  return { ...read, kept };
}

/** Why it cannot be read, in words: by what the operating system says, or by what it is. */
function reasonOf(error: unknown): string {
  return error instanceof Error && !('code' in error) ? error.message : unreadableReason(error);
}

async function textOf(file: string): Promise<AsyncIterable<string>> {
  const handle = await open(file);
  const begins = new Uint8Array(TELLING_BYTES);
  const { bytesRead } = await handle.read(begins, 0, begins.length, 0).finally(() => handle.close());
  const look = bytesRead < MAGIC_BYTES ? null : lookAt(begins.subarray(0, bytesRead));
  const packing = look === null ? null : packingOf(look.kind);
  if (packing !== null) return packing.unpack(piecesOf(file, packing.pieceBytes)).setEncoding('utf8');
  if (look?.kind === 'packed') {
    const { program } = look;
    throw new Error(`compressed with ${program}; unpack it first: ${program} -dk FILE`);
  }
  return createReadStream(file).setEncoding('utf8');
}

async function* piecesOf(file: string, pieceBytes: number): AsyncGenerator<Uint8Array, void> {
  for await (const piece of createReadStream(file, { highWaterMark: pieceBytes })) yield piece as Uint8Array;
}
