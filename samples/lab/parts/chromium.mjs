/**
 * Chromium without a screen, told what to do over a pipe (the DevTools protocol). Its profile, its
 * certificate store with the lab's own authority, and its key log belong to one take.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inTime, run } from './program.mjs';

/** A browser on a busy machine with two processors takes its time to start. */
const PATIENCE_MS = 30_000;

/** What a browser does of its own accord would only be noise beside the story. */
const QUIET = [
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-sync',
  '--disable-extensions',
  '--disable-domain-reliability',
  '--metrics-recording-only',
  '--disable-features=MediaRouter,OptimizationHints,NetworkTimeServiceQuerying,CertificateTransparencyComponentUpdater',
];

/** Names that the browser asks for on its own account. */
const OWN_NAMES = ['*.google.com', '*.googleapis.com', '*.gstatic.com', '*.gvt1.com'];

/** `net.network_prediction_options`: never open a connection ahead of need ("Preload pages" off). */
const NO_PREDICTION = 2;

/**
 * Starts Chromium on the host.
 *
 * - `authority`: trusted (certificates.mjs); `null` trusts nobody new.
 * - `resolve`: `{ name: address }`, answered without DNS; `null` asks the host's name server.
 * - `keyLog`: the file for its TLS keys; `null` writes none.
 * - `preconnects: false`: it opens connections only when it has a request for them, as where "Preload pages" is off.
 * - `flags`: further command line.
 */
export async function startChromium(lab, host, { authority, resolve, keyLog, preconnects = true, flags = [] }) {
  const home = await lab.folder(`chromium-${host.name}`);
  if (authority !== null) await trust(home, authority);
  const profile = join(home, 'profile');
  if (!preconnects) await writePreferences(profile, { net: { network_prediction_options: NO_PREDICTION } });
  const rules = [
    ...OWN_NAMES.map((name) => `MAP ${name} ~NOTFOUND`),
    ...Object.entries(resolve ?? {}).map(([name, address]) => `MAP ${name} ${address}`),
  ];
  // It leaves sockets where temporary files are, and a socket's path must be short.
  const sockets = await lab.teardown.make(
    `the sockets of chromium on ${host.name}`,
    () => mkdtemp(join(tmpdir(), 'pcapdx-lab-')),
    (made) => rm(made, { recursive: true, force: true }),
  );
  const program = await host.start({
    name: `chromium on ${host.name}`,
    command: [
      'chromium',
      ...['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--remote-debugging-pipe'],
      `--user-data-dir=${profile}`,
      ...QUIET,
      `--host-resolver-rules=${rules.join(', ')}`,
      ...flags,
      'about:blank',
    ],
    pipes: true,
    env: {
      HOME: home,
      TMPDIR: sockets,
      XDG_CONFIG_HOME: home,
      XDG_CACHE_HOME: home,
      ...(keyLog === null ? {} : { SSLKEYLOGFILE: keyLog }),
    },
  });
  const browser = new Chromium(program);
  await browser.command('Target.setDiscoverTargets', { discover: true });
  return browser;
}

async function writePreferences(profile, preferences) {
  await mkdir(join(profile, 'Default'), { recursive: true });
  await writeFile(join(profile, 'Default/Preferences'), JSON.stringify(preferences));
}

async function trust(home, authority) {
  const folder = join(home, '.pki/nssdb');
  const store = `sql:${folder}`;
  await mkdir(folder, { recursive: true });
  await run('certutil', '-d', store, '-N', '--empty-password');
  await run('certutil', '-d', store, '-A', '-t', 'C,,', '-n', authority.commonName, '-i', authority.certificate);
}

export class Chromium {
  #program;
  #waiting = new Map();
  #listeners = new Set();
  #commands = 0;

  constructor(program) {
    this.#program = program;
    let text = '';
    program.pipes.toProgram.on('error', () => {}); // the browser has ended
    program.pipes.fromProgram.setEncoding('utf8').on('data', (piece) => {
      const messages = (text + piece).split('\0');
      text = messages.pop();
      for (const message of messages) this.#take(JSON.parse(message));
    });
  }

  /** Sends one command of the DevTools protocol and gives its result. */
  command(method, params = {}, sessionId = undefined) {
    this.#commands += 1;
    const id = this.#commands;
    const answer = new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ result, error }) =>
        error === undefined ? resolve(result) : reject(new Error(`${method}: ${error.message}`)),
      );
    });
    this.#program.pipes.toProgram.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return this.#program.inTime(method, answer, PATIENCE_MS);
  }

  /** Opens a tab. */
  async openTab() {
    const { targetId } = await this.command('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.command('Target.attachToTarget', { targetId, flatten: true });
    for (const domain of ['Page', 'Network', 'Runtime']) await this.command(`${domain}.enable`, {}, sessionId);
    return new Tab(this, sessionId);
  }

  /** Ends the browser as a user does: all windows closed, connections with them. */
  async close() {
    await this.command('Browser.close').catch(() => {}); // it may be gone before it answers
    await this.#program.end();
  }

  /** Calls `listener` with each event of the session until the function that it returns is called. */
  on(sessionId, listener) {
    const filtered = (message) => {
      if (message.sessionId === sessionId) listener(message);
    };
    this.#listeners.add(filtered);
    return () => this.#listeners.delete(filtered);
  }

  #take(message) {
    if (message.id === undefined) {
      for (const listener of this.#listeners) listener(message);
      return;
    }
    this.#waiting.get(message.id)?.(message);
    this.#waiting.delete(message.id);
  }
}

export class Tab {
  #browser;
  #session;

  constructor(browser, session) {
    this.#browser = browser;
    this.#session = session;
  }

  /**
   * Opens `url` and waits until it is loaded or has failed. Gives `{ status, title, text, error }` as the
   * reader of the page sees it: `error` is Chromium's own name of the failure (`net::ERR_…`), `null` without.
   */
  async open(url) {
    let status = null;
    let loaded = () => {};
    const load = new Promise((resolve) => {
      loaded = resolve;
    });
    const stop = this.#browser.on(this.#session, ({ method, params }) => {
      if (method === 'Network.responseReceived' && params.type === 'Document') status = params.response.status;
      if (method === 'Page.loadEventFired') loaded();
    });
    try {
      const { errorText } = await this.#browser.command('Page.navigate', { url }, this.#session);
      if (errorText !== undefined) return { status, title: null, text: null, error: errorText };
      await inTime(`${url} to be loaded`, load, PATIENCE_MS);
      const [title, text] = [await this.evaluate('document.title'), await this.evaluate('document.body.innerText')];
      return { status, title, text, error: null };
    } finally {
      stop();
    }
  }

  /** Evaluates an expression in the page and gives its value (a promise is waited for). */
  async evaluate(expression) {
    const parameters = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await this.#browser.command('Runtime.evaluate', parameters, this.#session);
    if (exceptionDetails !== undefined)
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }
}
