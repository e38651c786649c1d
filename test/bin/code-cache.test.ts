import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BuiltProgram, builtProgram } from '../built-program.js';

const project = path.resolve(import.meta.dirname, '../..');
const sample = path.join(project, 'samples/rst-after-request.pcapng');

/** Says which of the program's scripts V8 took no kept code for. */
const LISTEN = `
const vm = require('node:vm');
const { Script } = vm;
let taken = 0;
const refused = [];
vm.Script = class extends Script {
  constructor(text, options) {
    super(text, options);
    if (this.cachedDataRejected === false) taken += 1;
    else refused.push(options.filename);
  }
};
process.on('exit', () => require('node:fs').writeSync(2, JSON.stringify({ taken, refused })));
`;

describe('compiled code that is kept beside the program', () => {
  let built: BuiltProgram | undefined;
  let folder = '';
  let kept: string[] = [];
  let expected = '';

  const report = (): { output: string; taken: number; refused: string[] } => {
    const listener = path.join(folder, 'listen.cjs');
    writeFileSync(listener, LISTEN);
    const errors = path.join(folder, 'errors');
    const command = `"${process.execPath}" --require "${listener}" "${built?.program}" report "${sample}" --format json 2>"${errors}"; true`;
    const output = execFileSync('sh', ['-c', command], { encoding: 'utf8' });
    const { taken, refused } = JSON.parse(readFileSync(errors, 'utf8')) as { taken: number; refused: string[] };
    return { output, taken, refused };
  };

  beforeAll(() => {
    built = builtProgram();
    folder = path.join(built.folder, 'dist/program');
    expected = report().output;
    execFileSync(process.execPath, ['build/code-cache.mjs', built.folder], { cwd: project });
    kept = readdirSync(folder).filter((name) => name.endsWith('.cache'));
  }, 120_000);

  afterAll(() => built?.remove());

  it('is taken by each file that a report needs, and changes nothing', () => {
    const { output, taken, refused } = report();
    expect(refused).toEqual([]);
    expect(taken).toBeGreaterThan(10);
    expect(output).toBe(expected);
  });

  it.each([
    ['is damaged', (code: Buffer) => Buffer.from(code.map((byte, at) => (at < 64 ? 255 - byte : byte)))],
    ['is cut off', (code: Buffer) => code.subarray(0, code.length >> 1)],
    ['is empty', () => Buffer.alloc(0)],
  ])('is passed over where it %s', (_, spoilt) => {
    const whole = kept.map((name) => readFileSync(path.join(folder, name)));
    kept.forEach((name, at) => {
      writeFileSync(path.join(folder, name), spoilt(whole[at] ?? Buffer.alloc(0)));
    });
    const { output, taken } = report();
    kept.forEach((name, at) => {
      writeFileSync(path.join(folder, name), whole[at] ?? Buffer.alloc(0));
    });
    expect(taken).toBe(0);
    expect(output).toBe(expected);
  });
});
