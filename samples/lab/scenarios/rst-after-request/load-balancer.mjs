/**
 * A program: the client side of a load balancer, on Node's http client. Started with a message
 * channel, it sends the requests that it is told to:
 *
 *     { id, from, to, port, pool, method, path, headers, body, abort }
 *
 * `pool` names a kept-alive connection, opened when needed; `null` takes a fresh connection and
 * closes it after the answer. `abort` makes the client give up with a reset: `{ afterMs }` while it
 * waits, `{ afterAnswerMs }` so long after the answer began. Answers `{ id, status }` when the whole response
 * is there, or `{ id, error }`. `{ close: true }` closes all idle connections.
 */
import http from 'node:http';

const pools = new Map();

process.on('message', (message) => {
  if (message.close) {
    for (const agent of pools.values()) agent.destroy();
    pools.clear();
    return;
  }
  forward(message).then(
    (status) => process.send({ id: message.id, status }),
    (error) => process.send({ id: message.id, error: error.code ?? error.message }),
  );
});
process.on('disconnect', () => process.exit());
process.send({ ready: true });

function forward({ from, to, port, pool, method, path, headers, body, abort }) {
  const agent = agentOf(from, pool);
  return new Promise((resolve, reject) => {
    const request = http.request({ agent, localAddress: from, host: to, port, method, path, headers });
    request.once('error', reject);
    request.once('close', () => {
      if (pool === null) agent.destroy();
    });
    request.once('response', (response) => {
      response.resume();
      if (abort?.afterAnswerMs !== undefined) setTimeout(() => giveUp(request), abort.afterAnswerMs);
      response.once('error', reject);
      response.once('end', () => resolve(response.statusCode));
    });
    if (abort?.afterMs !== undefined) setTimeout(() => giveUp(request), abort.afterMs);
    request.end(body);
  });
}

/** Closes the connection with RST instead of FIN, as a client that wants no more of it does. */
function giveUp(request) {
  request.socket.resetAndDestroy();
}

function agentOf(from, pool) {
  const fresh = () => new http.Agent({ keepAlive: true, maxSockets: 1 });
  if (pool === null) return fresh();
  const key = `${from} ${pool}`;
  if (!pools.has(key)) pools.set(key, fresh());
  return pools.get(key);
}
