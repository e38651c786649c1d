/** The scripts are tried in the shells that are installed; bash always is. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelOf } from '../../src/cli/command-model.js';
import { run } from '../../src/cli/main.js';
import { buildProgram } from '../../src/cli/program.js';
import { World } from './surroundings.js';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
const isInstalled = (shell: string) => spawnSync(shell, ['--version']).status === 0;

let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'pcapdx-completion-'));
  for (const shell of SHELLS) writeFileSync(path.join(folder, shell), await scriptFor(shell));
  for (const name of ['a b.pcap', 'flows.pcap']) writeFileSync(path.join(folder, name), '');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function scriptFor(shell: string): Promise<string> {
  const world = new World();
  expect([await run(['completion', shell], world), world.stderr.text]).toEqual([0, '']);
  return world.stdout.text;
}

/** What a command line's last word may become. */
const CASES: readonly (readonly [line: readonly string[], words: readonly string[]])[] = [
  [['fl'], ['flows', 'flows.pcap']],
  [
    ['report', '--fo'],
    ['--force', '--format'],
  ],
  [['report', '--format', 'j'], ['json']],
  [['--fail-on', 'c'], ['critical']],
  [
    ['x.pcap', '--time', ''],
    ['local', 'relative', 'utc'],
  ],
  [['--no-rule', 'rst'], ['rst-after-request']],
  [['--rule', 'rst-after-request,keep'], ['rst-after-request,keepalive-race']],
  [['report', '--no-rule', 'a,b,idle'], ['a,b,idle-drop']],
  [['explain', 'keep'], ['keepalive-race']],
  [
    ['schema', ''],
    ['comparison', 'finding', 'flows', 'report'],
  ],
  [
    ['completion', ''],
    ['bash', 'fish', 'zsh'],
  ],
  [['compare', '--fail-on', 'w'], ['worse']],
  [['flows', 'a'], ['a b.pcap']],
  [['-o', 'a'], ['a b.pcap']],
  [['compare', 'flows.pcap', 'a'], ['a b.pcap']],
  [['--max-occurrences', ''], []],
];

describe('the completion for bash', () => {
  const complete = (...words: readonly string[]): string[] => {
    const script = `source ./bash; COMP_WORDS=(pcapdx "$@"); COMP_CWORD=$#; _pcapdx; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const printed = execFileSync('bash', ['-c', script, 'bash', ...words], { cwd: folder, encoding: 'utf8' });
    return printed
      .split('\n')
      .filter((word) => word !== '')
      .sort();
  };

  it.each(CASES)('of %j offers %j', (line, words) => expect(complete(...line)).toEqual(words));

  it('knows a value behind an equals sign, which is a word of its own', () => {
    expect(complete('--format', '=', 'j')).toEqual(['json']);
    expect(complete('--color', '=')).toEqual(['always', 'auto', 'never']);
  });

  it('knows it in one word, too, where = breaks none', () => {
    expect(complete('--format=h')).toEqual(['--format=html']);
    expect(complete('report', '--output=a')).toEqual(['--output=a b.pcap']);
    expect(complete('flows', '--format=')).toEqual(['--format=ndjson', '--format=text']);
    expect(complete('--rule=idle-drop,keep')).toEqual(['--rule=idle-drop,keepalive-race']);
  });

  it('offers no rule of a list twice', () => {
    expect(complete('--rule', 'tls-handshake-failure,tls')).toEqual(['tls-handshake-failure,tls-offload-leak']);
  });
});

describe.skipIf(!isInstalled('fish'))('the completion for fish', () => {
  it.each(CASES.filter(([, words]) => words.length > 0))('of %j offers %j', (line, words) => {
    const typed = ['pcapdx', ...line].join(' ');
    const script = `source ./fish; complete -C '${typed}'`;
    const environment = { ...process.env, HOME: folder, XDG_CONFIG_HOME: folder };
    const printed = execFileSync('fish', ['--no-config', '-c', script], {
      cwd: folder,
      encoding: 'utf8',
      env: environment,
    });
    // What it describes stands behind a tab.
    const offered = printed.split('\n').map((each) => each.replace(/\t.*/, ''));
    expect(offered.filter((word) => word !== '').sort()).toEqual(words);
  });
});

describe.skipIf(!isInstalled('zsh'))('the completion for zsh', () => {
  it('is a script that zsh takes', () => {
    expect(spawnSync('zsh', ['-f', '-n', path.join(folder, 'zsh')], { encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
  });
});

describe.each(SHELLS)('the completion for %s', (shell) => {
  it('has every command, flag and choice', async () => {
    const script = await scriptFor(shell);
    for (const { name, flags } of modelOf(buildProgram(new World(), () => undefined)).commands) {
      expect(script).toContain(name);
      for (const { long, choices } of flags) {
        expect(script).toContain(shell === 'fish' ? `-l ${long.slice(2)}` : long);
        for (const choice of choices) expect(script).toContain(choice);
      }
    }
  });
});

it('there is none for other shells', async () => {
  const world = new World();
  expect(await run(['completion', 'tcsh'], world)).toBe(2);
  expect(world.stderr.text).toContain('Allowed choices are bash, zsh, fish.');
});
