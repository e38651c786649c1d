import { beforeEach, describe, expect, it } from 'vitest';
import { run } from '../../src/cli/main.js';
import { ownKeys } from '../../src/cli/settings.js';
import { failedAnalysis } from '../report/analyses.js';
import { World } from './surroundings.js';

const PROJECT = '.pcapdxrc.json';
const USER = '/home/me/.config/pcapdx/config.json';

let world: World;
beforeEach(() => {
  world = new World();
  world.env = { HOME: '/home/me' };
  world.pipeline = () => ({ analysis: failedAnalysis(), errors: [] });
});

/** Standard output of a run that must go well. */
async function printed(...argv: string[]): Promise<string> {
  const before = world.stdout.text.length;
  expect([await run(argv, world), world.stderr.text]).toEqual([0, '']);
  return world.stdout.text.slice(before);
}

/** How many examples a text report shows. */
const examples = (text: string) => text.match(/tcp\.stream eq/g)?.length ?? 0;

describe('a flag has its default from', () => {
  it('the command line before the environment, the project file and the user file', async () => {
    expect(examples(await printed('a.pcap'))).toBe(3);
    world.files[USER] = '{"maxOccurrences": 6}';
    expect(examples(await printed('a.pcap'))).toBe(6);
    world.files[PROJECT] = '{"maxOccurrences": 5}';
    expect(examples(await printed('a.pcap'))).toBe(5);
    world.env = { ...world.env, PCAPDX_MAX_OCCURRENCES: '4' };
    expect(examples(await printed('a.pcap'))).toBe(4);
    expect(examples(await printed('a.pcap', '--max-occurrences', '2'))).toBe(2);
  });

  it('the folder that XDG_CONFIG_HOME names', async () => {
    world.env = { ...world.env, XDG_CONFIG_HOME: '/xdg' };
    world.files = { [USER]: '{"maxOccurrences": 6}', '/xdg/pcapdx/config.json': '{"maxOccurrences": 1}' };
    expect(examples(await printed('a.pcap'))).toBe(1);
  });

  it('a variable only when it is not empty', async () => {
    world.env = { ...world.env, PCAPDX_MAX_OCCURRENCES: '' };
    expect(examples(await printed('a.pcap'))).toBe(3);
  });

  it('what stands for the command, before what stands for all of them', async () => {
    world.files[PROJECT] =
      '{"format": "ndjson", "report": {"format": "json", "ascii": true}, "tui": {"time": "local"}}';
    expect(await printed('a.pcap')).toMatch(/^\{\n/);
    expect(await printed('flows', 'a.pcap')).toBe('');
  });

  it('a format only for the commands that have it', async () => {
    world.files[PROJECT] = '{"format": "json"}';
    expect(await printed('a.pcap')).toMatch(/^\{\n/);
    expect(await printed('flows', 'a.pcap')).toBe('');
    expect(await printed('rules')).toMatch(/^\[\n/);
  });

  it('lists and switches too', async () => {
    world.files[PROJECT] = '{"noRule": ["keepalive-race", "preconnect-408"], "ascii": true}';
    expect(await printed('a.pcap')).not.toContain('→');
    expect(world.asked[0]?.rules).not.toContain('keepalive-race');
    world.env = { ...world.env, PCAPDX_RULE: 'keepalive-race,empty-response', PCAPDX_ASCII: '0' };
    expect(await printed('a.pcap')).toContain('→');
    // One source for both: the environment's list is not mixed with the file's.
    expect(world.asked[1]?.rules).toEqual(['keepalive-race', 'empty-response']);
    await printed('a.pcap', '--rule', 'preconnect-408');
    expect(world.asked[2]?.rules).toEqual(['preconnect-408']);
  });

  it('the environment for a key log', async () => {
    world.env = { ...world.env, PCAPDX_KEYLOG: 'no-such.keys' };
    expect(await run(['a.pcap'], world)).toBe(2);
    expect(world.stderr.text).toContain('no-such.keys: no such file');
  });
});

describe('what is wrong is told in one line, and nothing is read', () => {
  it.each([
    ['{', '.pcapdxrc.json: is not JSON: '],
    ['[]', '.pcapdxrc.json: an object is needed'],
    ['{"maxOccurences": 5}', '.pcapdxrc.json: unknown key "maxOccurences" (did you mean "maxOccurrences"?)'],
    ['{"reveal": true}', '.pcapdxrc.json: reveal: no file may set this, it is asked for each time: --reveal'],
    ['{"rules": ["./own.mjs"]}', '.pcapdxrc.json: rules: no file may set this, it is asked for each time: --rules'],
    ['{"output": "x"}', '.pcapdxrc.json: output: no file may set this'],
    ['{"force": true}', '.pcapdxrc.json: force: no file may set this'],
    ['{"keylog": "env"}', '.pcapdxrc.json: keylog: no file may set this'],
    ['{"report": {"reveal": true}}', '.pcapdxrc.json: report: reveal: no file may set this'],
    ['{"flows": {"failOn": "never"}}', '.pcapdxrc.json: flows: unknown key "failOn"'],
    ['{"tui": {"theme": "dark"}}', '.pcapdxrc.json: tui: unknown key "theme"'],
    ['{"report": 3}', '.pcapdxrc.json: report: an object is needed'],
    [
      '{"maxOccurrences": "many"}',
      '.pcapdxrc.json: maxOccurrences: many: A whole number from 0 to 999999999 is needed.',
    ],
    ['{"maxOccurrences": [1]}', '.pcapdxrc.json: maxOccurrences: one value is needed, not a list'],
    ['{"width": {}}', '.pcapdxrc.json: width: a text or number is needed'],
    ['{"ascii": "yes"}', '.pcapdxrc.json: ascii: true or false is needed'],
    ['{"time": "zulu"}', '.pcapdxrc.json: time: zulu: Allowed choices are utc, local, relative.'],
    ['{"report": {"format": "ndjson2"}}', '.pcapdxrc.json: report: format: ndjson2: Allowed choices are'],
    ['{"rule": ["no-such"]}', 'no such rule: no-such'],
  ])('%s', async (text, message) => {
    world.files[PROJECT] = text;
    expect(await run(['a.pcap'], world)).toBe(2);
    expect(world.stderr.text).toContain(message);
    expect(world.stderr.text.trimEnd().split('\n')).toHaveLength(1);
    expect([world.asked, world.stdout.text]).toEqual([[], '']);
  });

  it('in a variable', async () => {
    world.env = { PCAPDX_ASCII: 'maybe' };
    expect(await run(['a.pcap'], world)).toBe(2);
    expect(world.stderr.text).toBe('pcapdx: PCAPDX_ASCII: 1 or 0 is needed\n');
  });
});

it('secrets are shown by the flag alone', async () => {
  world.env = { PCAPDX_REVEAL: '1' };
  await printed('a.pcap');
  expect(world.asked[0]?.reveal).toBe(false);
});

describe('keys of the terminal', () => {
  it("come from the files, the project's before the user's", () => {
    world.files[USER] = '{"tui": {"keys": {"down": "n", "up": ["p"]}}}';
    world.files[PROJECT] = '{"tui": {"time": "local", "keys": {"down": ["ctrl-n", "down"]}}}';
    expect(ownKeys(world)).toEqual({ down: ['ctrl-n', 'down'], up: ['p'] });
  });

  it.each([
    ['{"tui": {"keys": {"dwon": "n"}}}', 'unknown key "dwon" (did you mean "down"?)'],
    ['{"tui": {"keys": {"down": []}}}', 'down: keys are needed'],
    ['{"tui": {"keys": {"down": ["nn"]}}}', 'down: keys are needed'],
    ['{"tui": {"keys": ["n"]}}', 'an object is needed'],
  ])('are refused in %s', (text, reason) => {
    world.files[PROJECT] = text;
    expect(() => ownKeys(world)).toThrow(reason);
  });

  it('stand under tui alone', async () => {
    world.files[PROJECT] = '{"report": {"keys": {"down": "n"}}}';
    expect(await run(['a.pcap'], world)).toBe(2);
    world.files[PROJECT] = '{"tui": {"keys": {"down": "n"}}}';
    expect(await run(['a.pcap'], world)).toBe(0);
  });
});
