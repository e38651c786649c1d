/**
 * The same faults inside TLS: what is left of each diagnosis without keys. The keys are in the samples, so
 * that what is told with and without them can be compared.
 */
import { CLIENT, FRONT, frontNetwork } from '../parts/front.mjs';
import { pause } from '../parts/program.mjs';
import { FIN } from '../parts/tshark.mjs';
import { startSite } from './encrypted/site.mjs';
import { VISITORS } from './encrypted/visitors.mjs';

const RST = 'tcp.flags.reset == 1';
const SITE = 'shop.example';
const ENDPOINT = `${FRONT}:443`;
const OTHERS = ['10.0.0.11', '10.0.0.12', '10.0.0.13'];
const ALL = [CLIENT, ...OTHERS];
const PATIENCE_MS = 5000;
/** A client's own timer may be late on a busy machine. */
const LATE_MS = 80;

/** What a race needs: a visitor of another town, and requests that come about when the shop gives up what is idle. */
const FAR = { oneWayMicroseconds: 5000 };
const IDLE_MS = 2000;
const ON_ITS_WAY_MS = 6;
const STEP_MS = 3;
const MOST_VISITS = 12;
const LOST = 3;
const isLost = ({ status }) => status === 0;

const SET_UP =
  'A shop (Node, HTTP/1.1 over TLS 1.3, one worker) and four visitors with a connection each, captured on the shop’s host; keys embedded';

const SERVER_FIN = (count) => ({
  what: 'FIN of the shop',
  filter: `${FIN} && ip.src == ${FRONT} && tcp.srcport == 443`,
  count,
  own: { segment: 'fin', from: ENDPOINT },
});
const SERVER_RST = (count) => ({
  what: 'RST of the shop',
  filter: `${RST} && ip.src == ${FRONT} && tcp.srcport == 443`,
  count,
  own: { segment: 'rst', from: ENDPOINT },
});
const REQUESTS = {
  what: 'GET of a visitor',
  filter: `http.request.method == "GET" && ip.dst == ${FRONT}`,
  count: [8, 32],
  own: { request: 'GET', to: ENDPOINT },
};
const ANSWERS = (count) => ({
  what: '200 or 201 that comes to its end',
  filter: `(http.response.code == 200 || http.response.code == 201) && ip.src == ${FRONT}`,
  count,
  mended: true,
});

