/**
 * The programs of a lab: started, waited for until they say that they are ready, and ended by the
 * process id that the start returned. Each is the head of a process group of its own, so that a
 * Ctrl-C at the terminal reaches the lab alone, which then takes them down in order.
 */
import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** How long a program may take to be ready, or to end when asked, milliseconds. Both take well under a second on an idle machine. */
export const PATIENCE_MS = 10_000;

/** Room for the listing of a whole sample. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** Runs a command to its end and gives what it printed; throws with its standard error when it fails. */
export async function run(command, ...args) {
  try {
    return (await execute(command, args, { maxBuffer: MAX_OUTPUT_BYTES })).stdout;
  } catch (error) {
    throw new Error(`${command} ${args.join(' ')}: ${error.stderr?.trim() || error.message}`);
  }
}

/** Runs a command whose failure is a result: its exit code and what it printed. */
export async function outcome(command, ...args) {
  try {
    return { code: 0, stdout: (await execute(command, args)).stdout };
  } catch (error) {
    if (typeof error.code !== 'number') throw error;
    return { code: error.code, stdout: error.stdout };
  }
}

/** Those of `names` that are not on the search path. */
export async function missingCommands(names) {
  const found = await Promise.all(names.map((name) => outcome('sh', '-c', 'command -v "$0"', name)));
  return names.filter((_, index) => found[index].code !== 0);
}

/** Asks again until `probe` gives something else than `null`, and gives that. */
export async function until(what, probe, patienceMs = PATIENCE_MS) {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const answer = await probe();
    if (answer !== null) return answer;
    if (Date.now() > deadline) throw new Error(`waited ${patienceMs} ms in vain: ${what}`);
    await pause(10);
  }
}

/** The pace of a story: real clients do not ask without pause. Never used to wait for something. */
export function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** A running program. */
export class Program {
  #child;
  #name;
  #text = '';
  #ended;
  #asked = false;

  /**
   * Starts `command` and waits for `ready` (a pattern in what it prints; `null`: does not wait).
   * `ipc` opens a message channel to a Node program.
   */
  static async start(teardown, { name, command, ready = null, ipc = false }) {
    const program = await teardown.make(
      name,
      () => new Program(name, command, ipc),
      (started) => started.end(),
    );
    if (ready !== null) await program.said(ready);
    return program;
  }

  constructor(name, [command, ...args], ipc) {
    this.#name = name;
    this.#child = spawn(command, args, {
      detached: true,
      stdio: ipc ? ['pipe', 'pipe', 'pipe', 'ipc'] : ['pipe', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        this.#text += text;
      });
    }
    this.#child.stdin.on('error', () => {}); // it may have ended before it read what it was told
    this.#ended = new Promise((resolve) => {
      this.#child.once('error', (error) => resolve(error.message));
      this.#child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    this.#ended.then((how) => {
      if (!this.#asked) console.error(`${name} ended early, ${how}:\n${this.#text}`);
    });
  }

  /** Everything it has printed so far. */
  get text() {
    return this.#text;
  }

  get running() {
    return this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Waits until it has printed `pattern`, and gives the match. */
  said(pattern) {
    return until(`${this.#name} to print ${pattern}`, () => {
      const match = pattern.exec(this.#text);
      if (match === null && !this.running) throw new Error(`${this.#name} ended early`);
      return match;
    });
  }

  /** Writes a line to its standard input. */
  tell(line) {
    this.#child.stdin.write(`${line}\n`);
  }

  send(message) {
    this.#child.send(message);
  }

  onMessage(listener) {
    this.#child.on('message', listener);
  }

  signal(name) {
    if (this.running) this.#child.kill(name);
  }

  /** Ends it with `name`, then with SIGKILL when it does not obey, and gives how it ended. */
  async end(name = 'SIGTERM') {
    this.#asked = true;
    this.signal(name);
    const forced = setTimeout(() => this.signal('SIGKILL'), PATIENCE_MS);
    const how = await this.#ended;
    clearTimeout(forced);
    return how;
  }
}
