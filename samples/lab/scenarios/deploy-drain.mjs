/** One of two application servers is deployed anew without being drained: what it works on is cut off. */
import { BACK, CLIENT, FRONT, OTHER_BACK } from '../parts/front.mjs';
import { pause } from '../parts/program.mjs';
import { APPLICATION, closeShop, OTHER_CLIENTS, startShop } from '../parts/shop.mjs';
import { startShopApplication } from '../parts/shop-application.mjs';
import { FIN } from '../parts/tshark.mjs';

const OTHER_APPLICATION = `${OTHER_BACK}:8080`;
const FAIL_TIMEOUT_MS = 1000;
const REPORT_MS = 1200;
/** How long the first server is away, milliseconds: nginx tries it again each second. */
const ABSENT_MS = 2600;
const ROUND_MS = 250;

const HARD = 'deployment of the first server: stopped in the middle of its work, started 2.6 s later';
const DRAINED = 'deployment of the first server: the new workers answer, the old ones end when their work is done';

const SET_UP =
  'nginx before two application servers in turn; both legs, captured on the front on all devices; three clients; four reports are under way, two on each server, when the first server is deployed';
const DECISIVE = [`server ${APPLICATION} fail_timeout=${FAIL_TIMEOUT_MS / 1000}s;`];

const CUT_OFF = (count) => ({
  what: '502 from the front: a report that was under way on the first server',
  filter: 'http.response.code == 502',
  count,
  fault: true,
  own: { response: 502, from: `${FRONT}:80` },
});
const REFUSED = (count) => ({
  what: 'RST to a SYN, while nobody listens on the first server',
  filter: `tcp.flags.reset == 1 && ip.src == ${BACK} && tcp.srcport == 8080`,
  count,
  fault: true,
  own: { segment: 'rst', from: APPLICATION },
});
const FIRST_FIN = (count) => ({
  what: 'FIN of the first server',
  filter: `${FIN} && ip.src == ${BACK} && tcp.srcport == 8080`,
  count,
  own: { segment: 'fin', from: APPLICATION },
});

export const scenario = {
  name: 'deploy-drain',
  about: 'A deployment stops a server that still works on requests; the other server goes on as if nothing happened.',
  programs: ['nginx'],
  samples: [
    {
      file: 'deploy-drain.pcapng',
      setUp: SET_UP,
      decisive: [...DECISIVE, HARD],
      wrong:
        'The first server ends all its connections with FIN at one moment, two of them with a POST that it had acknowledged and not answered: 502. Nobody listens there until it is started 2.6 s later: nginx, which asks a failed server again only after a while, is refused once or twice and asks the other one then, so that no further request fails. Afterwards it answers again',
      diagnosis: `deploy-drain: ${APPLICATION} closed all its connections within milliseconds, then refused the one or two new ones that were tried, then answered again, while ${OTHER_APPLICATION} went on; two POSTs under way failed with 502 (critical), requests whose connection was refused were answered by the other server (handled). Supported: restart without draining. Ruled out: keepalive-race (the requests were acknowledged before the FIN), crash of a single request. Remedy: let the old process finish what it works on (graceful stop, \`preStop\`), and take it out of the pool first (nginx \`server … down\`)`,
      twin: 'deploy-drain-healthy.pcapng',
      differs: [`- ${HARD}`, `+ ${DRAINED}`],
      marks: [CUT_OFF(2), REFUSED([1, 2]), FIRST_FIN([3, 6])],
      take: (lab) => take(lab, { isDrained: false }),
      async faults(capture, { reports, others }) {
        const cut = reports.filter(({ status }) => status === 502).length;
        const done = reports.filter(({ status }) => status === 200).length;
        const late = await capture.frames(`http.response && tcp.srcport == 8080 && ip.src == ${BACK}`);
        const refused = await capture.frames(REFUSED(0).filter);
        return [
          ...(cut === 2 && done === 2 ? [] : [`${cut} reports were cut off and ${done} answered, should be 2 and 2`]),
          ...failuresOf(others),
          ...(late.at(-1) > refused.at(-1) ? [] : ['the first server did not come back']),
        ];
      },
    },
    {
      file: 'deploy-drain-healthy.pcapng',
      setUp: SET_UP,
      decisive: [...DECISIVE, DRAINED],
      wrong: null,
      diagnosis:
        'nothing: the first server closes idle connections, answers the reports under way and goes on with new workers; no connection is refused',
      marks: [CUT_OFF(0), REFUSED(0), FIRST_FIN([3, 8])],
      take: (lab) => take(lab, { isDrained: true }),
      faults: (_, { reports, others }) => failuresOf([...reports, ...others]),
    },
  ],
};

async function take(lab, { isDrained }) {
  lab.setting('deployment', isDrained ? DRAINED : HARD);
  const settings = { 'report-ms': REPORT_MS };
  const shop = await startShop(lab, {
    application: { settings },
    front: {
      upstream: [
        `server ${APPLICATION} fail_timeout=${FAIL_TIMEOUT_MS / 1000}s;`,
        `server ${OTHER_APPLICATION} fail_timeout=${FAIL_TIMEOUT_MS / 1000}s;`,
        'keepalive 16;',
      ],
    },
    startOthers: (back) =>
      startShopApplication(lab, back, { endpoint: OTHER_APPLICATION, settings, name: 'other application' }),
  });
  const { shoppers, hosts } = shop;
  const others = [];
  const lookAround = async (rounds) => {
    for (let round = 0; round < rounds; round += 1) {
      others.push(...(await shoppers.call('askAll', roundOf(round))));
      await pause(ROUND_MS);
    }
  };
  await lookAround(3);
  const reports = shoppers.call('askAll', REPORTS);
  await pause(ROUND_MS);
  let { application } = shop;
  if (isDrained) {
    await Promise.all([application.call('reload'), lookAround(6)]);
  } else {
    await application.end('SIGTERM');
    const looking = lookAround(9);
    await pause(ABSENT_MS);
    application = await startShopApplication(lab, hosts.back, { endpoint: APPLICATION, settings, name: null });
    await looking;
  }
  if (!isDrained) await pause(FAIL_TIMEOUT_MS); // nginx asks the first server again once its last failure is so long ago
  await lookAround(6);
  const told = { reports: await reports, others };
  await closeShop({ ...shop, application });
  return told;
}

const REPORTS = ['revenue', 'returns', 'stock', 'customers'].map((name, index) => ({
  from: index % 2 === 0 ? CLIENT : OTHER_CLIENTS[0],
  method: 'POST',
  path: `/reports/${name}`,
  body: { quarter: '2024-Q2', format: 'json' },
}));

function roundOf(round) {
  return [
    { from: CLIENT, path: '/' },
    { from: OTHER_CLIENTS[1], path: round % 2 === 0 ? '/api/products' : '/' },
  ];
}

function failuresOf(answers) {
  const bad = answers.filter(({ status }) => status !== 200);
  return bad.length === 0 ? [] : [`clients saw ${bad.map(({ status }) => status).join(', ')}`];
}