export const scenario = {
  name: 'encrypted',
  about:
    'Requests inside TLS that fail in six ways. With the keys cut out, lengths, order and times of records must still tell what can be told, less surely, and nothing of the healthy twins.',
  programs: [],
  samples: [
    ...pair({
      name: 'slow-response',
      failing: 'reports take 6.5 s, a visitor waits for 5 s',
      healthy: 'reports take 0.1 s, a visitor waits for 5 s',
      wrong: 'Four visitors ask for a report, and close their connection 5.0 s later; pages are answered at once',
      diagnosis: `slow-response at ${ENDPOINT}: four requests without an answer when their clients give up after 5.0 s. Without keys the same, likely: a turn of client data that is acknowledged and not answered`,
      marks: { failing: [ANSWERS(12)], healthy: [ANSWERS(16)] },
      story: async ({ visitors }, isFailing) => {
        await browse(visitors, 3);
        return visitors.call(
          'askAll',
          ALL.map((from) => ({
            from,
            path: `/reports/${isFailing ? 6500 : 100}`,
            leavesAfterMs: isFailing ? PATIENCE_MS : null,
          })),
        );
      },
      faults: (told, isFailing) =>
        told
          .filter(({ status, ms }) =>
            isFailing ? status !== 0 || ms < PATIENCE_MS || ms > PATIENCE_MS + LATE_MS : status !== 200,
          )
          .map(({ status, ms }) => `a report: ${status} after ${ms} ms`),
    }),
    ...pair({
      name: 'truncated-response',
      failing: 'worker: killed in the middle of an export',
      healthy: 'worker: lives',
      wrong:
        'The worker is killed in the middle of an export. The kernel sends FIN on its connections, one amid the body and three idle, without close_notify; visitors that left before were told it',
      diagnosis: `truncated-response at ${ENDPOINT}, one response, cut by FIN. Without keys the same, less sure: the shop ends four connections at one moment without the close_notify that it says elsewhere, one of them amid its data`,
      marks: { failing: [SERVER_FIN([4, 12]), ANSWERS([12, 20])], healthy: [SERVER_FIN([4, 12]), ANSWERS([13, 21])] },
      story: async ({ visitors, site }, isFailing) => {
        await browse(visitors, 1);
        await visitors.call('leave');
        await browse(visitors, 2);
        const asked = visitors.call('ask', { from: CLIENT, path: '/export' });
        if (isFailing) {
          await pause(170);
          await site.call('kill');
        }
        const told = await asked;
        await browse(visitors, 1);
        return [told];
      },
      faults: ([{ complete, bytes }], isFailing) =>
        complete !== isFailing && (!isFailing || bytes > 0) ? [] : [`the export: ${bytes} bytes, whole: ${complete}`],
    }),
    ...pair({
      name: 'empty-response',
      failing: 'orders: two of six with a gift that ends the worker',
      healthy: 'orders: six without',
      wrong: 'Two orders end the worker once it has read them: FIN on all its connections, and no answer to the order',
      diagnosis: `empty-response at ${ENDPOINT}, two orders. Without keys the same, less sure`,
      marks: { failing: [ANSWERS([12, 20])], healthy: [ANSWERS([14, 22])] },
      story: async ({ visitors, site }, isFailing) => {
        const told = [];
        for (let round = 0; round < 6; round += 1) {
          await browse(visitors, round % 3 === 0 ? 1 : 0);
          const body = JSON.stringify({
            order: 47110 + round,
            items: ['TEA-0041', 'COF-0007'],
            gift: isFailing && round % 3 === 1 ? '?' : 'no',
          });
          told.push(await visitors.call('ask', { from: ALL[round % 2], method: 'POST', path: '/orders', body }));
          await pause(100);
          await site.call('isBack');
        }
        return told;
      },
      faults: (told, isFailing) =>
        told.filter(({ status }) => status === 0).length === (isFailing ? 2 : 0)
          ? []
          : [`orders: ${told.map(({ status }) => status)}`],
    }),
    ...pair({
      name: 'rst-after-request',
      failing: 'worker: stands still, then SIGKILL',
      healthy: 'worker: stands still, then goes on',
      wrong: 'The worker is killed with three requests unread: the kernel resets their connections',
      diagnosis: `rst-after-request at ${ENDPOINT}, three requests, the end of the process. Without keys the same: application data outstanding, likely requests`,
      marks: { failing: [SERVER_RST([3, 6]), ANSWERS([11, 20])], healthy: [ANSWERS([11, 20])] },
      story: async ({ visitors, site }, isFailing) => {
        await browse(visitors, 2);
        await site.call('standStill');
        const asked = visitors.call(
          'askAll',
          OTHERS.map((from) => ({ from, path: '/' })),
        );
        await pause(150);
        await site.call(isFailing ? 'kill' : 'goOn');
        const told = await asked;
        await browse(visitors, 1);
        return told;
      },
      faults: (told, isFailing) =>
        told.filter(({ status }) => (status === 0) !== isFailing).map(({ status }) => `a visitor saw ${status}`),
    }),
    ...pair({
      name: 'keepalive-race',
      failing: 'keepAliveTimeout 1000',
      healthy: 'keepAliveTimeout 8000',
      line: FAR,
      wrong:
        'A visitor, ten milliseconds away, comes again just as the shop gives its connection up after 2 s of idleness (keepAliveTimeout 1 s and a second on top): three requests cross the shop’s FIN, and are reset',
      diagnosis: `keepalive-race at ${ENDPOINT}, three requests that crossed the FIN. Without keys the same: data is lost for certain, and likely it is a request`,
      marks: {
        failing: [SERVER_RST([LOST, 8 * LOST]), ANSWERS([6, 32])],
        healthy: [SERVER_RST(0), ANSWERS([12, 32])],
      },
      story: async ({ visitors }, isFailing) => {
        const told = [];
        let afterMs = IDLE_MS - ON_ITS_WAY_MS;
        for (let visit = 0; visit < MOST_VISITS && told.filter(isLost).length < LOST; visit += 1) {
          if (visit % 3 === 0) await browse(visitors, 1);
          const again = await visitors.call('askAgain', { from: CLIENT, path: '/', afterMs });
          told.push(again);
          if (isFailing && !isLost(again)) afterMs += again.isReused ? STEP_MS : -STEP_MS;
          if (!isFailing && visit === LOST) break;
        }
        return told;
      },
      faults: (told, isFailing) =>
        told.filter(isLost).length === (isFailing ? LOST : 0) ? [] : [`requests: ${told.map(({ status }) => status)}`],
    }),
    {
      file: 'encrypted-client-abort-healthy.pcapng',
      setUp: SET_UP,
      decisive: ['visitors: one leaves while it waits, one amid an export'],
      wrong: null,
      diagnosis: `at most a notice of client-abort at ${ENDPOINT}: two visitors close first`,
      marks: [
        REQUESTS,
        {
          what: 'FIN or RST of visitors, the first two while something is under way',
          filter: `(${FIN} || ${RST}) && ip.dst == ${FRONT}`,
          count: [4, 12],
        },
      ],
      take: (lab) =>
        take(lab, 'visitors: one leaves while it waits, one amid an export', async ({ visitors }) => {
          await browse(visitors, 2);
          await visitors.call('askAll', [
            { from: CLIENT, path: '/reports/2000', leavesAfterMs: 300 },
            { from: OTHERS[0], path: '/export', leavesAfterBytes: 5000 },
          ]);
          await pause(2000);
          return [];
        }),
    },
  ],
};

