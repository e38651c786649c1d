import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../../src/cli/main.js';
import { findingSchema } from '../../src/report/schema/finding.js';
import { flowSchema } from '../../src/report/schema/flow.js';
import { reportSchema } from '../../src/report/schema.js';
import { RULES } from '../../src/rules/index.js';
import { connection, failedAnalysis, ORIGIN, quietAnalysis, resetFinding } from '../report/analyses.js';
import { damage, Recorder, World } from './surroundings.js';

const PACKAGE: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const VERSION = typeof PACKAGE === 'object' && PACKAGE !== null && 'version' in PACKAGE ? PACKAGE.version : '';

let world: World;
let folder: string;
beforeEach(() => {
  world = new World();
  folder = mkdtempSync(path.join(tmpdir(), 'pcapdx-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string) => path.join(folder, name);

describe('pcapdx --version', () => {
  it.each([[['-V']], [['--version']], [['report', '--version']], [['flows', '-V']]])(
    '%j prints it alone',
    async (argv) => {
      expect(await run(argv, world)).toBe(0);
      expect([world.stdout.text, world.stderr.text]).toEqual([`${VERSION}\n`, '']);
    },
  );
});

describe('help', () => {
  it.each([[[]], [['report']], [['flows']], [['rules']], [['explain']], [['schema']], [['compare']], [['completion']]])(
    'of %j begins with two examples, has at most 40 lines of 80 columns, and goes to standard output',
    async (command: string[]) => {
      expect(await run([...command, '--help'], world)).toBe(0);
      const lines = world.stdout.text.trimEnd().split('\n');
      expect(lines[0]).toBe('Examples:');
      expect(lines.slice(1, 4).map((line) => line.includes('pcapdx '))).toEqual([true, true, false]);
      expect(lines.length).toBeLessThanOrEqual(40);
      expect(lines.filter((line) => line.length > 80)).toEqual([]);
      expect(world.stderr.text).toBe('');
    },
  );

  it('is asked for with the word, too, as other programs have it', async () => {
    for (const [asked, meant] of [
      [['help'], ['--help']],
      [
        ['help', 'flows'],
        ['flows', '--help'],
      ],
    ] as const) {
      const [one, other] = [new World(), new World()];
      expect([await run(asked, one), await run(meant, other)]).toEqual([0, 0]);
      expect(one.stdout.text).toBe(other.stdout.text);
    }
  });

  it('names the commands that exist, and the flags of the report, which needs no command', async () => {
    await run(['-h'], world);
    for (const word of [
      'report',
      'flows',
      'rules',
      'explain',
      'schema',
      '--fail-on',
      '--max-occurrences',
      '--version',
    ]) {
      expect(world.stdout.text).toContain(word);
    }
  });
});

describe('pcapdx rules', () => {
  it('tells every title whole, in 80 columns', async () => {
    expect(await run(['rules'], world)).toBe(0);
    const lines = world.stdout.text.split('\n');
    expect(lines.filter((line) => line.length > 80 || line.includes('…'))).toEqual([]);
    const told = world.stdout.text.replace(/\s+/g, ' ');
    for (const { meta } of RULES) expect(told).toContain(`${meta.id} ${meta.severity} ${meta.title}`);
  });
});

describe('a wrong command line', () => {
  it.each([
    [['--bogus', 'a.pcap'], "pcapdx: unknown option '--bogus' (pcapdx report --help lists them)"],
    [['--formt', 'json', 'a.pcap'], "pcapdx: unknown option '--formt' (did you mean --format?)"],
    [
      ['extract', 'a.pcap', '--filter', 'x'],
      "unknown option '--filter': extract has none, but report, flows, tui, merge",
    ],
    [
      ['-f', 'xml', 'a.pcap'],
      "option '-f, --format <F>' argument 'xml' is invalid. Allowed choices are text, markdown, html, json, ndjson.",
    ],
    [['--width', '3', 'a.pcap'], 'A whole number from 40 to 1000 is needed.'],
    [['--width', '1001', 'a.pcap'], 'A whole number from 40 to 1000 is needed.'],
    [['-o', '', 'a.pcap'], 'pcapdx: --output: names no file'],
    [['ladder', 'a.pcap', '--stream', '3', '--occurrence', '2'], '--occurrence goes with --finding, not with --stream'],
    [['tui', 'a.pcap', '--packet', '3'], '--packet goes with --stream'],
    [['--max-occurrences', 'many', 'a.pcap'], 'A whole number from 0 to 999999999 is needed.'],
    [['flows', 'a.pcap', 'b.pcap'], 'Expected 1 argument but got 2 (pcapdx flows --help)'],
    [['completion', 'tcsh'], "SHELL 'tcsh' is invalid. Allowed choices are"],
    [['explain'], "missing required argument 'RULE' (pcapdx explain --help)"],
    [['schema', 'rules'], 'Allowed choices are report, flows, finding, comparison.'],
    [['reprot', 'a.pcap'], 'pcapdx: no such file: reprot (did you mean the command "report"?)'],
    [['flow', 'a.pcap'], 'pcapdx: no such file: flow (did you mean the command "flows"?)'],
    [['--filter', 'sever:x', 'a.pcap'], 'pcapdx: --filter: no field "sever" (did you mean server?)'],
    [['--filter', 'foo:x', 'a.pcap'], 'pcapdx: --filter: no field "foo", but rule, sev, conf, server, client, name'],
    [['--filter', 'status:502', 'a.pcap'], '--filter: status: findings have no such field, but rule, sev, conf'],
    [['--filter', 'http.foo == 1', 'a.pcap'], "in tshark: tshark -r a.pcap -Y 'http.foo == 1'"],
    [['flows', '--filter', 'rule:x', 'a.pcap'], '--filter: rule: flows judges nothing'],
    [['--rule', 'rst-after-requets', 'a.pcap'], 'no such rule: rst-after-requets (did you mean "rst-after-request"?)'],
    [['--no-rule', 'nonsense', 'a.pcap'], 'no such rule: nonsense (pcapdx rules lists them)'],
    [['explain', 'rst-after'], 'no such rule: rst-after (did you mean "rst-after-request"?)'],
    [
      ['-o', 'x.pdf', 'a.pcap'],
      'x.pdf: .pdf implies no format of this command (.json, .ndjson, .jsonl, .txt, .md, .html do); say --format',
    ],
    [['flows', '-o', 'x.json', 'a.pcap'], 'x.json: .json implies no format of this command'],
    [['-o', '/nowhere/at/all.json', 'a.pcap'], '/nowhere/at/all.json: cannot be written: no such folder'],
    [['--keylog', '/nowhere/keys', 'a.pcap'], '--keylog /nowhere/keys: no such file'],
    [['--keylog', '/', 'a.pcap'], '--keylog /: is a directory'],
    [['--keylog', 'package.json/keys', 'a.pcap'], 'package.json/keys: no such file: a part of the path is not a direc'],
    [['--log', 'package.json/log', 'a.pcap'], 'package.json/log: no such file: a part of the path is not a directory'],
    [['merge', '/nowhere/part.json'], 'pcapdx: /nowhere/part.json: no such file'],
    [['merge', '/'], 'pcapdx: /: is a directory'],
    [['compare', '/', '/'], 'pcapdx: /: is a directory'],
    [
      ['extract', 'a.pcap', '--stream', '1', '--anonymise', '--key', '/nowhere/key'],
      '--key /nowhere/key: no such file',
    ],
    [['extract', 'a.pcap', '--stream', '1', '--anonymise', '--key', '/'], '--key /: is a directory'],
    [[''], 'pcapdx: a capture is named by nothing, as by a variable that is not set'],
    [['flows', ''], 'pcapdx: a capture is named by nothing'],
    [['ladder', 'a.pcap', ''], 'pcapdx: a capture is named by nothing'],
    [['extract', '', '--stream', '1'], 'pcapdx: a capture is named by nothing'],
    [['--keylog', 'env', 'a.pcap'], '--keylog env: SSLKEYLOGFILE is not set'],
  ])('%j is told in one line, with exit code 2 and nothing on standard output', async (argv, message) => {
    expect(await run(argv, world)).toBe(2);
    expect(world.stdout.text).toBe('');
    expect(world.stderr.text).toContain(message);
    expect(world.stderr.text).toMatch(/^pcapdx: [^\n]*\n$/);
    expect(world.asked).toEqual([]);
  });

  it('takes a word that is near no command for a capture', async () => {
    world.pipeline = ({ files }) => ({ analysis: quietAnalysis({ captures: [] }), errors: files.map(damage) });
    expect(await run(['replay', 'a.pcap'], world)).toBe(2);
    expect(world.asked[0]?.files).toEqual(['replay', 'a.pcap']);
  });
});

describe('what is read', () => {
  it('is all captures that are named, in their order, with or without the command', async () => {
    await run(['b.pcap', 'a.pcap', '-'], world);
    await run(['report', 'b.pcap'], world);
    expect(world.asked.map((options) => options.files)).toEqual([['b.pcap', 'a.pcap', '-'], ['b.pcap']]);
    expect(world.asked.map((options) => options.stdin instanceof Readable)).toEqual([true, false]);
  });

  it('is standard input where nothing is named and it is a pipe', async () => {
    world.stdin = { isTTY: false, open: () => Readable.from([]) };
    expect(await run([], world)).toBe(0);
    expect(world.asked[0]?.files).toEqual(['-']);
  });

  it('is nothing where nothing is named and standard input is a terminal: help is short, exit code 2', async () => {
    for (const argv of [[], ['report'], ['flows'], ['-f', 'json']]) {
      world.stderr = new Recorder();
      expect(await run(argv, world)).toBe(2);
      expect(world.stderr.text).toMatch(/^pcapdx: no capture given\n/);
      expect(world.stderr.text.split('\n').length).toBeLessThan(6);
    }
    expect(world.asked).toEqual([]);
    expect(world.stdout.text).toBe('');
  });

  it('runs the rules that are chosen', async () => {
    await run(['a.pcap'], world);
    await run(['--rule', 'rst-after-request', 'a.pcap'], world);
    await run(['--rule', 'deploy-drain,idle-drop', '--rule', 'path-loss', 'a.pcap'], world);
    expect(world.asked.map(({ rules }) => rules?.toSorted())).toEqual([
      undefined,
      ['rst-after-request'],
      ['deploy-drain', 'idle-drop', 'path-loss'],
    ]);
  });

  it('does not judge without a rule', async () => {
    const none = RULES.flatMap(({ meta }) => ['--no-rule', meta.id]);
    expect(await run([...none, 'a.pcap'], world)).toBe(2);
    expect(world.stderr.text).toContain('no rule is left to run');
  });

  it('reveals nothing unless told to', async () => {
    await run(['a.pcap'], world);
    await run(['a.pcap', '--reveal'], world);
    expect(world.asked.map((options) => options.reveal)).toEqual([false, true]);
    expect(world.stdout.text).toContain('\nSECRETS SHOWN');
  });

  it('hands the text of a key log on, named or from the environment', async () => {
    const keys = `CLIENT_RANDOM ${'0a'.repeat(32)} ${'1b'.repeat(48)}\n`;
    writeFileSync(at('keys'), keys);
    expect(await run(['a.pcap', '--keylog', at('keys')], world)).toBe(0);
    world.env = { SSLKEYLOGFILE: at('keys') };
    expect(await run(['a.pcap', '--keylog', 'env'], world)).toBe(0);
    expect(await run(['a.pcap'], world)).toBe(0);
    expect(world.asked.map((options) => options.keyLogs)).toEqual([[keys], [keys], undefined]);
    expect(world.stderr.text).toBe('');
  });

  it('says so when a key log holds no secrets, as when another file was named, and reads all the same', async () => {
    writeFileSync(at('keys'), '# made by nothing\nCLIENT_RANDOM 00 11\n');
    expect(await run(['a.pcap', '--keylog', at('keys')], world)).toBe(0);
    expect(world.stderr.text).toBe(`pcapdx: --keylog ${at('keys')}: holds no TLS secrets\n`);
    world.stderr = new Recorder();
    expect(await run(['a.pcap', '--keylog', at('keys'), '--quiet'], world)).toBe(0);
    expect(world.stderr.text).toBe('');
  });
});

describe('exit codes of a report', () => {
  it('are 0 whatever was found, unless --fail-on says otherwise', async () => {
    world.pipeline = () => ({ analysis: failedAnalysis(), errors: [] });
    expect(await run(['a.pcap'], world)).toBe(0);
    expect(await run(['a.pcap', '--fail-on', 'never'], world)).toBe(0);
    for (const severity of ['critical', 'warning', 'notice']) {
      expect(await run(['a.pcap', '--fail-on', severity], world)).toBe(1);
    }
  });

  it('are 1 only at or above the severity', async () => {
    const findings = [resetFinding({ severity: 'warning' })];
    world.pipeline = () => ({ analysis: quietAnalysis({ findings }), errors: [] });
    expect(await run(['a.pcap', '--fail-on', 'critical'], world)).toBe(0);
    expect(await run(['a.pcap', '--fail-on', 'warning'], world)).toBe(1);
    expect(await run(['a.pcap', '--fail-on', 'notice'], world)).toBe(1);
  });

  it('are 2 for a damaged capture, which beats 1, and what could be read is reported', async () => {
    world.pipeline = () => ({ analysis: failedAnalysis(), errors: [damage('front.pcapng')] });
    expect(await run(['front.pcapng', '--fail-on', 'notice'], world)).toBe(2);
    expect(world.stderr.text).toBe('pcapdx: front.pcapng: offset 81920: block length 7 is not a multiple of 4\n');
    expect(world.stdout.text).toContain('CRITICAL  F1');
    expect(world.stdout.text).toContain('NOT READ  front.pcapng: offset 81920');
  });

  it('are 2 without a report where nothing could be opened', async () => {
    world.pipeline = () => ({ analysis: quietAnalysis({ captures: [] }), errors: [damage('front.pcapng')] });
    expect(await run(['front.pcapng', '-f', 'json'], world)).toBe(2);
    expect(await run(['flows', 'front.pcapng'], world)).toBe(2);
    expect(world.stdout.text).toBe('');
  });

  it('are 70 for a defect of ours, told in one line; where it is only with PCAPDX_DEBUG', async () => {
    world.pipeline = () => {
      throw new Error('the invariant\nbroke');
    };
    expect(await run(['a.pcap'], world)).toBe(70);
    expect(world.stderr.text).toBe(
      'pcapdx: a defect of pcapdx: the invariant; please report it (PCAPDX_DEBUG=1 shows where)\n',
    );
    world.env = { PCAPDX_DEBUG: '1' };
    await run(['a.pcap'], world);
    expect(world.stderr.text).toContain('main.test.ts');
  });

  it('are 0 where nobody reads the result any more', async () => {
    world.stdout.isClosed = true;
    expect(await run(['a.pcap'], world)).toBe(0);
    expect(await run(['rules'], world)).toBe(0);
    expect(world.stderr.text).toBe('');
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ])('after %s are %i: reading stops, and what was read is reported', async (signal, code) => {
    world.pipeline = (options) => {
      expect(options.signal?.aborted).toBe(false);
      world.signals.emit(signal);
      expect(options.signal?.aborted).toBe(true);
      return { analysis: quietAnalysis({ interrupted: true }), errors: [] };
    };
    expect(await run(['a.pcap'], world)).toBe(code);
    expect(world.stdout.text).toContain('NOTHING FOUND');
    expect(world.exits).toEqual([]);
    expect(world.signals.listenerCount(signal)).toBe(0);
  });

  it('after a second signal are those of leaving at once, without a trace of a file', async () => {
    world.pipeline = () => {
      world.signals.emit('SIGINT');
      world.signals.emit('SIGINT');
      expect(readdirSync(folder)).toEqual([]);
      return { analysis: quietAnalysis(), errors: [] };
    };
    await run(['a.pcap', '-o', at('x.txt')], world).catch(() => undefined);
    expect(world.exits).toEqual([130]);
  });
});

describe('the result', () => {
  it('is text, or JSON that conforms to the schema', async () => {
    world.pipeline = () => ({ analysis: failedAnalysis(), errors: [] });
    await run(['front.pcapng'], world);
    expect(world.stdout.text).toMatch(/^front\.pcapng: 5,120 packets/);
    world.stdout = new Recorder();
    await run(['front.pcapng', '-f', 'json'], world);
    const document: unknown = JSON.parse(world.stdout.text);
    expect(reportSchema.parse(document)).toEqual(document);
    expect(document).toMatchObject({ tool: { name: 'pcapdx', version: VERSION } });
  });

  it('is a line for each finding as NDJSON, and nothing where there is none', async () => {
    world.pipeline = () => ({ analysis: failedAnalysis(), errors: [] });
    await run(['front.pcapng', '-f', 'ndjson'], world);
    expect(world.stdout.text.split('\n')).toHaveLength(2);
    expect(findingSchema.parse(JSON.parse(world.stdout.text))).toMatchObject({ id: 'F1', captures: ['front.pcapng'] });
    world.pipeline = () => ({ analysis: quietAnalysis(), errors: [] });
    expect(await run(['front.pcapng', '-o', at('x.jsonl')], world)).toBe(0);
    expect(readFileSync(at('x.jsonl'), 'utf8')).toBe('');
  });

  it('is as wide as the terminal, at most 100 columns, and coloured there', async () => {
    world.pipeline = () => ({ analysis: failedAnalysis(), errors: [] });
    world.stdout = new Recorder(true, 200);
    await run(['front.pcapng'], world);
    expect(world.stdout.text).toContain('\x1b[');
    world.stdout = new Recorder(true, 200);
    world.env = { NO_COLOR: '1' };
    await run(['front.pcapng'], world);
    expect(world.stdout.text).not.toContain('\x1b[');
    expect(Math.max(...world.stdout.text.split('\n').map((line) => line.length))).toBe(100);
  });

  it('goes to a file whose name implies the format, whole or not at all', async () => {
    expect(await run(['a.pcap', '-o', at('x.json')], world)).toBe(0);
    expect(reportSchema.safeParse(JSON.parse(readFileSync(at('x.json'), 'utf8'))).success).toBe(true);
    expect(world.stdout.text).toBe('');
    world.pipeline = () => {
      throw new Error('boom');
    };
    expect(await run(['a.pcap', '-o', at('y.json')], world)).toBe(70);
    expect(readdirSync(folder)).toEqual(['x.json']);
  });

  it('shows what a filter chooses, says so, and fails by what it shows', async () => {
    world.pipeline = () => ({ analysis: failedAnalysis(), errors: [] });
    expect(await run(['a.pcap', '--filter', 'server:10.9.9.9', '--fail-on', 'notice'], world)).toBe(0);
    expect(world.stdout.text).toContain('FILTERED  0 of 1 finding shown: server:10.9.9.9');
    expect(world.stdout.text).not.toMatch(/NOTHING FOUND|serv1/);
    world.stdout = new Recorder();
    expect(await run(['a.pcap', '--filter', 'sev:critical', '--fail-on', 'notice', '-f', 'json'], world)).toBe(1);
    const document = reportSchema.parse(JSON.parse(world.stdout.text));
    expect(document).toMatchObject({
      filter: { expression: 'sev:critical', hiddenFindings: 0 },
      findings: [{ id: 'F1' }],
    });
  });

  it('overwrites nothing without --force', async () => {
    writeFileSync(at('x.txt'), 'mine');
    expect(await run(['a.pcap', '-o', at('x.txt')], world)).toBe(2);
    expect(world.stderr.text).toBe(`pcapdx: ${at('x.txt')}: exists already; --force overwrites it\n`);
    expect(world.asked).toEqual([]);
    expect(readFileSync(at('x.txt'), 'utf8')).toBe('mine');
    expect(await run(['a.pcap', '-o', at('x.txt'), '--force'], world)).toBe(0);
    expect(readFileSync(at('x.txt'), 'utf8')).toContain('NOTHING FOUND');
  });
});

describe('pcapdx flows', () => {
  beforeEach(() => {
    world.pipeline = (options) => {
      for (const stream of [1, 0, 3]) options.onConnection?.(connection({ stream }), ORIGIN);
      return { analysis: quietAnalysis(), errors: [] };
    };
  });

  it('prints one object per connection, by stream number, without judging any', async () => {
    expect(await run(['flows', 'a.pcap'], world)).toBe(0);
    const lines = world.stdout.text.trimEnd().split('\n');
    expect(lines.map((line) => flowSchema.parse(JSON.parse(line)).stream)).toEqual([0, 1, 3]);
    expect(world.asked[0]?.rules).toEqual([]);
  });

  it('prints those that a filter chooses', async () => {
    expect(await run(['flows', 'a.pcap', '--filter', 'stream:>0 server:10.0.1.49'], world)).toBe(0);
    const lines = world.stdout.text.trimEnd().split('\n');
    expect(lines.map((line) => flowSchema.parse(JSON.parse(line)).stream)).toEqual([1, 3]);
  });

  it('prints a table as text', async () => {
    expect(await run(['flows', 'a.pcap', '-f', 'text', '--width', '120'], world)).toBe(0);
    expect(world.stdout.text.split('\n').map((line) => line.trim().split(' ')[0])).toEqual([
      'stream',
      '0',
      '1',
      '3',
      '',
    ]);
  });

  it('writes to a file too', async () => {
    expect(await run(['flows', 'a.pcap', '-o', at('x.ndjson')], world)).toBe(0);
    expect(readFileSync(at('x.ndjson'), 'utf8').trimEnd().split('\n')).toHaveLength(3);
  });

  it('prints what could be read of a damaged capture, with exit code 2', async () => {
    const whole = world.pipeline;
    world.pipeline = async (options) => ({ ...(await whole(options)), errors: [damage('a.pcap')] });
    expect(await run(['flows', 'a.pcap'], world)).toBe(2);
    expect(world.stdout.text.trimEnd().split('\n')).toHaveLength(3);
    expect(world.stderr.text).toMatch(/^pcapdx: a\.pcap: offset 81920: /);
  });

  it('stops quietly when nobody reads any more', async () => {
    world.stdout.isClosed = true;
    expect(await run(['flows', 'a.pcap'], world)).toBe(0);
    expect(world.stderr.text).toBe('');
  });

  it('leaves SIGTERM alone while it writes to a pipe, where no handler could run', async () => {
    world.pipeline = () => {
      expect(world.signals.listenerCount('SIGTERM')).toBe(0);
      expect(world.signals.listenerCount('SIGINT')).toBe(1);
      return { analysis: quietAnalysis(), errors: [] };
    };
    expect(await run(['flows', 'a.pcap'], world)).toBe(0);
  });
});

describe('the catalogue', () => {
  it('lists each rule with severity and title', async () => {
    expect(await run(['rules'], world)).toBe(0);
    expect(world.stdout.text).toMatch(/\nrst-after-request +critical +\S/);
  });

  it('is JSON for scripts', async () => {
    expect(await run(['rules', '-f', 'json'], world)).toBe(0);
    const entries: unknown = JSON.parse(world.stdout.text);
    expect(entries).toContainEqual(expect.objectContaining({ id: 'rst-after-request', severity: 'critical' }));
  });

  it('explains a rule in full, in 80 columns', async () => {
    expect(await run(['explain', 'rst-after-request'], world)).toBe(0);
    for (const heading of [
      'WHAT YOU SEE',
      'WHAT THE PACKETS SHOW',
      'CAUSES CONSIDERED',
      'WHAT TO CHANGE',
      'WHAT LOOKS ALIKE AND IS NOT IT',
      'LIMITS',
      'REFERENCES',
    ]) {
      expect(world.stdout.text).toContain(`\n${heading}\n  `);
    }
    expect(world.stdout.text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it.each(RULES.map(({ meta }) => [meta.id]))('explains what to change where %s found something', async (id) => {
    expect(await run(['explain', id], world)).toBe(0);
    const [, behind = ''] = world.stdout.text.split('\nWHAT TO CHANGE\n');
    const [remedies = ''] = behind.split('\n\n');
    expect(remedies).toMatch(/^ {2}\S/);
    expect(remedies).not.toMatch(/\*\*|^ *- |^#/m);
  });
});

describe('pcapdx schema', () => {
  it.each(['report', 'flows'])('%s is JSON Schema 2020-12', async (what) => {
    expect(await run(['schema', what], world)).toBe(0);
    expect(JSON.parse(world.stdout.text)).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema' });
  });
});
