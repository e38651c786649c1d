/** What the stories of full queues share: shoppers who come one by one, and then all at once. */
import { CLIENT, FRONT, frontNetwork } from '../../parts/front.mjs';
import { pause } from '../../parts/program.mjs';
import { OTHER_CLIENTS, startShoppersOn } from '../../parts/shop.mjs';

const SHOPPERS = [CLIENT, ...OTHER_CLIENTS];

/** Shoppers in a quiet hour, and how long after one another they come, milliseconds. */
const CALM = 5;
const CALM_MS = 120;

/** Half a round trip in which many SYNs are answered before the first handshake is over, microseconds. */
export const FAR = { oneWayMicroseconds: 10_000 };

/** The network, and shoppers on its client. `sysctl`: kernel settings of the front, recorded; `line`: to the client. */
export async function rushNetwork(lab, { sysctl = [], line } = {}) {
  if (sysctl.length > 0) lab.setting('kernel of the server', sysctl.join('\n'));
  const hosts = await frontNetwork(lab, { clients: OTHER_CLIENTS, line, hosts: { front: { sysctl } } });
  return { hosts, shoppers: await startShoppersOn(hosts.client) };
}

/** A request on a connection of its own: the `index`-th shopper asks. */
export function once(index, path = '/') {
  return { from: SHOPPERS[index % SHOPPERS.length], path, fields: { Connection: 'close' } };
}

/** Some who come one by one. */
export async function calmHour(shoppers) {
  const answers = [];
  for (let index = 0; index < CALM; index += 1) {
    answers.push(await shoppers.call('ask', once(index)));
    await pause(CALM_MS);
  }
  return answers;
}

/** `count` who come within a round trip, or one every `everyMs`. */
export async function rush(shoppers, count, everyMs = 0) {
  const asked = Array.from({ length: count }, (_, index) => once(index));
  if (everyMs === 0) return shoppers.call('askAll', asked);
  const answers = [];
  for (const one of asked) {
    answers.push(shoppers.call('ask', one));
    await pause(everyMs);
  }
  return Promise.all(answers);
}

/**
 * Shoppers that fill a queue, one after the other, and then `RUSH` within a round trip: the handshakes of all these
 * have begun before the queue is full. (Were more of them under way than the queue is long, Linux would answer with
 * SYN cookies, and forget them.)
 */
export async function fillAndRush(shoppers) {
  const waiting = rush(shoppers, FILL, FILL_MS);
  await pause(FILL * FILL_MS + FILL_MS);
  return [...(await rush(shoppers, RUSH)), ...(await waiting)];
}

/** What `backlog` says where the queue is to overflow so, and how many fill it: one more fits. */
export const FILL = 8;
const FILL_MS = 30;
const RUSH = 6;
/** How many of them find it full. */
export const REFUSED = RUSH - 1;
export const WAITERS = FILL + RUSH;

/** A SYN that comes again, as its first copy met a full queue. */
export const SYN_AGAIN = (count) => ({
  what: 'SYN sent again',
  filter: 'tcp.flags.syn == 1 && tcp.flags.ack == 0 && tcp.dstport == 80 && tcp.analysis.retransmission',
  count,
  fault: true,
});

/** A request that comes again, as the server had dropped the last step of its handshake. */
export const REQUEST_AGAIN = (count) => ({
  what: 'first segment of a request, sent again',
  filter: 'tcp.dstport == 80 && tcp.seq == 1 && tcp.len > 0 && tcp.analysis.retransmission',
  count,
  fault: true,
});

export const RESET = (count) => ({
  what: 'RST of the server',
  filter: `tcp.flags.reset == 1 && ip.src == ${FRONT}`,
  count,
  fault: true,
});

export const ANSWERED = (count) => ({
  what: '200',
  filter: `http.response.code == 200 && ip.src == ${FRONT}`,
  count,
  own: { response: 200, from: FRONT },
});

/** How many of the answers took so long, milliseconds, that a segment had to be sent again. */
export function lateFaults(answers, { late, failed = 0, fromMs = 190 }) {
  const slow = answers.filter(({ status, ms }) => status === 200 && ms >= fromMs).length;
  const lost = answers.filter(({ status }) => status !== 200).length;
  return [
    ...(slow >= late[0] && slow <= late[1]
      ? []
      : [`${slow} late answers, should be ${late.join(' to ')}: ${answers.map(({ ms }) => ms).join()} ms`]),
    ...(lost === failed ? [] : [`${lost} failed, should be ${failed}`]),
  ];
}
