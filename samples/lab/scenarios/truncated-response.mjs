/** Responses that end before their end: the worker that wrote them was killed, or the client itself went away. */
import { BACK, CLIENT, FRONT } from '../parts/front.mjs';
import { APPLICATION, closeShop, OTHER_CLIENTS, startShop } from '../parts/shop.mjs';
import { FIN } from '../parts/tshark.mjs';

/** The exports that are asked for in turn, and those that are broken off, each after so many of its six pieces. */
const DAYS = ['2024-06-03', '2024-06-04', '2024-06-05', '2024-06-06', '2024-06-07'];
const BROKEN_OFF = { '2024-06-04': 2, '2024-06-06': 4 };
const BROKEN_DAYS = Object.keys(BROKEN_OFF);
/** An export has so many pieces, all of about the same length. */
const PIECES = 6;

const KILLED = `worker: killed once it has sent ${Object.entries(BROKEN_OFF)
  .map(([day, pieces]) => `${pieces} of ${PIECES} pieces of ${day}`)
  .join(' and ')}`;
const LIVES = 'worker: lives';
const GOES_AWAY = `client: goes away in the middle of ${BROKEN_DAYS.join(' and ')}`;

/** A client that goes away has received at least so many bytes: a third of an export. */
const ENOUGH_BYTES = 1500;

const FRONT_FIN = (what, count) => ({
  what,
  filter: `${FIN} && ip.src == ${FRONT} && tcp.srcport == 80`,
  count,
  own: { segment: 'fin', from: `${FRONT}:80` },
});
const APPLICATION_FIN = (what, count) => ({
  what,
  filter: `${FIN} && ip.src == ${BACK} && tcp.srcport == 8080`,
  count,
  own: { segment: 'fin', from: APPLICATION },
});

/** tshark shows a response once it is whole, so those cut short are not among them. */
const WHOLE = (count) => ({
  what: '200 of the application that comes to its end',
  filter: `http.response.code == 200 && ip.src == ${BACK} && tcp.srcport == 8080`,
  count,
  mended: true,
});

export const scenario = {
  name: 'truncated-response',
  about:
    'A response ends before the length that it announced, or without its last chunk: what the application left unsaid, nginx cannot say to the client.',
  programs: ['nginx'],
  samples: [...killed('content-length', 'csv'), ...killed('chunked', 'ndjson'), abort()],
};

function killed(framing, extension) {
  const cut =
    framing === 'chunked' ? 'a chunked body without its last chunk' : 'a body shorter than its Content-Length';
  const about = `nginx before an application with two workers; both legs, captured on the front on all devices; exports of several KB in six pieces, ${framing === 'chunked' ? 'chunked' : 'with Content-Length'}, among short requests`;
  /** Two pages and an export for each day, and where there is a length a HEAD. */
  const answers = DAYS.length * (extension === 'csv' ? 4 : 3);
  return [
    {
      file: `truncated-response-${framing}.pcapng`,
      setUp: about,
      decisive: [KILLED],
      wrong: `The worker is killed in the middle of two of five exports, after two pieces and after four. The kernel sends FIN, since everything it had received was read; nginx ends the client's connection with FIN too: ${cut} on both legs. Idle connections of the killed worker, where it has some, end with FIN too`,
      diagnosis: `truncated-response: two responses of ${APPLICATION} end early, ${cut}, with FIN, one after two of six pieces, one after four: at no constant time or size; the front ${FRONT}:80 passes it on. Supported: worker killed or crashed (FIN within milliseconds of a piece; idle connections of the same worker, where it has some, end at the same moment). Ruled out: proxy time-out, client abort, wrong length (other exports are complete), loss in the capture. Remedy: find what kills the worker (memory limit)`,
      twin: `truncated-response-${framing}-healthy.pcapng`,
      differs: [`- ${KILLED}`, `+ ${LIVES}`],
      marks: [
        FRONT_FIN('FIN of the front: amid the response twice, and after the clients have left', 5),
        APPLICATION_FIN(
          'FIN of the application: of the two exports that are cut short, of idle connections of the killed worker, if any, and at the end',
          [3, 6],
        ),
        WHOLE(answers - BROKEN_DAYS.length),
      ],
      take: (lab) => takeKilled(lab, { extension, isKilled: true }),
      faults: (capture, told) => faultsOfExports(capture, told, BROKEN_DAYS),
    },
    {
      file: `truncated-response-${framing}-healthy.pcapng`,
      setUp: `the same; no worker is killed${framing === 'chunked' ? '' : '. HEAD has a Content-Length and no body'}`,
      decisive: [LIVES],
      wrong: null,
      diagnosis: `nothing: all bodies are complete${framing === 'chunked' ? '' : '; the response to HEAD has no body and is complete'}`,
      marks: [
        FRONT_FIN('FIN of the front, after the clients have left', 3),
        APPLICATION_FIN('FIN of the application, at the end', [1, 2]),
        WHOLE(answers),
      ],
      take: (lab) => takeKilled(lab, { extension, isKilled: false }),
      faults: (capture, told) => faultsOfExports(capture, told, []),
    },
  ];
}

