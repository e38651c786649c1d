/**
 * Secrets planted wherever a request, a response or a connection can carry one: none may be found in
 * any output, of any command and format, unless the user asks for it; then each output says so.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../src/cli/main.js';
import { buildProgram } from '../../src/cli/program.js';
import type { Connection } from '../../src/facts/connection.js';
import { analyze } from '../../src/pipeline/analyze.js';
import { plantedCapture, STREAMS } from '../planted/capture.js';
import { leaksIn, MARK, secret } from '../planted/secrets.js';
import { TELL_TALE } from '../planted/tell-tale.js';
import { World } from './surroundings.js';

let folder = '';
let capture = '';
let ownRule = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pcapdx-secrets-'));
  capture = path.join(folder, 'secrets.pcap');
  writeFileSync(capture, plantedCapture());
  ownRule = path.join(folder, 'tell-tale.mjs');
  writeFileSync(ownRule, TELL_TALE);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Every command that reads captures and can be called with nothing but one, in every format that it has. */
function outputs(): string[][] {
  const { commands } = buildProgram(new World(), () => undefined);
  return commands
    .filter(({ registeredArguments }) => registeredArguments.some((argument) => argument.name() === 'CAPTURE'))
    .flatMap((command) => {
      const formats = command.options.find(({ long }) => long === '--format')?.argChoices ?? [];
      return formats.map((format) => [command.name(), '--format', format]);
    });
}

async function outputOf(...argv: string[]): Promise<{ stdout: string; stderr: string }> {
  const world = new World();
  const real = { ...world, exit: world.exit, now: world.now, loadAnalyze: async () => analyze };
  expect(await run([...argv, capture], real)).toBe(0);
  return { stdout: world.stdout.text, stderr: world.stderr.text };
}

