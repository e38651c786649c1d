/** Clients of the live quotes: programs with a WebSocket library of their own, each on its own address. */

import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pause } from '../../parts/program.mjs';
import { openWebSocket } from '../../parts/websocket.mjs';

/** How long a refused viewer waits before its second try unless told otherwise, milliseconds; then twice as long, and so on. */
const FIRST_RETRY_MS = 400;

/**
 * Lets all of `viewers` watch at once. Each is `{ from, origin, secure, startsAfterMs, alerts }`; `to` is the server
 * `{ address, name, authority }`, `authority` the certificate file that `secure` viewers trust.
 *
 * - `messages`: how many a viewer waits for before it goes on.
 * - `alerts` of a viewer (default 1): how many it sets, 400 ms apart.
 * - `note` (default none): what it writes into each alert.
 * - `staysMs`: how long it then stays connected without a word of its own; `null`: it leaves.
 * - `tries`: how often it tries when it is refused or cut off; `retryMs`: how long it waits before the second try.
 *
 * Gives for each `{ from, statuses, messages, codes, pings }`.
 */
export async function watchAll({
  to,
  viewers,
  messages,
  note = '',
  staysMs = null,
  tries = 3,
  retryMs = FIRST_RETRY_MS,
}) {
  return Promise.all(viewers.map((viewer) => watch(to, viewer, { messages, note, staysMs, tries, retryMs })));
}

async function watch(to, viewer, { messages, note, staysMs, tries, retryMs }) {
  const seen = { from: viewer.from, statuses: [], messages: 0, codes: [], pings: 0 };
  await pause(viewer.startsAfterMs);
  await ask(destination(to, viewer), { path: '/api/status', headers: fieldsOf(to, viewer) });
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const { status, peer } = await openWebSocket({
      ...destination(to, viewer),
      path: '/live',
      headers: fieldsOf(to, viewer),
    });
    seen.statuses.push(status);
    if (peer !== null) {
      const isLast = attempt === tries;
      seen.codes.push(
        await converse(peer, { messages, alerts: viewer.alerts ?? 1, note, staysMs: isLast ? null : staysMs, seen }),
      );
      if (seen.codes.at(-1) === 1000) break;
    }
    if (attempt < tries) await pause(retryMs * attempt);
  }
  return seen;
}

/** Subscribes, waits for its messages, sets alerts, stays, leaves. Gives the code of the end. */
async function converse(peer, { messages, alerts, note, staysMs, seen }) {
  const wanted = new Promise((resolve) => {
    let count = 0;
    peer.onText = () => {
      count += 1;
      seen.messages += 1;
      if (count === messages) resolve();
    };
  });
  peer.send('{"subscribe":["ACME"]}');
  await Promise.race([wanted, peer.closed]);
  for (let alert = 0; alert < alerts; alert += 1) {
    if (alert > 0) await pause(400);
    peer.send(`{"alert":"ACME","above":${108 + alert}${note === '' ? '' : `,"note":"${note}"`}}`);
  }
  await Promise.race([pause(staysMs ?? 300), peer.closed]);
  peer.close(1000);
  const code = await peer.closed;
  seen.pings += peer.pings;
  return code;
}

function destination({ address, name, authority }, { from, secure = false }) {
  const tls = secure ? { secure, servername: name, ca: readFileSync(authority), ALPNProtocols: ['http/1.1'] } : {};
  return { host: address, port: secure ? 443 : 80, localAddress: from, ...tls };
}

function fieldsOf({ name }, { origin, agent = 'quotes-desktop/3.4 (Linux)' }) {
  return { Host: name, Origin: origin, 'User-Agent': agent };
}

function ask({ secure, ...at }, { path, headers }) {
  return new Promise((resolve, reject) => {
    const request = (secure ? httpsRequest : httpRequest)({ ...at, path, headers, agent: false }, (response) => {
      response.resume().once('close', () => resolve(response.statusCode));
    });
    request.once('error', reject).end();
  });
}
