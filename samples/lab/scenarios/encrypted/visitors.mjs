/**
 * Visitors of the shop, each with an address and a connection of its own that it keeps until it leaves.
 *
 *     const visitors = await client.actor(VISITORS, 'startVisitors', { to: FRONT, site: 'shop.example', ca });
 *     await visitors.call('ask', { from: '10.0.0.11', path: '/' });      // { status, complete, bytes, ms }
 */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';

/** The module that actor() is told. */
export const VISITORS = import.meta.url;

/** Runs as an actor. `ca`: the file of the authority's certificate. */
export function startVisitors({ to, site, ca }) {
  const agents = new Map();
  const trusted = readFileSync(ca);
  const agentOf = (from) => {
    if (!agents.has(from)) agents.set(from, new Agent({ keepAlive: true, maxSockets: 1, localAddress: from }));
    return agents.get(from);
  };
  const ask = ({ from, method = 'GET', path, body = null, leavesAfterMs = null, leavesAfterBytes = null }) => {
    const started = performance.now();
    const headers = { Host: site, 'User-Agent': 'ShopApp/4.18.2 (Android 14; Pixel 8)', Accept: '*/*' };
    if (body !== null) Object.assign(headers, { 'Content-Type': 'application/json', 'Content-Length': body.length });
    return new Promise((resolve) => {
      const outcome = { status: 0, bytes: 0, complete: false, isReused: false };
      const end = () => resolve({ ...outcome, ms: Math.round(performance.now() - started) });
      const asked = request({
        ...{ host: to, port: 443, servername: site, ca: trusted, ALPNProtocols: ['http/1.1'] },
        ...{ agent: agentOf(from), localAddress: from, method, path, headers },
      });
      if (leavesAfterMs !== null) setTimeout(() => asked.destroy(), leavesAfterMs);
      asked.on('socket', () => {
        outcome.isReused = asked.reusedSocket;
      });
      asked.on('error', end);
      asked.on('response', (response) => {
        outcome.status = response.statusCode;
        response.on('data', (piece) => {
          outcome.bytes += piece.length;
          if (leavesAfterBytes !== null && outcome.bytes >= leavesAfterBytes) response.destroy();
        });
        response.on('error', end);
        response.on('close', () => {
          outcome.complete = response.complete;
          end();
        });
      });
      asked.end(body ?? undefined);
    });
  };
  return {
    ask,
    /** Comes again so long after an answer. */
    async askAgain({ afterMs, ...asked }) {
      await ask(asked);
      await pause(afterMs);
      return ask(asked);
    },
    askAll: (all) => Promise.all(all.map(ask)),
    leave() {
      for (const agent of agents.values()) agent.destroy();
      agents.clear();
    },
  };
}
