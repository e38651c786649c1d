/** The client side of a load balancer, on Node's http client: sends the requests that it is told to, for viewers behind it. */
import http from 'node:http';

const BROWSERS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15',
  'Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0',
];

/** Someone behind the load balancer: an address (RFC 5737), a browser and a session of one's own. */
export function viewer(address, index) {
  return { address, browser: BROWSERS[index % BROWSERS.length], session: `s${(index + 1) * 7919}` };
}

/** Starts it on the host; `ask` sends one request and gives `{ status }` or `{ error }`. */
export async function startLoadBalancer(host) {
  const actor = await host.actor(import.meta.url, 'loadBalancer', {});
  let count = 0;
  return {
    ask({ viewer, site, method = 'GET', path, body, from, pool = null, abort }) {
      count += 1;
      const headers = forwardedFields(viewer, site, count);
      if (body !== undefined)
        Object.assign(headers, { 'Content-Type': 'application/json', 'Content-Length': body.length });
      return actor.call('ask', { from, to: site.address, port: site.port, pool, method, path, headers, body, abort });
    },
    /** Closes the idle connections of all pools. */
    closePools: () => actor.call('closePools'),
  };
}

/** The fields in the order in which an AWS application load balancer writes them. */
function forwardedFields(viewer, site, id) {
  return {
    'X-Forwarded-For': viewer.address,
    'X-Forwarded-Proto': 'https',
    'X-Forwarded-Port': '443',
    Host: site.name,
    'X-Amzn-Trace-Id': `Root=1-66670000-${id.toString(16).padStart(24, '0')}`,
    'User-Agent': viewer.browser,
    Accept: '*/*',
    'Accept-Encoding': 'gzip, deflate, br',
    Cookie: `session=${viewer.session}`,
  };
}

/**
 * The actor. `pool` names a kept-alive connection, opened when needed; `null` takes a fresh connection and
 * closes it after the answer. `abort` makes the client give up with a reset: `{ afterMs }` while it waits,
 * `{ afterAnswerMs }` so long after the answer began.
 */
export function loadBalancer() {
  const pools = new Map();
  const agentOf = (from, pool) => {
    const fresh = () => new http.Agent({ keepAlive: true, maxSockets: 1 });
    if (pool === null) return fresh();
    const key = `${from} ${pool}`;
    if (!pools.has(key)) pools.set(key, fresh());
    return pools.get(key);
  };
  return {
    ask: ({ from, pool, ...request }) =>
      forwarded({ agent: agentOf(from, pool), closes: pool === null, from, ...request }).then(
        (status) => ({ status }),
        (error) => ({ error: error.code ?? error.message }),
      ),
    closePools() {
      for (const agent of pools.values()) agent.destroy();
      pools.clear();
    },
  };
}

function forwarded({ agent, closes, from, to, port, method, path, headers, body, abort }) {
  return new Promise((resolve, reject) => {
    const request = http.request({ agent, localAddress: from, host: to, port, method, path, headers });
    request.once('error', reject);
    request.once('close', () => {
      if (closes) agent.destroy();
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
