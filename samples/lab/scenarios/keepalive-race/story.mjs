/**
 * Orders through a front that keeps its connections to the application, ten milliseconds away, longer than the
 * application does. An order that is sent just when the application gives its connection up is lost.
 *
 * Nothing is forced: shoppers come again after an idleness that lies around the application's time-out, and
 * the story moves it by a few milliseconds as long as they come too early or too late to meet it.
 */
import { BACK, CLIENT, FRONT, frontNetwork } from '../../parts/front.mjs';
import { SHOP, startShopFront } from '../../parts/shop-front.mjs';
import { SHOPPERS } from '../../parts/shoppers.mjs';

/** Where the application answers. */
export const SERVER = `${BACK}:8080`;
/** How many orders, and how many requests that nginx may send again, are to meet the end of their connection. */
export const LOST_ORDERS = 4;
export const LOST_READS = 2;

const OTHER_CLIENTS = ['10.0.0.11', '10.0.0.12'];
/** The application is at another site. */
const BACK_LINE = { kind: 'tap', oneWayMicroseconds: 5000 };
/** A request is on its way for about so long before it meets what the application does at its time-out. */
const ON_ITS_WAY_MS = 6;
/** By how much the idleness is moved. */
const STEP_MS = 3;
/** So many visits at most; on a calm machine one in one meets the close. */
const MOST_VISITS = 12;
/** Visits that come again well within the time-out. */
const SHORT_IDLE_MS = [250, 600];

/**
 * `startServer(lab, back)` starts the application; `capture`: which host and device; `idleMs`: the idleness
 * after which the application closes; `pool`: the lines of the front's upstream block; `races: false`: nothing is
 * expected to be lost, and the shoppers come again after the same idleness six times.
 */
export async function racingOrders(lab, { startServer, capture, idleMs, pool, races }) {
  const hosts = await frontNetwork(lab, { clients: OTHER_CLIENTS, backLine: BACK_LINE });
  await startServer(lab, hosts.back);
  const front = await startShopFront(lab, hosts.front, { upstream: [`server ${SERVER};`, ...pool] });
  const shoppers = await hosts.client.actor(SHOPPERS, 'startShoppers', { to: FRONT, site: SHOP });
  await lab.capture(hosts[capture.host], { device: capture.device });
  const told = { lostOrders: 0, lostReads: 0, visits: 0, statuses: [] };
  const visit = async (last) => {
    await othersLookAround(shoppers);
    const answers = await shoppers.call('askInTurn', [
      { from: CLIENT, method: 'POST', path: '/api/carts', body: { sku: 'TEA-0041', count: 1 } },
      { from: CLIENT, ...last },
    ]);
    told.visits += 1;
    told.statuses.push(answers.at(-1).status);
    return (await front.log()).at(-1);
  };
  for (const afterMs of SHORT_IDLE_MS) await visit({ ...order(told.visits), afterMs });
  let afterMs = idleMs - ON_ITS_WAY_MS;
  while (told.lostOrders < LOST_ORDERS || told.lostReads < LOST_READS) {
    if (told.visits >= MOST_VISITS) break;
    if (!races && told.visits >= SHORT_IDLE_MS.length + LOST_ORDERS + LOST_READS) break;
    // An order, an order, a look at the products: as long as there are some to lose.
    const isOrder = told.lostOrders < LOST_ORDERS && (told.lostReads === LOST_READS || told.visits % 3 !== 1);
    const { tries } = await visit({ ...(isOrder ? order(told.visits) : { path: '/api/products' }), afterMs });
    if (tries[0].status === 502) told[isOrder ? 'lostOrders' : 'lostReads'] += 1;
    else if (races) afterMs += tries[0].isFresh ? -STEP_MS : STEP_MS;
  }
  await shoppers.call('leave');
  await hosts.front.allClosed();
  return told;
}

/** Two at once, so that the front has more than one connection; the ones it does not need again idle to their end. */
function othersLookAround(shoppers) {
  return shoppers.call('askAll', [
    { from: OTHER_CLIENTS[0], path: '/' },
    { from: OTHER_CLIENTS[1], path: '/api/products' },
  ]);
}

function order(number) {
  return { method: 'POST', path: '/api/orders', body: { cart: 9100 + number, pay: 'invoice' } };
}
