/** `--max-unpacked` and `--max-spool`, from the command line to the message. */
import { createReadStream, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { run } from '../../src/cli/main.js';
import { analyze } from '../../src/pipeline/analyze.js';
import { scratchFolder } from '../capture/scratch-folder.js';
import { World } from './surroundings.js';

const sample = path.resolve(import.meta.dirname, '../../samples/keepalive-race-node.pcapng');
const { write } = scratchFolder();

async function outcome(argv: readonly string[], stdin = '/dev/null') {
  const world = new World();
  world.pipeline = analyze;
  world.stdin = { isTTY: false, open: () => createReadStream(stdin) };
  const exitCode = await run(argv, world);
  return { exitCode, out: world.stdout.text, err: world.stderr.text };
}

describe('a capture in gzip', () => {
  const packed = write('a.pcapng.gz', gzipSync(readFileSync(sample)));

  it('is read as far as is allowed, which is said, and ends with 2', async () => {
    for (const command of ['report', 'flows']) {
      const cut = await outcome([command, packed, '--max-unpacked', '20K']);
      expect(cut.exitCode).toBe(2);
      expect(cut.out).not.toBe('');
      expect(cut.err).toContain('unpacks to more than 20,000 bytes (--max-unpacked); not read further');
      expect((await outcome([command, packed, '--max-unpacked', '1G'])).exitCode).toBe(0);
    }
  });

  it('is unpacked again where its content may not be kept', async () => {
    const again = await outcome(['ladder', packed, '--finding', 'F1', '--max-spool', '1K']);
    expect(again.exitCode).toBe(0);
    expect(again.out).toBe((await outcome(['ladder', packed, '--finding', 'F1'])).out);
  });
});

describe('standard input', () => {
  it('cannot be looked at again where it may not be kept: a ladder says so', async () => {
    expect((await outcome(['ladder', '-', '--finding', 'F1'], sample)).exitCode).toBe(0);
    const refused = await outcome(['ladder', '-', '--finding', 'F1', '--max-spool', '1K'], sample);
    expect(refused).toMatchObject({ exitCode: 2, out: '' });
    expect(refused.err).toMatch(/stdin: its packets cannot be looked at again: more than 1,000 bytes .*--max-spool/);
  });

  it('is reported all the same, without what needs a second look', async () => {
    const { exitCode, out } = await outcome(['report', '-', '--format', 'markdown', '--max-spool', '1K'], sample);
    expect(exitCode).toBe(0);
    expect(out).toContain('keepalive-race');
    expect(out).toContain('its packets cannot be looked at again');
    expect(out).not.toContain('sequenceDiagram');
  });
});

it('a message stays one line that drives nothing, whatever a file is called', async () => {
  const name = 'out\u001b[31m\npcapdx: all is well\u202e.txt/x.txt';
  const { exitCode, err } = await outcome(['report', sample, '-o', name]);
  expect(exitCode).toBe(2);
  expect(err.match(/\n/g)).toHaveLength(1);
  for (const character of ['\u001b', '\u202e']) expect(err).not.toContain(character);
});

it.each(['0', '5X', '-1', '1.5G', 'many', '9999999T'])('%s is no size', async (size) => {
  const { exitCode, err } = await outcome(['report', sample, '--max-unpacked', size]);
  expect([exitCode, err]).toEqual([2, expect.stringContaining('A size is needed, such as 500M or 2G.')]);
});
