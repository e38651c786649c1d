/**
 * Clients of the shop, each with an address of its own and, like a browser, connections that it keeps:
 *
 *     const shoppers = await client.actor(SHOPPERS, 'startShoppers', { to: FRONT, site: SHOP });
 *     await shoppers.call('ask', { from: CLIENT, path: '/' });        // { status, bytes, complete, error, ms }
 */
import { Agent, request } from 'node:http';
import { pause } from './program.mjs';

/** The module that actor() is told. */
export const SHOPPERS = import.meta.url;

const BROWSERS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.0.0 Safari/537.36',
  'Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0',
  'ShopApp/4.18.2 (Android 14; Pixel 8)',
];

/** Runs as an actor. `to`: the front's address, on port 80; `site`: its name. */
export function startShoppers({ to, site }) {
  const agents = new Map();
  const agentOf = (from) => {
    if (!agents.has(from)) agents.set(from, new Agent({ keepAlive: true, localAddress: from }));
    return agents.get(from);
  };
  const ask = (asked) => answerTo({ ...asked, to, site, agent: agentOf(asked.from), browser: browserOf(asked.from) });
  return {
    ask,
    /** Several at once. */
    askAll: (all) => Promise.all(all.map(ask)),
    /** One after the other, each `afterMs` after the answer to the one before. */
    async askInTurn(all) {
      const answers = [];
      for (const { afterMs = 0, ...asked } of all) {
        if (afterMs > 0) await pause(afterMs);
        answers.push(await ask(asked));
      }
      return answers;
    },
    /** Closes the connections that nobody uses. */
    leave() {
      for (const agent of agents.values()) agent.destroy();
    },
  };
}

function browserOf(address) {
  return BROWSERS[Number(address.split('.').at(-1)) % BROWSERS.length];
}

/**
 * `body`: an object, sent as JSON. `abortAfterBytes`: the client gives up once it has received so many of the
 * response's body.
 */
function answerTo({
  from,
  to,
  site,
  agent,
  browser,
  method = 'GET',
  path,
  body = null,
  fields = {},
  abortAfterBytes = null,
}) {
  const started = performance.now();
  const content = body === null ? null : Buffer.from(JSON.stringify(body));
  const headers = { Host: site, 'User-Agent': browser, Accept: '*/*', ...fields };
  if (content !== null)
    Object.assign(headers, { 'Content-Type': 'application/json', 'Content-Length': content.length });
  return new Promise((resolve) => {
    const outcome = { status: 0, bytes: 0, complete: false, error: null };
    const end = (last) => resolve({ ...outcome, ...last, ms: Math.round(performance.now() - started) });
    const asked = request({ host: to, port: 80, localAddress: from, agent, method, path, headers });
    asked.on('error', (error) => end({ error: error.code ?? error.message }));
    asked.on('response', (response) => {
      outcome.status = response.statusCode;
      response.on('data', (piece) => {
        outcome.bytes += piece.length;
        if (abortAfterBytes !== null && outcome.bytes >= abortAfterBytes) response.destroy();
      });
      response.on('error', (error) => end({ error: error.code ?? error.message }));
      response.on('close', () => end({ complete: response.complete }));
    });
    asked.end(content ?? undefined);
  });
}