describe('an output', () => {
  it('is asked of every command and format', () => {
    const asked = outputs().map(([command, , format]) => `${command} ${format}`);
    for (const known of ['report text', 'report json', 'flows ndjson', 'flows text']) expect(asked).toContain(known);
  });

  it.each(outputs())('of %s %s %s holds no secret', async (...argv) => {
    const { stdout, stderr } = await outputOf(...argv);
    expect(stdout.length).toBeGreaterThan(300);
    expect(leaksIn(stdout)).toEqual([]);
    expect(stderr).toBe('');
    if (argv[0] !== 'report') return;
    const told = await outputOf(...argv, '--rules', ownRule, '--max-occurrences', '20', '-v');
    expect(told.stdout).toContain('Tells ');
    expect(leaksIn(told.stdout)).toEqual([]);
    expect(leaksIn(told.stderr)).toEqual([]);
  });

  it.each(outputs())('of %s %s %s says so where the user asks for secrets', async (...argv) => {
    const { stdout } = await outputOf(...argv, '--reveal');
    expect(stdout).toMatch(/SECRETS SHOWN|"reveal": ?true|secrets shown/i);
    // The table of connections has no column that could hold one.
    if (argv.join() !== 'flows,--format,text') expect(stdout).toContain(MARK);
  });

  it.each([[['headers']], [['keep']], [['none']], [['keep', '--anonymise']]])(
    'of extract --payload %j holds no secret, and the same conversations',
    async ([payload = '', ...flags]) => {
      const file = path.join(folder, 'extract.pcapng');
      const extracted = async (...more: string[]) => {
        const out = ['-q', '--force', '-o', file];
        await outputOf('extract', '--stream', STREAMS, '--payload', payload, ...flags, ...more, ...out);
        return readFileSync(file, 'latin1');
      };
      // What is asked for with `keep`.
      const isOfBody = (place: string) => payload === 'keep' && flags.length === 0 && place.startsWith('body');
      expect(leaksIn(await extracted()).filter((place) => !isOfBody(place))).toEqual([]);
      const told = async (of: string) => {
        // By stream: connections come as they are put away, which depends on how their addresses share the work.
        const exchanges: unknown[] = [];
        const onConnection = (connection: Connection) => {
          exchanges[connection.stream] = connection.exchanges.map(({ request, response }) => [
            request?.method,
            request?.target.length,
            response?.status,
          ]);
        };
        await analyze({ files: [of], onConnection });
        return exchanges;
      };
      if (payload !== 'none') expect(await told(file)).toEqual(await told(capture));
      if (payload === 'none' || flags.length > 0) return;
      const revealing = await extracted('--reveal');
      expect(revealing).toContain(MARK);
      expect(revealing).toContain('SECRETS SHOWN');
    },
  );

  it('of parts holds no secret, packed though it is, and they say the same together', async () => {
    const files = ['1', '2'].map((part) => path.join(folder, `part${part}.json`));
    for (const [at, file] of files.entries()) {
      const { stdout } = await outputOf('report', '--format', 'json', '--shard', `${at + 1}/2`);
      expect(leaksIn(stdout)).toEqual([]);
      const { part } = JSON.parse(stdout) as { part: { kept: string } };
      const kept = gunzipSync(Buffer.from(part.kept, 'base64')).toString();
      expect(kept).toContain('a.example');
      expect(leaksIn(kept)).toEqual([]);
      writeFileSync(file, stdout);
    }
    const world = new World();
    expect(await run(['merge', '--format', 'json', ...files], world)).toBe(0);
    expect(world.stdout.text).toBe((await outputOf('report', '--format', 'json')).stdout);
  });

  it.each(['text', 'mermaid', 'svg'])('of every conversation as a ladder in %s holds no secret', async (format) => {
    for (const stream of STREAMS.split(',')) {
      const { stdout } = await outputOf('ladder', '--stream', stream, '--all', '--format', format);
      expect(leaksIn(stdout)).toEqual([]);
    }
  });

  it.each(['text', 'markdown', 'html', 'json', 'ndjson'])(
    'in %s holds none of the name of a capture, of a log, or of what an own rule says when it fails',
    async (format) => {
      const name = (what: string) => path.join(folder, `${what}?X-Amz-Signature=${secret(`name of a ${what}`)}&x=1`);
      const [named, log] = [name('capture'), name('log')];
      copyFileSync(capture, named);
      const token = secret('line of a log');
      writeFileSync(
        log,
        `192.0.2.1 - ${token} [14/Nov/2023:22:13:20 +0000] "GET /a?token=${token} HTTP/1.1" 502 0 "/?token=${token}" "Bearer ${token}"\n`,
      );
      const failing = path.join(folder, 'failing.mjs');
      writeFileSync(
        failing,
        TELL_TALE.replaceAll('tell-tale', 'failing').replace(
          'tally.told.push((message.target',
          "throw new Error('cannot judge ' + (message.target",
        ),
      );
      const world = new World();
      const real = { ...world, exit: world.exit, now: world.now, loadAnalyze: async () => analyze };
      const argv = ['report', '--format', format, '--log', log, '--rules', failing, named];
      expect(await run(argv, real)).toBe(0);
      expect(world.stdout.text).toContain(format === 'ndjson' ? 'rst-after-request' : 'cannot judge');
      expect(leaksIn(world.stdout.text)).toEqual([]);
      expect(leaksIn(world.stderr.text)).toEqual([]);
    },
  );

  it.skipIf(spawnSync('tcpdump', ['--version']).status !== 0).each(['-A', '-X'])(
    'of what tcpdump %s prints holds none, nor does an extract of it',
    async (flag) => {
      const printed = execFileSync('tcpdump', ['-nn', flag, '-r', capture], { stdio: ['ignore', 'pipe', 'ignore'] });
      const dump = path.join(folder, 'dump.txt');
      writeFileSync(dump, `See what ${secret('prose')} sent, Cookie: sid=${secret('cookie in prose')}\n${printed}`);
      const of = async (...argv: readonly string[]) => {
        const world = new World();
        const real = { ...world, exit: world.exit, now: world.now, loadAnalyze: async () => analyze };
        expect(await run([...argv, dump], real)).toBe(0);
        return world.stdout.text + world.stderr.text;
      };
      for (const [command = '', , format = ''] of outputs())
        expect(leaksIn(await of(command, '--format', format))).toEqual([]);
      expect(leaksIn(await of('report', '--rules', ownRule, '--max-occurrences', '20'))).toEqual([]);
      const file = path.join(folder, 'of-text.pcapng');
      await of('extract', '--stream', STREAMS, '--force', '-o', file);
      expect(leaksIn(readFileSync(file, 'latin1'))).toEqual([]);
    },
  );

  it('of a comparison says so where the reports were made to show them', async () => {
    const files = ['hidden', 'shown'].map((what) => path.join(folder, `${what}.json`));
    for (const [at, file] of files.entries()) {
      const flags = at === 0 ? [] : ['--reveal'];
      writeFileSync(file, (await outputOf('report', '--format', 'json', '--rules', ownRule, ...flags)).stdout);
    }
    const [hidden = '', shown = ''] = files;
    for (const format of ['text', 'json']) {
      const of = async (...reports: readonly string[]) => {
        const world = new World();
        expect(await run(['compare', '--format', format, ...reports], world)).toBe(0);
        return world.stdout.text;
      };
      expect(leaksIn(await of(hidden, hidden))).toEqual([]);
      expect(await of(hidden, hidden)).not.toMatch(/SECRETS SHOWN|"reveal": true/);
      expect(await of(hidden, shown)).toMatch(/SECRETS SHOWN|"reveal": true/);
    }
  });

  it('lets equal secrets be told equal, and others apart', async () => {
    const { stdout } = await outputOf('flows', '--format', 'ndjson');
    const hashes = [...stdout.matchAll(/…\d+:([0-9a-f]{6})/g)].map(([, hash]) => hash);
    expect(hashes.length).toBeGreaterThan(10);
    expect(new Set(hashes).size).toBe(hashes.length);
    expect((await outputOf('flows', '--format', 'ndjson')).stdout).toBe(stdout);
  });
});
