/**
 * A part of a scenario that acts on a host: a function of the scenario's module, run in a Node process
 * inside the host's namespace.
 *
 *     export function startApplication({ port }) {          // in the scenario's module
 *       const server = createServer(…);
 *       …
 *       return { pause: () => …, count: () => requests };    // what it can be told later; or plain data
 *     }
 *     const application = await host.actor(import.meta.url, 'startApplication', { port: 8080 });
 *     await application.call('pause');
 *
 * The function may be async; the actor is ready once it has returned.
 */
import { beside } from './beside.mjs';
import { PATIENCE_MS, Program } from './program.mjs';

const STAGE = beside(import.meta.url, 'stage.mjs');

export class Actor {
  #program;
  #waiting = new Map();
  #calls = 0;

  /**
   * `keyLog`: a file to which Node's TLS writes its keys. `env`: added to the environment.
   * `patienceMs`: how long the function may take.
   */
  static async start(teardown, { host, url, name, input, keyLog = null, env = {}, patienceMs = PATIENCE_MS }) {
    const flags = keyLog === null ? [] : [`--tls-keylog=${keyLog}`];
    const command = host.inside('env', ...Object.entries(env).map(([key, value]) => `${key}=${value}`));
    const program = await Program.start(teardown, {
      name: `${name} on ${host.name}`,
      command: [...command, process.execPath, ...flags, STAGE, url, name],
      ipc: true,
    });
    const actor = new Actor(program);
    actor.result = await actor.#answer({ input }, patienceMs);
    return actor;
  }

  constructor(program) {
    this.#program = program;
    program.onMessage(({ id, result, error }) => {
      const settle = this.#waiting.get(id);
      this.#waiting.delete(id);
      settle?.(error === undefined ? { result } : { error });
    });
  }

  /** Calls a method of what the function returned, and gives its answer. */
  call(method, ...args) {
    return this.#answer({ method, args }, PATIENCE_MS * 3);
  }

  get program() {
    return this.#program;
  }

  end(signal) {
    return this.#program.end(signal);
  }

  async #answer(message, patienceMs) {
    this.#calls += 1;
    const id = this.#calls;
    const answer = new Promise((resolve) => {
      this.#waiting.set(id, resolve);
    });
    this.#program.send({ id, ...message });
    const { result, error } = await this.#program.inTime(`${message.method ?? 'to be ready'}`, answer, patienceMs);
    if (error !== undefined) throw new Error(`${this.#program.name}: ${error}`);
    return result;
  }
}
