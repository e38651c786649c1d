import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../src/cli/main.js';
import { analyze } from '../../src/pipeline/analyze.js';
import { scratchFolder } from '../capture/scratch-folder.js';
import { World } from './surroundings.js';

const sample = path.resolve(import.meta.dirname, '../../samples/keepalive-race-node.pcapng');
const scratch = scratchFolder();

/** What `pcapdx ladder` does with the real pipeline. */
async function ladder(...argv: string[]) {
  const world = new World();
  world.pipeline = analyze;
  const exitCode = await run(['ladder', ...argv], world);
  return { exitCode, out: world.stdout.text, err: world.stderr.text };
}

describe('pcapdx ladder', () => {
  it('shows the connection that proves a finding, what proves it marked', async () => {
    const { exitCode, out } = await ladder(sample, '--finding', 'F1');
    expect(exitCode).toBe(0);
    expect(out).toMatch(/POST \/api\/orders HTTP\/1\.1/);
    expect(out).toMatch(/^▸ #47 .* FIN /m);
    expect(out).toContain('⋮ 1.95 s nothing');
  });

  it('shows a connection by its number, every packet of it if asked', async () => {
    const { out } = await ladder(sample, '--stream', '1');
    const all = await ladder(sample, '--stream', '1', '--all');
    expect(all.out.split('\n').length).toBeGreaterThan(out.split('\n').length);
    expect(all.out).toMatch(/ ACK /);
  });

  it('shows the first finding to whoever names none', async () => {
    expect((await ladder(sample)).out).toBe((await ladder(sample, '--finding', 'F1')).out);
  });

  it('says of a capture without a connection that it has none, where no number was given', async () => {
    const empty = scratch.write('empty.pcapng', readFileSync(sample).subarray(0, 28));
    expect(await ladder(empty)).toMatchObject({ exitCode: 2, err: 'pcapdx: there is no TCP connection in it\n' });
  });

  it('writes Mermaid and SVG, by the name of the file', async () => {
    const mermaid = await ladder(sample, '--finding', 'f1', '--format', 'mermaid');
    expect(mermaid.out).toMatch(/^sequenceDiagram\n {4}participant A/);
    const file = path.join(scratch.folder, 'one.svg');
    expect((await ladder(sample, '--finding', 'F1', '-o', file)).exitCode).toBe(0);
    expect(readFileSync(file, 'utf8')).toMatch(/^<svg xmlns/);
  });

  it.each([
    [['--finding', 'F9'], '--finding F9: there is only F1'],
    [['--finding', 'F1', '--occurrence', '99'], '--occurrence 99: of F1 1 to'],
    [['--stream', '4711'], '--stream 4711: there is no such connection'],
    [['--stream', 'x'], 'Numbers are needed'],
    [['--stream', '1', '--finding', 'F1'], 'exclude each other'],
  ])('says what is wrong with %j', async (argv, message) => {
    const { exitCode, out, err } = await ladder(sample, ...argv);
    expect(exitCode).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(message);
  });
});
