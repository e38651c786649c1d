/** An application that nobody answers for while it is restarted: its address refuses connections. */
import { BACK, CLIENT, FRONT, frontNetwork } from '../parts/front.mjs';
import { haproxyConfiguration } from '../parts/haproxy-configuration.mjs';
import { pause } from '../parts/program.mjs';
import { startHaproxy } from '../parts/servers.mjs';
import { APPLICATION, closeShop, OTHER_CLIENTS, startShop, startShoppersOn } from '../parts/shop.mjs';
import { startShopApplication } from '../parts/shop-application.mjs';

const RESTART = 'deployment: the old application is stopped, the new one starts 1.5 s later';
const RELOAD = 'deployment: the new workers answer before the old ones end';

/** How long nobody listens, milliseconds. */
const ABSENT_MS = 1500;
/**
 * Rounds of requests before, during and after; one every so many milliseconds. The last ones during the restart
 * come so late that a second try, a second after the first, finds the new application.
 */
const ROUNDS = { before: 4, during: 6, after: 4 };
const ROUND_MS = 250;
const PER_ROUND = 3;
const DURING = ROUNDS.during * PER_ROUND;
/** From the first refused connection to the first accepted one: it is started after ABSENT_MS, and then has to start. */
const REFUSING_MS = [ABSENT_MS, ABSENT_MS + 1000];
/** HAProxy waits so long before it tries the same server again. */
const RETRY_MS = 1000;
/** So the rounds of the first half second are lost for certain, the last one is not. */
const LOST = [3 * PER_ROUND, DURING - PER_ROUND];

const HAPROXY = haproxyConfiguration({
  timeouts: { connect: '2s', client: '20s', server: '20s', 'http-request': '10s' },
  defaults: ['retries 1'],
  sections: `
frontend web
    bind ${FRONT}:80
    option forwardfor
    default_backend shop
backend shop
    server app1 ${APPLICATION}`,
});

const REFUSED = (count) => ({
  what: 'RST, ACK to a SYN',
  filter: `tcp.flags.reset == 1 && ip.src == ${BACK} && tcp.srcport == 8080`,
  count,
  fault: true,
  own: { segment: 'rst', from: APPLICATION },
});
/** Both kinds of answer that the front gives in place of the application. */
const ERROR = (status, count) => ({
  what: `${status} from the front`,
  filter: `http.response.code == ${status}`,
  count,
  fault: true,
  own: { response: status, from: `${FRONT}:80` },
});

const SET_UP = (front) =>
  `${front} before one application server; both legs, captured on the front on all devices; three clients; the application is deployed anew in the middle`;

const DIAGNOSIS = (refusals, outcome) =>
  `connect-refused: ${APPLICATION} refuses ${refusals} for 1.5 to 2.5 s, between accepted ones before and after, with RST to SYN from the server itself (its TTL and MAC): nobody listens, it is restarted (deploy-drain). ${outcome} (critical). Ruled out: firewall, wrong port, full backlog. Remedy: start the new instance before the old one stops, or take the server out of the pool first (nginx \`server … down\`, HAProxy \`option redispatch\` with a second server)`;

export const scenario = {
  name: 'connect-refused',
  about:
    'An application is restarted while requests come in: for a moment its port is closed and the proxy in front answers 502 (nginx) or 503 (HAProxy).',
  programs: ['nginx', 'haproxy'],
  samples: [
    {
      file: 'connect-refused-nginx.pcapng',
      setUp: SET_UP('nginx'),
      decisive: [RESTART],
      wrong: 'While nothing listens each connection is refused at once; nginx answers 502, and 200 again later',
      diagnosis: DIAGNOSIS('each connection', 'Its clients get 502, not tried elsewhere'),
      twin: 'connect-refused-nginx-healthy.pcapng',
      differs: [`- ${RESTART}`, `+ ${RELOAD}`],
      marks: [REFUSED(DURING), ERROR(502, DURING)],
      take: (lab) => takeNginx(lab, restart(lab)),
      faults: (capture, told) => faultsOfRestart(capture, told, { status: 502, tries: 1 }),
    },
    {
      file: 'connect-refused-nginx-healthy.pcapng',
      setUp: SET_UP('nginx'),
      decisive: [RELOAD],
      wrong: null,
      diagnosis: `nothing: the old workers close their connections after their last answers, the new ones are there already`,
      marks: [REFUSED(0), ERROR(502, 0)],
      take: (lab) => takeNginx(lab, reload(lab)),
      faults: faultsOfReload,
    },
    {
      file: 'connect-refused-haproxy.pcapng',
      setUp: SET_UP('HAProxy'),
      decisive: [RESTART, 'retries 1'],
      wrong:
        'While nothing listens HAProxy tries each request twice, a second apart, and then answers 503; the requests that came last, at least three, are answered by the second try',
      diagnosis: DIAGNOSIS(
        'connections',
        'Requests refused twice, a second apart, get 503; those whose second try comes after the restart are answered, a second late',
      ),
      twin: 'connect-refused-haproxy-healthy.pcapng',
      differs: [`- ${RESTART}`, `+ ${RELOAD}`],
      marks: [REFUSED(LOST.map((count) => DURING + count)), ERROR(503, LOST)],
      take: (lab) => takeHaproxy(lab, restart(lab)),
      faults: (capture, told) => faultsOfRestart(capture, told, { status: 503, tries: 2 }),
    },
    {
      file: 'connect-refused-haproxy-healthy.pcapng',
      setUp: SET_UP('HAProxy'),
      decisive: [RELOAD, 'retries 1'],
      wrong: null,
      diagnosis:
        'nothing: the old workers close their connections after their last answers, the new ones are there already',
      marks: [REFUSED(0), ERROR(503, 0)],
      take: (lab) => takeHaproxy(lab, reload(lab)),
      faults: faultsOfReload,
    },
  ],
};

