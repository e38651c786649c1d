/** A server with one worker, which a browser's spare connection holds: nobody is answered until that ends. */
import { connect } from 'node:net';
import { beside } from '../parts/beside.mjs';
import { curl } from '../parts/curl.mjs';
import { CLIENT, FRONT, frontNetwork } from '../parts/front.mjs';
import { pause } from '../parts/program.mjs';

const SHOP = `${FRONT}:80`;
const ONE = 'HTTPServer';
const THREADS = 'ThreadingHTTPServer';

/** How long each spare connection is kept, milliseconds: each browser gives up at another time. */
const HELD_MS = [2300, 3100];
/** Shoppers who come while one is, and how soon they do, milliseconds. */
const SHOPPERS = 3;
const COME_MS = 300;
const PACE_MS = 80;
const BEFORE = 8;

const SLOW = (count) => ({
  what: '200 a second and more behind its request',
  filter: 'http.response.code == 200 && http.time > 1',
  count,
  fault: true,
});
const ORDERS = BEFORE + HELD_MS.length * SHOPPERS;
const ANSWERS = { what: '200', filter: 'http.response.code == 200', count: ORDERS, own: { response: 200, from: SHOP } };

const SET_UP =
  "An application with Python's http.server, captured on its host; orders are asked for one by one, each on a connection of its own, and twice a connection is opened and used for nothing, as browsers do ahead, for 2.3 and 3.1 s";

export const scenario = {
  name: 'held-up',
  about: 'A server serves one connection after the other, and a browser opens one that it does not use yet.',
  programs: ['curl'],
  samples: [
    {
      file: 'slow-response-held-up.pcapng',
      setUp: SET_UP,
      decisive: [ONE],
      wrong:
        'While the spare connection is open the server waits for its request: those of three shoppers are acknowledged by the kernel, and answered the moment it ends',
      diagnosis: `slow-response: ${SHOP} answers ${HELD_MS.length * SHOPPERS} requests only when a connection without a request has ended, 1.8 to 2.8 s later (warning, likely, held-up): it has one worker. Ruled out: the network (acknowledged at once), long work (the same is answered within milliseconds before and after). Remedy: threads (\`ThreadingHTTPServer\`), or a proxy before it`,
      twin: 'slow-response-held-up-healthy.pcapng',
      differs: [`- ${ONE}`, `+ ${THREADS}`],
      marks: [SLOW(HELD_MS.length * SHOPPERS), ANSWERS],
      take: (lab) => take(lab, ONE),
      faults: (_, told) => told.filter(({ status, ms, held }) => status !== 200 || ms > 1000 !== held).map(order),
    },
    {
      file: 'slow-response-held-up-healthy.pcapng',
      setUp: SET_UP,
      decisive: [THREADS],
      wrong: null,
      diagnosis: 'nothing: the spare connections have threads of their own',
      marks: [SLOW(0), ANSWERS],
      take: (lab) => take(lab, THREADS),
      faults: (_, told) => told.filter(({ status, ms }) => status !== 200 || ms > 1000).map(order),
    },
  ],
};

async function take(lab, kind) {
  lab.setting('server', kind);
  const { client, front } = await frontNetwork(lab);
  const script = beside(import.meta.url, 'held-up/order-service.py');
  const program = await front.start({ name: 'the order service', command: ['python3', script, FRONT, '80', kind] });
  await front.listens(program, [SHOP]);
  const browser = await client.actor(import.meta.url, 'startBrowser', { from: CLIENT, address: FRONT });
  await lab.capture(front, { device: 'any', filter: 'tcp' });
  const told = [];
  const ask = async (held) => {
    const beganMs = Date.now();
    const { transfers } = await curl(client, [`http://${FRONT}/orders`], {
      options: ['--header', 'Host: shop.example'],
    });
    told.push({ status: transfers[0]?.status ?? 0, ms: Date.now() - beganMs, held });
  };
  const askInTurn = async (count) => {
    for (let at = 0; at < count; at += 1) {
      await ask(false);
      await pause(PACE_MS);
    }
  };
  await askInTurn(BEFORE / 2);
  for (const heldMs of HELD_MS) {
    const spare = browser.call('openSpare', heldMs);
    await pause(COME_MS);
    const shoppers = [];
    for (let at = 0; at < SHOPPERS; at += 1) {
      shoppers.push(ask(true));
      await pause(PACE_MS);
    }
    await Promise.all([spare, ...shoppers]);
    await askInTurn(BEFORE / 2 / HELD_MS.length);
  }
  await client.allClosed();
  return told;
}

function order({ status, ms }) {
  return `an order was answered ${status} after ${ms} ms`;
}

/** Runs as an actor: opens connections that it does not use. */
export function startBrowser({ from, address }) {
  return {
    openSpare: (heldMs) =>
      new Promise((resolve) => {
        const spare = connect({ host: address, port: 80, localAddress: from });
        spare.resume().on('error', () => undefined);
        setTimeout(() => spare.end(), heldMs);
        spare.once('close', () => resolve(null));
      }),
  };
}
