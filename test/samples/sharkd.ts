/**
 * tshark's dissectors, asked many times without a start for each: `sharkd`, which Wireshark's packages bring along
 * with tshark, keeps a capture open and answers in lines of JSON-RPC 2.0.
 */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Preferences beyond the defaults, those that the lab's tshark has: each run on each machine answers alike. */
const ALIKE: readonly (readonly [name: string, value: string])[] = [
  ['tcp.relative_sequence_numbers', 'TRUE'],
  ['http.decompress_body', 'FALSE'],
];

interface Answer {
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

export const hasSharkd = spawnSync('sharkd', ['--version']).status === 0;

/** One process, asked one question after the other. */
export class Sharkd {
  readonly #process: ChildProcessWithoutNullStreams = spawn('sharkd', ['-']);
  readonly #answers = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  #isSetUp = false;
  #questions = 0;
  #file = '';
  #loads = 0;

  constructor() {
    this.#process.stderr.resume();
  }

  /** Numbers of the packets that a display filter selects. */
  async framesOf(file: string, filter: string): Promise<number[]> {
    await this.#load(file);
    // An answer is kept under the text of its filter, beyond the capture that it is of: no two captures ask with the same text.
    const result = await this.#ask('frames', { filter: filter + ' '.repeat(this.#loads), column0: 'frame.number:1' });
    return (result as { readonly num: number }[]).map(({ num }) => num);
  }

  end(): void {
    this.#process.stdin.end();
  }

  async #load(file: string): Promise<void> {
    if (!this.#isSetUp) for (const [name, value] of ALIKE) await this.#ask('setconf', { name, value });
    this.#isSetUp = true;
    if (file === this.#file) return;
    await this.#ask('load', { file });
    this.#file = file;
    this.#loads += 1;
  }

  async #ask(method: string, params: Readonly<Record<string, string>>): Promise<unknown> {
    this.#questions += 1;
    this.#process.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: this.#questions, method, params })}\n`);
    const { value, done } = await this.#answers.next();
    if (done === true) throw new Error(`sharkd ended at ${method} ${JSON.stringify(params)}`);
    const { result, error } = JSON.parse(value) as Answer;
    if (error !== undefined) throw new Error(`sharkd: ${error.message}: ${JSON.stringify(params)}`);
    return result;
  }
}