/** What happens in the middle: gives the application that is there afterwards. `onAbsent` is told when nobody listens. */
function restart(lab) {
  lab.setting('story', RESTART);
  return async (hosts, application, onAbsent) => {
    await application.end('SIGTERM');
    const asked = onAbsent();
    await pause(ABSENT_MS);
    const started = await startShopApplication(lab, hosts.back, { endpoint: APPLICATION, name: null });
    await asked;
    return started;
  };
}

function reload(lab) {
  lab.setting('story', RELOAD);
  return async (_, application, onAbsent) => {
    await Promise.all([onAbsent(), application.call('reload')]);
    return application;
  };
}

async function takeNginx(lab, deploy) {
  const shop = await startShop(lab);
  const told = await askThroughout(shop, deploy);
  await closeShop({ ...shop, application: told.application });
  return told.answers;
}

async function takeHaproxy(lab, deploy) {
  const hosts = await frontNetwork(lab, { clients: OTHER_CLIENTS });
  const before = await startShopApplication(lab, hosts.back, { endpoint: APPLICATION });
  const haproxy = await startHaproxy(lab, hosts.front, { configuration: HAPROXY, endpoints: [`${FRONT}:80`] });
  const shoppers = await startShoppersOn(hosts.client);
  await lab.capture(hosts.front, { device: 'any' });
  const told = await askThroughout({ hosts, application: before, shoppers }, deploy);
  await shoppers.call('leave');
  await haproxy.end('SIGUSR1');
  await told.application.end();
  await hosts.front.allClosed();
  return told.answers;
}

async function askThroughout({ hosts, application, shoppers }, deploy) {
  const answers = { before: [], during: [], after: [] };
  const ask = async (period) => {
    const rounds = [];
    for (let round = 0; round < ROUNDS[period]; round += 1) {
      rounds.push(shoppers.call('askAll', roundOf(round)));
      await pause(ROUND_MS);
    }
    answers[period] = (await Promise.all(rounds)).flat();
  };
  await ask('before');
  const now = await deploy(hosts, application, () => ask('during'));
  await ask('after');
  return { answers, application: now };
}

function roundOf(round) {
  return [
    { from: CLIENT, path: '/' },
    { from: OTHER_CLIENTS[0], path: '/api/products' },
    { from: OTHER_CLIENTS[1], method: 'POST', path: '/api/orders', body: { cart: 9100 + round, pay: 'invoice' } },
  ];
}

async function faultsOfRestart(capture, { before, during, after }, { status, tries }) {
  const failed = during.filter((answer) => answer.status === status).length;
  const late = during.filter((answer) => isGood(answer) && answer.ms >= RETRY_MS).length;
  const refused = (await capture.frames(REFUSED(0).filter)).length;
  const resets = await capture.frames(
    `(${REFUSED(0).filter}) && !(tcp.flags.ack == 1 && tcp.seq == 1 && tcp.ack == 1)`,
  );
  const [shortest, longest] = REFUSING_MS;
  const refusing = await refusingMs(capture);
  return [
    ...(resets.length === 0 ? [] : [`a RST that does not answer a SYN in ${resets.join(', ')}`]),
    ...(failed + late === during.length ? [] : [`during the restart clients saw ${during.map((one) => one.status)}`]),
    ...(late > 0 === tries > 1 ? [] : [`${late} requests were answered by a second try`]),
    ...failuresOf([...before, ...after]),
    ...(refused === failed * tries + late
      ? []
      : [`${refused} connections were refused for ${failed} answers with ${status} and ${late} late ones`]),
    ...(refusing >= shortest && refusing <= longest ? [] : [`connections were refused for ${refusing} ms`]),
  ];
}

/** From the first refused connection to the first that is accepted after it, milliseconds. */
async function refusingMs(capture) {
  const fields = ['frame.time_epoch', 'tcp.flags.reset'];
  const answers = await capture.records(
    fields,
    `(${REFUSED(0).filter}) || (tcp.flags.syn == 1 && tcp.flags.ack == 1 && ip.src == ${BACK})`,
  );
  const first = answers.findIndex((answer) => answer['tcp.flags.reset'] === '1');
  const next = answers.findIndex((answer, index) => index > first && answer['tcp.flags.reset'] !== '1');
  const [from, to] = [first, next].map((index) => Number(answers[index]?.['frame.time_epoch']));
  return (to - from) * 1000;
}

function faultsOfReload(_, { before, during, after }) {
  return failuresOf([...before, ...during, ...after]);
}

function failuresOf(answers) {
  const bad = answers.filter((answer) => !isGood(answer));
  return bad.length === 0 ? [] : [`clients saw ${bad.map(({ status }) => status).join(', ')}`];
}

function isGood({ status }) {
  return status >= 200 && status < 300;
}
