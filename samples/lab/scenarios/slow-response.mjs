/** An application that thinks longer than its proxy waits: 504 at a round number of seconds. */
import { BACK, CLIENT, FRONT } from '../parts/front.mjs';
import { pause } from '../parts/program.mjs';
import { APPLICATION, closeShop, OTHER_CLIENTS, startShop } from '../parts/shop.mjs';
import { FIN } from '../parts/tshark.mjs';

const READ_SECONDS = 5;
const SLOW = 'report-ms 6500';
const FAST = 'report-ms 350';

/** Reports asked for, one every so many milliseconds, alternately by two clients. */
const REPORTS = ['daily', 'weekly', 'monthly', 'yearly'];
const EVERY_MS = 600;

const TIMED_OUT = (count) => ({
  what: '504 from the front',
  filter: 'http.response.code == 504',
  count,
  fault: true,
  own: { response: 504, from: `${FRONT}:80` },
});

const SET_UP =
  'nginx before an application; both legs, captured on the front on all devices; three clients; reports among short requests, a stream of server-sent events for 7 s and long polls of 4 s that end with 204';

export const scenario = {
  name: 'slow-response',
  about: 'The application needs longer for some requests than the proxy waits for it.',
  programs: ['nginx'],
  samples: [
    {
      file: 'slow-response-gateway-timeout.pcapng',
      setUp: SET_UP,
      decisive: [`proxy_read_timeout ${READ_SECONDS}s;`, SLOW],
      wrong:
        'The application acknowledges each report request within 50 ms (half of them at once, the others by a delayed ACK) and thinks for 6.5 s; nginx gives up after 5.0 s, closes the back leg and answers 504',
      diagnosis: `slow-response: ${APPLICATION} has acknowledged four requests to /reports/ and sent nothing for 5.0 s, when the front closed and answered 504 (critical): the time-out is the front's (\`proxy_read_timeout\`), the time is the application's. Ruled out: network (acknowledged within 50 ms), queueing (other requests are answered at once meanwhile). Not slow: the events (first byte at once) and the long polls (constant 4 s, 204). Remedy: make reports faster or asynchronous, or \`proxy_read_timeout 60s;\` for them`,
      twin: 'slow-response-gateway-timeout-healthy.pcapng',
      differs: [`- ${SLOW}`, `+ ${FAST}`],
      marks: [
        TIMED_OUT(REPORTS.length),
        {
          what: 'FIN of the front on the back leg: it gives up, or ends the connection of the pool',
          filter: `${FIN} && ip.dst == ${BACK} && tcp.dstport == 8080`,
          count: [REPORTS.length, REPORTS.length + 6],
        },
      ],
      take: (lab) => take(lab, 6500),
      faults: faultsOfSlow,
    },
    {
      file: 'slow-response-gateway-timeout-healthy.pcapng',
      setUp: `${SET_UP}; reports take 0.35 s`,
      decisive: [`proxy_read_timeout ${READ_SECONDS}s;`, FAST],
      wrong: null,
      diagnosis:
        'no slow-response: events and long polls take seconds by their nature (text/event-stream with its first byte at once; the same path answered 204 after a constant 4 s)',
      marks: [TIMED_OUT(0)],
      take: (lab) => take(lab, 350),
      faults: (_, told) => faultsOfOthers(told, told.reports),
    },
  ],
};

async function take(lab, reportMs) {
  const shop = await startShop(lab, {
    application: { settings: { 'report-ms': reportMs } },
    front: { proxy: [`proxy_read_timeout ${READ_SECONDS}s;`, 'proxy_buffering off;'] },
  });
  const { shoppers } = shop;
  const events = shoppers.call('ask', { from: CLIENT, path: '/events', fields: { Accept: 'text/event-stream' } });
  const poll = { from: OTHER_CLIENTS[0], path: '/notifications' };
  const polls = shoppers.call('askInTurn', [poll, poll]);
  const others = [];
  const reports = [];
  for (const [index, name] of REPORTS.entries()) {
    reports.push(shoppers.call('ask', { from: OTHER_CLIENTS[index % 2], path: `/reports/${name}` }));
    others.push(await shoppers.call('ask', { from: CLIENT, path: index % 2 === 0 ? '/' : '/api/products' }));
    await pause(EVERY_MS);
  }
  const told = {
    others,
    reports: await Promise.all(reports),
    events: await events,
    polls: await polls,
  };
  await closeShop(shop);
  return told;
}

/** How late nginx may be on a busy machine, milliseconds. */
const LATE_MS = 300;

async function faultsOfSlow(capture, told) {
  const wrong = told.reports.filter(
    ({ status, ms }) => status !== 504 || ms < READ_SECONDS * 1000 || ms > READ_SECONDS * 1000 + LATE_MS,
  );
  const answered = await capture.frames('http.response && tcp.srcport == 8080 && frame contains "turnover"');
  const unacknowledged = await capture.frames(
    `ip.src == ${BACK} && tcp.srcport == 8080 && tcp.analysis.ack_rtt > 0.05`,
  );
  return [
    ...(unacknowledged.length === 0 ? [] : [`acknowledged after more than 50 ms in ${unacknowledged.join(', ')}`]),
    ...wrong.map(({ status, ms }) => `a report was answered ${status} after ${ms} ms`),
    ...(answered.length === 0 ? [] : [`the application answered a report in ${answered.join(', ')}`]),
    ...faultsOfOthers(told, []),
  ];
}

function faultsOfOthers({ others, events, polls }, reports) {
  const bad = [...others, ...reports, events].filter(({ status, complete }) => status !== 200 || !complete);
  return [
    ...bad.map(({ status, error }) => `a client saw ${status} ${error}`),
    ...polls.filter(({ status }) => status !== 204).map(({ status }) => `a long poll ended with ${status}`),
    ...(events.ms > READ_SECONDS * 1000 ? [] : [`the events ended after ${events.ms} ms`]),
  ];
}
