/**
 * The programs of a lab: started, waited for until they say that they are ready, and ended by the
 * process id that the start returned. Each is the head of a process group of its own, so that a
 * Ctrl-C at the terminal reaches the lab alone, which then takes them down in order, and so that
 * what a program leaves behind (a browser's helpers, a server's workers) is ended with it.
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
export async function outcome([command, ...args], options = {}) {
  try {
    return { code: 0, ...(await execute(command, args, options)) };
  } catch (error) {
    if (typeof error.code !== 'number') throw error;
    return { code: error.code, stdout: error.stdout, stderr: error.stderr };
  }
}

/** Those of `names` that are not on the search path. */
export async function missingCommands(names) {
  const found = await Promise.all(names.map((name) => outcome(['sh', '-c', 'command -v "$0"', name])));
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

/** What `promise` gives, unless it takes longer. */
export function inTime(what, promise, patienceMs = PATIENCE_MS) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${patienceMs} ms in vain: ${what}`)), patienceMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** A running program. */
export class Program {
  #child;
  #text = '';
  #ended;
  #closed;
  #asked = false;

  /**
   * Starts `command` and waits for `ready` (a pattern in what it prints; `null`: does not wait).
   * `ipc` opens a message channel to a Node program, `pipes` two further pipes (file descriptors 3
   * and 4 of the program), `env` adds to its environment.
   */
  static async start(teardown, { name, command, ready = null, ...options }) {
    const program = await teardown.make(
      name,
      () => new Program(name, command, options),
      (started) => started.end(),
    );
    if (ready !== null) await program.said(ready);
    return program;
  }

  constructor(name, [command, ...args], { ipc = false, pipes = false, env = {} }) {
    this.name = name;
    this.#child = spawn(command, args, {
      detached: true,
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'pipe', ...(ipc ? ['ipc'] : []), ...(pipes ? ['pipe', 'pipe'] : [])],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        this.#text += text;
      });
    }
    this.#child.stdin.on('error', () => {}); // it may have ended before it read what it was told
    this.#ended = new Promise((resolve) => {
      this.#child.once('error', (error) => resolve(error.message));
      this.#child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    this.#closed = new Promise((resolve) => {
      this.#child.once('error', resolve);
      this.#child.once('close', resolve);
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

  /** The pipe to the program's file descriptor 3, and the one from its 4. */
  get pipes() {
    const [, , , toProgram, fromProgram] = this.#child.stdio;
    return { toProgram, fromProgram };
  }

  /** Waits until it has printed `pattern`, and gives the match. */
  said(pattern, patienceMs) {
    const match = () => {
      const found = pattern.exec(this.#text);
      if (found === null && !this.running) throw new Error(`${this.name} ended early`);
      return found;
    };
    return until(`${this.name} to print ${pattern}`, match, patienceMs);
  }

  /** What `promise` gives, unless the program ends before or it takes longer. */
  inTime(what, promise, patienceMs) {
    const early = this.#ended.then((how) => {
      throw new Error(`${this.name} ended early, ${how}:\n${this.#text}`);
    });
    early.catch(() => {}); // it always ends at last
    return inTime(`${this.name}: ${what}`, Promise.race([promise, early]), patienceMs);
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

  /** Ends it with `name`, then with SIGKILL when it does not obey, and gives how it ended. What it started and left is ended too. */
  async end(name = 'SIGTERM') {
    this.#asked = true;
    this.signal(name);
    const forced = setTimeout(() => this.signal('SIGKILL'), PATIENCE_MS);
    const how = await this.#ended;
    clearTimeout(forced);
    try {
      process.kill(-this.#child.pid, 'SIGKILL');
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
    await this.#closed; // all that it printed has been read
    return how;
  }
}
