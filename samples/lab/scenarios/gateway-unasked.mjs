/** Requests that a proxy answers 503 by itself: no server counts as alive, its queue runs out, or it limits them. */
import { BACK, CLIENT, FRONT, frontNetwork } from '../parts/front.mjs';
import { haproxyConfiguration } from '../parts/haproxy-configuration.mjs';
import { pause } from '../parts/program.mjs';
import { startHaproxy } from '../parts/servers.mjs';
import { APPLICATION, closeShop, OTHER_CLIENTS, startShop, startShoppersOn } from '../parts/shop.mjs';
import { startShopApplication } from '../parts/shop-application.mjs';

const DEEP_CHECK = 'option httpchk GET /health';
const SHALLOW_CHECK = 'option httpchk GET /';
const CHECKS = 'server app1 10.0.1.43:8080 check inter 200ms fall 2 rise 2';
const STORY = 'the stock is away for 1.5 s: /health says 503, pages do without it';

/** Rounds of requests before, during and after; one every so many milliseconds. */
const ROUNDS = { before: 4, during: 6, after: 4 };
const ROUND_MS = 250;
const PER_ROUND = 3;
/** The second check that fails comes 0.2 to 0.4 s after the stock is away, the second that does not as long after it is back. */
const UNASKED = [PER_ROUND * (ROUNDS.during - 2), PER_ROUND * (ROUNDS.during + 2)];
const UNASKED_AFTER = 3;

const FEW = 'server app1 10.0.1.43:8080 maxconn 2';
const MANY = 'server app1 10.0.1.43:8080 maxconn 20';
const QUEUE = 'timeout queue 400ms';
const RUSHES = 3;
/** Two are worked on at once, two more after them, 0.3 s later; the others have waited too long by then. */
const PER_RUSH = 6;
const REPORT_MS = 300;
const WAITED = RUSHES * (PER_RUSH - 4);

/** Of each client, each of another path, so that it is known behind. */
const REPORTS = Array.from({ length: PER_RUSH }, (_, index) => ({
  from: [CLIENT, ...OTHER_CLIENTS][index % (1 + OTHER_CLIENTS.length)],
  path: `/reports/${index}`,
}));

const STRICT = 'limit_req zone=perip;';
const PATIENT = 'limit_req zone=perip burst=20 nodelay;';
const VISITS = 6;
/** A page and what it needs, at once, twice a second; five a second are allowed, so that one of them passes. */
const VISIT_MS = 500;
const PAGE = ['/', '/api/products', '/reports/today'];
const LIMITED = VISITS * (PAGE.length - 1);

const TOLD = (count) => ({
  what: '503 from the front',
  filter: `http.response.code == 503 && ip.src == ${FRONT} && tcp.srcport == 80`,
  count,
  fault: true,
  own: { response: 503, from: `${FRONT}:80` },
});
const ASKED = {
  what: 'request to the application',
  filter: `http.request && ip.dst == ${BACK} && tcp.dstport == 8080`,
};
const CHECK_FAILED = (count) => ({
  what: '503 of the application, to a check',
  filter: `http.response.code == 503 && ip.src == ${BACK}`,
  count,
  fault: true,
  own: { response: 503, from: APPLICATION },
});

const CHECKED =
  'HAProxy before one application, which it checks every 0.2 s; both legs, captured on the front on all devices; three clients. The application’s /health says 503 for 1.5 s, since the stock is away, which its pages do without';
const QUEUED = `HAProxy before one application; both legs, captured on the front on all devices; three clients ask for ${PER_RUSH} reports of ${REPORT_MS / 1000} s each, first in turn, then ${RUSHES} times at once`;
const VISITED = `nginx before one application; both legs, captured on the front on all devices; all visitors come from one address, as behind a balancer: ${VISITS} pages, each with two more requests`;