/** A failing sample and its twin; `story(parts, isFailing)` tells what visitors saw. */
function pair({ name, failing, healthy, line = {}, wrong, diagnosis, marks, story, faults }) {
  const sample = (isFailing) => ({
    file: `encrypted-${name}${isFailing ? '' : '-healthy'}.pcapng`,
    setUp: SET_UP,
    decisive: [isFailing ? failing : healthy],
    wrong: isFailing ? wrong : null,
    diagnosis: isFailing ? diagnosis : 'nothing, with and without keys',
    marks: [REQUESTS, ...(isFailing ? marks.failing : marks.healthy)],
    take: (lab) => take(lab, isFailing ? failing : healthy, (parts) => story(parts, isFailing), line),
    faults: (_, told) => faults(told, isFailing),
  });
  const twin = { twin: `encrypted-${name}-healthy.pcapng`, differs: [`- ${failing}`, `+ ${healthy}`] };
  return [{ ...sample(true), ...twin }, sample(false)];
}

async function take(lab, setting, story, line = {}) {
  lab.setting('story', setting);
  const { client, front } = await frontNetwork(lab, { clients: OTHERS, line });
  const authority = await lab.authority();
  const site = await startSite(front, {
    endpoint: ENDPOINT,
    authority,
    name: SITE,
    keepAliveMs: keepAliveMsIn(setting),
  });
  const how = { to: FRONT, site: SITE, ca: authority.certificate };
  const visitors = await client.actor(VISITORS, 'startVisitors', how, { keyLog: lab.keyLog });
  await lab.capture(front, { device: 'eth0', filter: 'tcp' });
  const told = await story({ visitors, site });
  await visitors.call('leave');
  await front.allClosed();
  return told;
}

/** Every visitor opens the first page, so many times. */
async function browse(visitors, times) {
  for (let time = 0; time < times; time += 1) {
    await visitors.call(
      'askAll',
      ALL.map((from) => ({ from, path: '/' })),
    );
    await pause(120);
  }
}

/** `keepAliveTimeout 1000`; other stories are of other things, and connections are kept for long. */
function keepAliveMsIn(setting) {
  const [, milliseconds] = /^keepAliveTimeout (\d+)$/.exec(setting) ?? [];
  return milliseconds === undefined ? undefined : Number(milliseconds);
}
