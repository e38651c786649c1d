/** A host of the lab: a network namespace, and what is done in it. */
import { Actor } from './actor.mjs';
import { outcome, Program, run, until } from './program.mjs';

export class Host {
  #teardown;

  constructor(teardown, name, namespace) {
    this.#teardown = teardown;
    this.name = name;
    this.namespace = namespace;
  }

  /** The command line that runs `command` on this host, under the same process id. */
  inside(...command) {
    return ['ip', 'netns', 'exec', this.namespace, ...command];
  }

  /** Runs a command to its end and gives what it printed. */
  run(...command) {
    return run(...this.inside(...command));
  }

  /** Runs a command whose failure is a result: its exit code and what it printed. */
  outcome(command, options) {
    return outcome(this.inside(...command), options);
  }

  async ip(...args) {
    await run('ip', '-n', this.namespace, ...args);
  }

  /** Starts a program on this host (program.mjs); `name` is for messages. */
  start({ command, ...options }) {
    return Program.start(this.#teardown, { ...options, command: this.inside(...command) });
  }

  /**
   * Runs the function `name` that the module `url` exports in a Node process on this host, and gives
   * what it returns (plain data). The process ends with it.
   */
  async perform(url, name, input, options) {
    const actor = await this.actor(url, name, input, options);
    await actor.end();
    return actor.result;
  }

  /** The same, and the process goes on: servers, and clients that are told what to do as the story goes (actor.mjs). */
  actor(url, name, input, options = {}) {
    return Actor.start(this.#teardown, { host: this, url, name, input, ...options });
  }

  /** The TCP connections of this host as `ss` filters them: receive queue in bytes, local and peer address:port. */
  async connections(...filter) {
    const listing = await this.run('ss', '-Htn', ...filter);
    return listing
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => {
        const columns = line.trim().split(/\s+/);
        const [local, peer] = columns.filter((column) => column.includes(':'));
        return { receiveQueue: Number(columns.find((column) => /^\d+$/.test(column))), local, peer };
      });
  }

  /**
   * Waits until no TCP connection of this host is left but those in TIME_WAIT; with an `address`, none of that
   * address of its own: a proxy keeps its connections to the servers behind it.
   */
  allClosed(patienceMs, address = null) {
    const local = address === null ? [] : ['src', address];
    const open = () => this.connections('state', 'connected', 'exclude', 'time-wait', ...local);
    return until(
      `all connections of ${this.name} to be closed`,
      async () => ((await open()).length === 0 ? true : null),
      patienceMs,
    );
  }

  /** Waits until something listens on each of `endpoints` (`address:port`) while `program` runs. */
  async listens(program, endpoints) {
    for (const endpoint of endpoints) {
      await until(`${program.name} to listen on ${endpoint}`, async () => {
        if (!program.running) throw new Error(`${program.name} ended early`);
        return (await this.#isListening(endpoint)) ? true : null;
      });
    }
  }

  async #isListening(endpoint) {
    const port = endpoint.slice(endpoint.lastIndexOf(':') + 1);
    const listing = await this.run('ss', '-Hltn', 'sport', '=', `:${port}`);
    return listing.split('\n').some((line) => {
      const local = line
        .trim()
        .split(/\s+/)[3]
        ?.replace(/%[^:]*/, ''); // bound to a device: 10.0.1.2%eth1:80
      return local === endpoint || local === `0.0.0.0:${port}` || local === `*:${port}`;
    });
  }
}
