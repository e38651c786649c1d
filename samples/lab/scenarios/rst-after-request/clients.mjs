/** The client side of a lab: a load balancer that forwards for viewers, and curl. */
import { fileURLToPath } from 'node:url';
import { inside } from './network.mjs';
import { outcome, PATIENCE_MS, Program } from './program.mjs';

const LOAD_BALANCER = fileURLToPath(new URL('load-balancer.mjs', import.meta.url));

const BROWSERS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15',
  'Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0',
];

/** Someone behind the load balancer: an address (RFC 5737), a browser and a session of one's own. */
export function viewer(address, index) {
  return { address, browser: BROWSERS[index % BROWSERS.length], session: `s${(index + 1) * 7919}` };
}

/** Starts the load balancer; `ask` sends one request and gives `{ status }` or `{ error }`. */
export async function startLoadBalancer(teardown, { namespace }) {
  const program = await Program.start(teardown, {
    name: 'load balancer',
    command: inside(namespace, process.execPath, LOAD_BALANCER),
    ipc: true,
  });
  const waiting = new Map();
  const ready = new Promise((resolve) => {
    program.onMessage((message) => {
      if (message.ready) resolve();
      waiting.get(message.id)?.(message);
      waiting.delete(message.id);
    });
  });
  await inTime('the load balancer to be ready', ready);
  let count = 0;
  return {
    ask({ viewer, site, method = 'GET', path, body, from, pool = null, abort }) {
      count += 1;
      const id = count;
      const headers = forwardedFields(viewer, site, id);
      if (body !== undefined)
        Object.assign(headers, { 'Content-Type': 'application/json', 'Content-Length': body.length });
      const answer = new Promise((resolve) => waiting.set(id, resolve));
      program.send({ id, from, to: site.address, port: site.port, pool, method, path, headers, body, abort });
      return inTime(`an answer to ${method} ${path}`, answer);
    },
    /** Closes the idle connections of all pools. */
    closePools() {
      program.send({ close: true });
    },
  };
}

/** Runs curl from the address `from` for `urls`, one after the other; gives its exit code and the status of each, 0 without one. */
export async function curl(namespace, from, urls, options = []) {
  const targets = urls.flatMap((url) => ['--output', '/dev/null', url]);
  const limits = ['--silent', '--max-time', '8', '--write-out', '%{http_code}\n'];
  const { code, stdout } = await outcome(
    ...inside(namespace, 'curl', '--interface', from, ...limits, ...options, ...targets),
  );
  return { code, statuses: stdout.trim().split('\n').map(Number) };
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

function inTime(what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${PATIENCE_MS} ms in vain: ${what}`)), PATIENCE_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
