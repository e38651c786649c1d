/**
 * Who asks what of whom in the sample `rst-after-request`: three servers on one host, a load
 * balancer with two addresses in front of them, and a monitor. All counts that the sample must show
 * stand here, beside the plan that makes them.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { curl } from '../../parts/curl.mjs';
import { pause } from '../../parts/program.mjs';
import { viewer } from './load-balancer.mjs';

/** nginx, healthy; the security agent watches this one. */
export const SHOP = { address: '10.0.1.43', port: 80, name: 'serv1.example' };
/** A Node application that stands still and is killed. */
export const ORDERS = { address: '10.0.1.44', port: 8080, name: 'orders.example' };
/** nginx; nothing ever happens to it but clients. */
export const CATALOGUE = { address: '10.0.1.45', port: 80, name: 'catalogue.example' };

export const BALANCERS = ['10.0.0.10', '10.0.0.11'];
export const MONITOR = '10.0.0.30';
const FROM_MONITOR = ['--interface', MONITOR];

const VIEWERS = ['198.51.100.14', '198.51.100.77', '192.0.2.8', '198.51.100.201', '192.0.2.140', '192.0.2.33'].map(
  viewer,
);

/** Scans the shop for holes, with the same browser name, fields and paths as everyone else. */
export const SCANNER = viewer('203.0.113.66', VIEWERS.length);

const PATHS = ['/', '/products.html', '/assets/site.css', '/about.html', '/search?q=lamp'];
const POST_PATH = '/contact';

/** What the sample must show: with the incidents, and in the healthy twin. */
export const COUNTS = {
  /** Requests of the scanner that the agent resets: all after the first; 4 of them on a connection that had served before. */
  shopReset: 17,
  shopResetOnReused: 4,
  /** 63 of viewers and the scanner's first. */
  shopAnswered: 64,
  ordersAnswered: 17,
  /** Unread at the kill: 4 on connections in use, 3 on connections that the application never accepted. */
  ordersKilled: 7,
  ordersKilledUnaccepted: 3,
  /** Connection attempts after it. */
  ordersRefused: 5,
  catalogueAnswered: 33,
  /** Clients that gave up: one waiting, one in the middle of the answer. */
  catalogueAborted: 2,
};

const DOCUMENTS = {
  [SHOP.name]: {
    'index.html': page('Welcome'),
    'products.html': page('Products'),
    'about.html': page('About us'),
    'assets/site.css': 'body { margin: 2em; font: 16px/1.5 sans-serif; }\n',
  },
  [CATALOGUE.name]: {
    'index.html': page('Catalogue'),
    'items/1.json': '{"item":1,"name":"lamp","price":1900}\n',
    'items/2.json': '{"item":2,"name":"desk","price":15900}\n',
    'report.json': '{"sold":412}\n',
    'catalogue.bin': Buffer.alloc(64 * 1024, 'catalogue '),
  },
};