function abort() {
  return {
    file: 'truncated-response-client-abort-healthy.pcapng',
    setUp: 'the same shop; two of five exports are broken off by the client itself',
    decisive: [GOES_AWAY],
    wrong: null,
    diagnosis: `no truncated-response: the client ${CLIENT} closes or resets first, in the middle of two exports, and nginx then closes the connection to ${APPLICATION}. At most a notice of client-abort`,
    marks: [
      {
        what: 'FIN of the client, the first two amid the response',
        filter: `${FIN} && ip.src == ${CLIENT} && tcp.dstport == 80`,
        count: 3,
        own: { segment: 'fin', from: CLIENT },
      },
    ],
    take: takeAborted,
    async faults(capture, { exports }) {
      const complete = exports.filter((answer) => answer.complete).length;
      return [
        ...(complete === DAYS.length - BROKEN_DAYS.length ? [] : [`${complete} exports were complete`]),
        ...(await closedByOthersFirst(capture)),
      ];
    },
  };
}

/** `isKilled`: whether exports are cut short by the death of their worker. */
async function takeKilled(lab, { extension, isKilled }) {
  lab.setting('story', isKilled ? KILLED : LIVES);
  const shop = await startShop(lab, { application: { workers: 2 } });
  const exports = [];
  const others = [];
  for (const day of DAYS) {
    const path = `/export/orders-${day}.${extension}`;
    others.push(...(await lookAround(shop)));
    if (extension === 'csv') others.push(await shop.shoppers.call('ask', { from: CLIENT, method: 'HEAD', path }));
    const [answer] = await Promise.all([
      shop.shoppers.call('ask', { from: CLIENT, path }),
      isKilled && day in BROKEN_OFF ? shop.application.call('killWorkerThatSends', path, BROKEN_OFF[day]) : null,
    ]);
    exports.push(answer);
  }
  await closeShop(shop);
  return { exports, others };
}

async function takeAborted(lab) {
  lab.setting('story', GOES_AWAY);
  const shop = await startShop(lab, { application: { workers: 2 } });
  const exports = [];
  for (const day of DAYS) {
    await lookAround(shop);
    const abortAfterBytes = day in BROKEN_OFF ? ENOUGH_BYTES : null;
    const path = `/export/orders-${day}.csv`;
    exports.push(await shop.shoppers.call('ask', { from: CLIENT, path, abortAfterBytes }));
  }
  await closeShop(shop);
  return { exports };
}

function lookAround({ shoppers }) {
  return shoppers.call('askAll', [
    { from: OTHER_CLIENTS[0], path: '/' },
    { from: OTHER_CLIENTS[1], path: '/api/products' },
  ]);
}

async function faultsOfExports(capture, { exports, others }, killed) {
  const wrong = DAYS.filter((day, index) => exports[index].complete === killed.includes(day));
  const whole = Math.max(...exports.map(({ bytes }) => bytes));
  const received = (day) => Math.round((PIECES * exports[DAYS.indexOf(day)].bytes) / whole);
  const elsewhere = killed.filter((day) => received(day) !== BROKEN_OFF[day]);
  const refused = others.filter(({ status }) => status !== 200);
  const resets = await capture.frames('tcp.flags.reset == 1 && (tcp.srcport == 8080 || tcp.srcport == 80)');
  return [
    ...wrong.map((day) => `the export of ${day} is ${killed.includes(day) ? 'complete' : 'cut short'}`),
    ...elsewhere.map((day) => `the export of ${day} is cut short after ${received(day)} pieces`),
    ...(refused.length === 0 ? [] : [`${refused.length} short requests failed`]),
    ...(resets.length === 0 ? [] : [`a server reset a connection in ${resets.join(', ')}`]),
  ];
}

/** The front may not have closed a connection that the client broke off before the client did; the last one is kept until the end. */
async function closedByOthersFirst(capture) {
  const fields = ['frame.number', 'tcp.stream', 'ip.src'];
  const closes = await capture.records(
    fields,
    `tcp.port == 80 && ip.addr == ${CLIENT} && (tcp.flags.fin == 1 || tcp.flags.reset == 1)`,
  );
  const streams = [...new Set(closes.map((close) => close['tcp.stream']))];
  return streams
    .slice(0, BROKEN_DAYS.length)
    .map((stream) => closes.find((close) => close['tcp.stream'] === stream))
    .filter((first) => first['ip.src'] !== CLIENT)
    .map((first) => `the front closed first, in ${first['frame.number']}`);
}