export const scenario = {
  name: 'gateway-unasked',
  about:
    'A proxy answers 503 by itself while nothing fails on the leg behind: no server counts as alive for it, its queue runs out, or it limits requests.',
  programs: ['nginx', 'haproxy'],
  samples: [
    {
      file: 'gateway-unasked-check.pcapng',
      setUp: CHECKED,
      decisive: [DEEP_CHECK, CHECKS, STORY],
      wrong:
        'after two checks were answered 503 the only server counts as down: HAProxy answers each request 503 at once, without asking anybody, though the application would have answered it',
      diagnosis: `gateway-unasked: 10.0.0.49:80 answers 503 by itself for some 1.5 s, one request after the other, with none behind, while all others have theirs (critical, likely). Supported: no server counts as alive, since the check before failed. Ruled out: a queue, as it answers at once. Remedy: let the check ask for what fails only when the server does`,
      twin: 'gateway-unasked-check-healthy.pcapng',
      differs: [`- ${DEEP_CHECK}`, `+ ${SHALLOW_CHECK}`],
      marks: [TOLD(UNASKED), CHECK_FAILED([5, 9])],
      take: (lab) => takeChecked(lab, DEEP_CHECK),
      faults: (_, answers) => failuresOf([...answers.before, ...answers.after.slice(PER_ROUND * UNASKED_AFTER)]),
    },
    {
      file: 'gateway-unasked-check-healthy.pcapng',
      setUp: CHECKED,
      decisive: [SHALLOW_CHECK, CHECKS, STORY],
      wrong: null,
      diagnosis: 'nothing: the check asks for a page, and all requests are answered by the application',
      marks: [TOLD(0), CHECK_FAILED(0)],
      take: (lab) => takeChecked(lab, SHALLOW_CHECK),
      faults: (_, { before, during, after }) => failuresOf([...before, ...during, ...after]),
    },
    {
      file: 'gateway-unasked-queue.pcapng',
      setUp: QUEUED,
      decisive: [FEW, QUEUE],
      wrong: `the server is asked for two at a time; of the others two are asked for 0.3 s later, and ${PER_RUSH - 4} are answered 503 after 0.4 s in the queue`,
      diagnosis: `gateway-unasked: 10.0.0.49:80 answers ${WAITED} requests 503 by itself after 0.4 s in its queue, while two were in progress behind, as many as ever (critical, likely). Supported: the queue’s time-out of 0.4 s. Ruled out: no server alive (it asked one meanwhile). Remedy: a higher maxconn, faster reports`,
      twin: 'gateway-unasked-queue-healthy.pcapng',
      differs: [`- ${FEW}`, `+ ${MANY}`],
      marks: [TOLD(WAITED), { ...ASKED, count: RUSHES * 4 + PER_RUSH }],
      take: (lab) => takeQueue(lab, FEW),
      faults: (_, { calm, rushed }) => [
        ...failuresOf(calm),
        ...(rushed.filter(isGood).length === RUSHES * 4 ? [] : [`of the reports ${rushed.filter(isGood).length} came`]),
      ],
    },
    {
      file: 'gateway-unasked-queue-healthy.pcapng',
      setUp: QUEUED,
      decisive: [MANY, QUEUE],
      wrong: null,
      diagnosis: 'nothing: all reports are worked on at once',
      marks: [TOLD(0), { ...ASKED, count: (RUSHES + 1) * PER_RUSH }],
      take: (lab) => takeQueue(lab, MANY),
      faults: (_, { calm, rushed }) => failuresOf([...calm, ...rushed]),
    },
    {
      file: 'gateway-unasked-limit.pcapng',
      setUp: VISITED,
      decisive: [STRICT],
      wrong: 'of three requests at once nginx lets one pass, and answers the others 503 by itself',
      diagnosis: `gateway-unasked: 10.0.0.49:80 answers ${LIMITED} requests 503 at once by itself while others are asked for behind, with nginx’s own page (critical, likely). Supported: a limit of its own. Ruled out: no server alive, a queue. Remedy: \`limit_req … burst=… nodelay\`, the visitors’ own addresses (real_ip), \`limit_req_status 429\``,
      twin: 'gateway-unasked-limit-healthy.pcapng',
      differs: [`- ${STRICT}`, `+ ${PATIENT}`],
      marks: [TOLD(LIMITED), { ...ASKED, count: VISITS }],
      take: (lab) => takeLimit(lab, STRICT),
      faults: (_, answers) =>
        answers.filter(isGood).length === VISITS ? [] : [`${answers.filter(isGood).length} requests were answered`],
    },
    {
      file: 'gateway-unasked-limit-healthy.pcapng',
      setUp: VISITED,
      decisive: [PATIENT],
      wrong: null,
      diagnosis: 'nothing: all requests are asked for behind',
      marks: [TOLD(0), { ...ASKED, count: VISITS * PAGE.length }],
      take: (lab) => takeLimit(lab, PATIENT),
      faults: (_, answers) => failuresOf(answers),
    },
  ],
};

