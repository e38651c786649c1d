import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatOf, openDestination } from '../../src/cli/destination.js';
import { UsageError } from '../../src/cli/exit-code.js';
import { World } from './surroundings.js';

const FORMATS = { usual: 'text', byExtension: { '.txt': 'text', '.json': 'json' } } as const;

describe('the output file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'pcapdx-destination-'));
  });
  afterEach(() => {
    chmodSync(folder, 0o700);
    rmSync(folder, { recursive: true, force: true });
  });
  const at = (name: string) => path.join(folder, name);

  it('appears when the result is complete, and not before', () => {
    const destination = openDestination(at('x'), false, [], new World());
    destination.write('one ');
    destination.write('two');
    expect(readdirSync(folder).filter((name) => !name.startsWith('.'))).toEqual([]);
    destination.commit();
    destination.discard();
    expect([readdirSync(folder), readFileSync(at('x'), 'utf8')]).toEqual([['x'], 'one two']);
  });

  it('is no file of ours where standard output is meant, which the shell may have led into one', () => {
    for (const name of [undefined, '-', '/dev/stdout']) {
      const world = new World();
      openDestination(name, true, [], world).write('result');
      expect(world.stdout.text).toBe('result');
    }
  });

  it('leaves no trace when there is no result, and what was there stays', () => {
    writeFileSync(at('x'), 'mine');
    const destination = openDestination(at('x'), true, [], new World());
    destination.write('half');
    destination.discard();
    expect([readdirSync(folder), readFileSync(at('x'), 'utf8')]).toEqual([['x'], 'mine']);
  });

  it('is not overwritten where somebody else made it meanwhile', () => {
    const destination = openDestination(at('x'), false, [], new World());
    writeFileSync(at('x'), 'theirs');
    expect(() => destination.commit()).toThrow(UsageError);
    expect([readdirSync(folder), readFileSync(at('x'), 'utf8')]).toEqual([['x'], 'theirs']);
  });

  it('is private until it is complete, and then what the umask or the file before it allows', () => {
    const mode = (name: string) => statSync(at(name)).mode & 0o777;
    const fresh = openDestination(at('x'), false, [], new World());
    const [draft = ''] = readdirSync(folder);
    expect(mode(draft)).toBe(0o600);
    fresh.commit();
    expect(mode('x')).toBe(0o666 & ~process.umask());
    chmodSync(at('x'), 0o640);
    openDestination(at('x'), true, [], new World()).commit();
    expect(mode('x')).toBe(0o640);
  });

  it('takes away what a killed process left of it, and nothing else', () => {
    const { pid = 0 } = spawnSync(process.execPath, ['--version']);
    const left = [`.x.${pid}.0123abcd.part`];
    const kept = [`.x.${process.pid}.0123abcd.part`, `.y.${pid}.0123abcd.part`, '.x.part', `.x.${pid}.txt`];
    for (const name of [...left, ...kept]) writeFileSync(at(name), 'half');
    openDestination(at('x'), false, [], new World()).commit();
    expect(readdirSync(folder).sort()).toEqual([...kept, 'x'].sort());
  });

  it('is not overwritten through a link', () => {
    writeFileSync(at('real'), 'old');
    symlinkSync(at('real'), at('link'));
    expect(() => openDestination(at('link'), false, [], new World())).toThrow(/exists already/);
    symlinkSync(at('nowhere'), at('dangling'));
    for (const force of [false, true])
      expect(() => openDestination(at('dangling'), force, [], new World())).toThrow(/leads nowhere/);
    expect(readdirSync(folder).sort()).toEqual(['dangling', 'link', 'real']);
    expect(readFileSync(at('real'), 'utf8')).toBe('old');
  });

  it('is what a link leads to', () => {
    writeFileSync(at('real'), 'old');
    symlinkSync(at('real'), at('link'));
    const destination = openDestination(at('link'), true, [], new World());
    destination.write('new');
    destination.commit();
    expect([readlinkSync(at('link')), readFileSync(at('real'), 'utf8')]).toEqual([at('real'), 'new']);
  });

  it('may be a device, which is written to and never replaced', () => {
    const destination = openDestination('/dev/null', false, [], new World());
    destination.write('gone');
    destination.commit();
    destination.discard();
  });

  it('cannot be a folder', () => {
    expect(() => openDestination(folder, true, [], new World())).toThrow(/is a directory/);
  });

  it('never overwrites the capture that is read, by whatever name', () => {
    const capture = at('capture');
    writeFileSync(capture, 'packets');
    symlinkSync(capture, at('alias'));
    expect(() => openDestination(at('alias'), true, [capture], new World())).toThrow(/is the capture that is read/);
    expect(readFileSync(capture, 'utf8')).toBe('packets');
  });

  it('is standard output where none is named', () => {
    const world = new World();
    const destination = openDestination(undefined, false, [], world);
    destination.write('text');
    destination.commit();
    expect(world.stdout.text).toBe('text');
  });
});

describe('the format', () => {
  it.each([
    ['the usual one', undefined, undefined, 'text'],
    ['as told', 'json', 'x.txt', 'json'],
    ["as the file's name implies, in any case", undefined, 'x.JSON', 'json'],
    ['the usual one for a name without extension', undefined, 'x', 'text'],
    ['the usual one for a device', undefined, '/dev/null', 'text'],
  ] as const)('is %s', (_, told, file, expected) => {
    expect(formatOf(told, file, FORMATS)).toBe(expected);
  });

  it('is not guessed from an extension that implies none', () => {
    expect(() => formatOf(undefined, 'x.html', FORMATS)).toThrow(/\.html implies no format/);
  });
});