/** Writes the documents of the two nginx sites and gives their folder. */
export async function writeDocuments(lab) {
  const folder = await lab.folder('documents');
  for (const [site, documents] of Object.entries(DOCUMENTS)) {
    for (const [path, content] of Object.entries(documents)) {
      const file = join(folder, site, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
    }
  }
  return folder;
}

/** The http block of the two nginx sites. */
export function nginxSites(folder) {
  return `
  log_format entries escape=json '$server_name {"viewer":"$http_x_forwarded_for","request":"$request","status":$status}';
  keepalive_timeout 75s;
  # One a second, the others wait their turn: how a slow answer is had from nginx alone.
  limit_req_zone $server_name zone=reports:64k rate=1r/s;
  server {
    listen ${SHOP.address}:${SHOP.port};
    server_name ${SHOP.name};
    root ${folder}/${SHOP.name};
    access_log /dev/stdout entries;
    location = /search { default_type application/json; return 200 '{"hits":[]}'; }
    location = ${POST_PATH} { return 303 /; }
  }
  server {
    listen ${CATALOGUE.address}:${CATALOGUE.port};
    server_name ${CATALOGUE.name};
    root ${folder}/${CATALOGUE.name};
    access_log /dev/stdout entries;
    location = /report.json { limit_req zone=reports burst=5; }
    location = /catalogue.bin { limit_rate 6k; }
  }`;
}

/** The shop: viewers all the time; the scanner's first request, then one in every four. Fresh and kept-alive connections. */
export async function visitShop(balancer) {
  const statuses = [];
  const plan = shopPlan();
  for (const [index, visit] of plan.entries()) {
    statuses.push(await balancer.ask({ ...visit, site: SHOP }));
    await pause(12 + ((index * 7) % 20));
  }
  return statuses;
}

function shopPlan() {
  const plan = [];
  const visit = (pool, from) => {
    const index = plan.length;
    const post = index % 10 === 4;
    plan.push({
      viewer: VIEWERS[index % VIEWERS.length],
      method: post ? 'POST' : 'GET',
      path: post ? POST_PATH : PATHS[index % PATHS.length],
      ...(post ? { body: '{"message":"hello"}' } : {}),
      pool,
      from,
    });
  };
  const scan = (path, pool, from) => plan.push({ viewer: SCANNER, path, pool, from });

  for (let index = 0; index < 12; index += 1)
    visit(index % 2 === 0 ? null : `shop ${index % 3}`, BALANCERS[index % 4 < 2 ? 0 : 1]);
  scan('/search?q=%27%20OR%201=1--', null, BALANCERS[0]);
  for (let round = 0; round < COUNTS.shopReset; round += 1) {
    const from = BALANCERS[round % 2];
    visit(`shop ${round % 3}`, from);
    // Every fourth time on the connection that has just served a viewer.
    scan(PATHS[round % PATHS.length], round % 4 === 3 ? `shop ${round % 3}` : null, from);
    visit(null, BALANCERS[(round + 1) % 2]);
    visit(round % 2 === 0 ? null : `shop ${(round + 1) % 3}`, from);
  }
  return plan;
}

/**
 * The orders: answered, then the application stands still while requests arrive, then it is killed
 * (`incident`) or goes on. Later requests find nobody, or an answer.
 */
export async function placeOrders(balancer, { application, incident, clients }) {
  const results = { before: [], unread: [], after: [] };
  const ask = (index, rest) =>
    balancer.ask({
      viewer: VIEWERS[index % VIEWERS.length],
      site: ORDERS,
      path: '/orders',
      from: BALANCERS[index % 2],
      ...rest,
    });

  const kept = (index) => ({ pool: `orders ${index}`, from: BALANCERS[index % 2] });
  for (let index = 0; index < 15; index += 1) {
    const post = index % 5 === 3 ? { method: 'POST', body: '{"item":1}' } : {};
    results.before.push(await ask(index, { ...kept(index % 5), ...post }));
    await pause(40);
  }
  for (const index of [0, 1]) results.before.push(await ask(index, { path: '/orders/1001' }));

  await application.left(5); // the two fresh ones are closed
  await application.block();
  const asked = [0, 1, 2, 3].map((index) => ask(index, kept(index))); // the fifth connection stays idle
  asked.push(ask(0, { method: 'POST', body: '{"item":2}' }), ask(1, {}), ask(2, { path: '/orders/1001' }));
  await application.unread(COUNTS.ordersKilled);
  await pause(350); // it stands still for a while before someone loses patience
  if (incident) await application.kill();
  else application.release();
  results.unread = await Promise.all(asked);

  for (const index of [0, 1]) {
    results.after.push(await ask(index, {}));
    await pause(60);
  }
  for (const path of ['/orders', '/orders/1001', '/orders']) {
    const { code, transfers } = await curl(clients, [urlOf(ORDERS, path)], { options: FROM_MONITOR });
    results.after.push(code === 0 ? { status: transfers[0].status } : { error: `curl ${code}` });
    await pause(60);
  }
  return results;
}

/** The catalogue: kept-alive exchanges all the time, normal closes of either side, two clients that give up. */
export async function browseCatalogue(balancer, { clients }) {
  const results = [];
  const ask = (index, rest) =>
    balancer.ask({ viewer: VIEWERS[index % VIEWERS.length], site: CATALOGUE, from: BALANCERS[index % 2], ...rest });
  const read = async (paths, options = []) => {
    const urls = paths.map((path) => urlOf(CATALOGUE, path));
    const { transfers } = await curl(clients, urls, { options: [...FROM_MONITOR, ...options] });
    for (const { status } of transfers) results.push(status === 0 ? { error: 'curl' } : { status });
  };

  const paths = ['/', '/items/1.json', '/items/2.json', '/items/3.json'];
  for (let index = 0; index < 24; index += 1) {
    results.push(await ask(index, { pool: `catalogue ${index % 3}`, path: paths[index % paths.length] }));
    await pause(25);
  }
  const gaveUp = ask(1, { path: '/catalogue.bin', abort: { afterAnswerMs: 100 } });
  await read(['/', '/items/1.json', '/items/2.json']);
  await read(['/'], ['--head']);
  await read(['/items/1.json'], ['--header', 'Connection: close']);
  results.push(await gaveUp);

  const slow = [0, 1].map((index) => ask(index, { path: '/report.json' }));
  results.push(...(await Promise.all(slow)));
  results.push(await ask(2, { path: '/report.json', abort: { afterMs: 200 } }));
  for (let index = 0; index < 2; index += 1) results.push(await ask(index, { pool: 'catalogue 0', path: '/' }));
  return results;
}

function urlOf({ address, port }, path) {
  return `http://${address}:${port}${path}`;
}

function page(title) {
  return `<!doctype html>\n<title>${title}</title>\n<h1>${title}</h1>\n`;
}