async function takeChecked(lab, check) {
  lab.setting('story', STORY);
  return throughHaproxy(lab, { defaults: [check], server: CHECKS }, async ({ application, shoppers }) => {
    const before = await askRounds(shoppers, ROUNDS.before);
    await application.call('tellHealth', 503);
    const during = await askRounds(shoppers, ROUNDS.during);
    await application.call('tellHealth', 200);
    return { before, during, after: await askRounds(shoppers, ROUNDS.after) };
  });
}

async function takeQueue(lab, server) {
  const settings = { 'report-ms': REPORT_MS };
  return throughHaproxy(lab, { defaults: [QUEUE], server, settings }, async ({ shoppers }) => {
    const calm = await shoppers.call('askInTurn', REPORTS);
    const rushed = [];
    for (let rush = 0; rush < RUSHES; rush += 1) {
      rushed.push(...(await shoppers.call('askAll', REPORTS)));
      await pause(ROUND_MS);
    }
    return { calm, rushed };
  });
}

async function throughHaproxy(lab, { defaults, server, settings = {} }, story) {
  const hosts = await frontNetwork(lab, { clients: OTHER_CLIENTS });
  const application = await startShopApplication(lab, hosts.back, { endpoint: APPLICATION, settings });
  const configuration = haproxyConfiguration({
    timeouts: { connect: '2s', client: '20s', server: '20s' },
    defaults,
    sections: `
frontend web
    bind ${FRONT}:80
    option forwardfor
    default_backend shop
backend shop
    ${server}`,
  });
  const haproxy = await startHaproxy(lab, hosts.front, { configuration, endpoints: [`${FRONT}:80`] });
  const shoppers = await startShoppersOn(hosts.client);
  await lab.capture(hosts.front, { device: 'any' });
  const told = await story({ application, shoppers });
  await shoppers.call('leave');
  await haproxy.end('SIGTERM');
  await application.end();
  await hosts.front.allClosed();
  return told;
}

async function takeLimit(lab, limit) {
  const zone = ['limit_req_zone $binary_remote_addr zone=perip:1m rate=5r/s;'];
  const shop = await startShop(lab, { front: { http: zone, proxy: [limit] } });
  const answers = [];
  for (let visit = 0; visit < VISITS; visit += 1) {
    answers.push(...(await shop.shoppers.call('askAll', visitOf(visit))));
    await pause(VISIT_MS);
  }
  await closeShop(shop);
  return answers;
}

/** Each time another of the requests comes first, and passes. */
function visitOf(visit) {
  return PAGE.map((_, index) => ({ from: CLIENT, path: PAGE[(index + visit) % PAGE.length] }));
}

async function askRounds(shoppers, count) {
  const rounds = [];
  for (let round = 0; round < count; round += 1) {
    rounds.push(shoppers.call('askAll', roundOf()));
    await pause(ROUND_MS);
  }
  return (await Promise.all(rounds)).flat();
}

function roundOf() {
  return [
    { from: CLIENT, path: '/' },
    { from: OTHER_CLIENTS[0], path: '/api/products' },
    { from: OTHER_CLIENTS[1], method: 'POST', path: '/api/orders', body: { cart: 9100, pay: 'invoice' } },
  ];
}

function failuresOf(answers) {
  const bad = answers.filter((answer) => !isGood(answer));
  return bad.length === 0 ? [] : [`clients saw ${bad.map(({ status }) => status).join(', ')}`];
}

function isGood({ status }) {
  return status >= 200 && status < 300;
}
