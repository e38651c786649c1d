/** What the packets say of each handshake, and whether that is what its client saw. */
import { FRONT } from '../../parts/front.mjs';

const CLOSE_NOTIFY = 0;

/**
 * curl's exit codes for a handshake that failed, for a connection that broke after it thought it was done, and for
 * the alert that a certificate has expired, which it takes for the server's.
 */
export const CURL_REFUSED = [35, 55, 56, 60];
/** curl's exit code for a certificate that it does not trust. */
export const CURL_UNTRUSTED = [60];

/** For each connection, in order: who, the alerts of either side, the statuses of its responses. */
export async function handshakesOf(capture) {
  const fields = ['tcp.stream', 'ip.src', 'ip.dst', 'tls.handshake.type', 'tls.alert_message.desc', 'frame.number'];
  const records = await capture.records(
    [...fields, 'http.response.code', 'http2.headers.status'],
    `tcp.port == 443 && ip.addr == ${FRONT}`,
  );
  const all = new Map();
  for (const record of records) {
    const isServer = record['ip.src'] === FRONT;
    const stream = record['tcp.stream'];
    if (!all.has(stream)) all.set(stream, { client: record['ip.src'], hello: false, alerts: [], statuses: [] });
    const handshake = all.get(stream);
    if (!isServer && values(record['tls.handshake.type']).includes(1)) handshake.hello = true;
    for (const description of values(record['tls.alert_message.desc'])) {
      if (description !== CLOSE_NOTIFY) handshake.alerts.push({ from: isServer ? 'server' : 'client', description });
    }
    handshake.statuses.push(...values(record['http.response.code']), ...values(record['http2.headers.status']));
  }
  return [...all.values()];
}

function values(text) {
  return text === '' ? [] : text.split(',').map(Number);
}

/**
 * Compares the capture with what the clients saw. `expected` says for each client's address how each of its calls
 * ends: `{ status }`, with `requests` of them, or `{ alert, by, exits }`, which curl ends with one of `exits`.
 */
export function handshakesMustBe(expected) {
  return async (capture, { calls }) => {
    const handshakes = await handshakesOf(capture);
    return Object.entries(expected).flatMap(([address, how]) => {
      const theirs = calls.filter(({ from }) => from === address);
      const seen = handshakes.filter(({ client }) => client === address);
      if (seen.length !== theirs.length) return [`${address}: ${seen.length} connections, ${theirs.length} calls`];
      const isRight = 'alert' in how ? isRefused : isAnswered;
      const wrong = [
        ...theirs.filter((call) => !isRight.call(call, how)),
        ...seen.filter((one) => !isRight.packets(one, how)),
      ];
      return wrong.map((one) => `${address}, should be ${JSON.stringify(how)}: ${JSON.stringify(one)}`);
    });
  };
}

/** The same by what curl says alone: of a capture without keys. */
export function callsMustBe(expected) {
  return (_, { calls }) =>
    calls
      .filter((call) => !('alert' in expected[call.from] ? isRefused : isAnswered).call(call, expected[call.from]))
      .map((call) => `should be ${JSON.stringify(expected[call.from])}: ${JSON.stringify(call)}`);
}

const isAnswered = {
  call: ({ code, statuses }, { status }) => code === 0 && statuses.every((one) => one === status),
  packets: ({ hello, alerts, statuses }, { status, requests }) =>
    hello && alerts.length === 0 && statuses.length === requests && statuses.every((one) => one === status),
};

const isRefused = {
  call: ({ code, statuses }, { exits }) => exits.includes(code) && statuses.every((one) => one === 0),
  packets: ({ hello, alerts, statuses }, { alert, by }) =>
    hello && alerts.length === 1 && alerts[0].description === alert && alerts[0].from === by && statuses.length === 0,
};
