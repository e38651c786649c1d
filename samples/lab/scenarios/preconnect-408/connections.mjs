/** What the packets say of each connection to the server, and whether that is what its visitor saw. */
import { FRONT } from '../../parts/front.mjs';

/** Timers fire late on a busy machine, never early but for their own rounding to a millisecond. */
const LATE_MS = 400;
const EARLY_MS = 3;

/** For each connection to the front by the visitor's `address:port`; times in milliseconds since its handshake. */
export async function connectionsOf(capture) {
  const fields = [
    ...['tcp.stream', 'frame.number', 'frame.time_epoch', 'ip.src', 'tcp.srcport', 'tcp.dstport', 'tcp.len'],
    ...[
      'tcp.flags.syn',
      'tcp.flags.fin',
      'tcp.flags.reset',
      'http.request.method',
      'http.response.code',
      'tcp.ack',
      'tls.alert_message.desc',
    ],
  ];
  const all = new Map();
  for (const record of await capture.records(fields, `tcp && ip.addr == ${FRONT}`)) {
    const isServer = record['ip.src'] === FRONT;
    const peer = isServer ? null : `${record['ip.src']}:${record['tcp.srcport']}`;
    const stream = record['tcp.stream'];
    if (!all.has(stream)) {
      if (isServer) continue; // HAProxy's own connection to the shop
      all.set(stream, { peer, began: null, requests: [], statuses: [], closes: [], resets: [], bytes: [] });
    }
    note(all.get(stream), record, isServer ? 'server' : 'client');
  }
  return new Map([...all.values()].map((connection) => [connection.peer, connection]));
}

function note(connection, record, from) {
  const time = Number(record['frame.time_epoch']) * 1000;
  // The third segment of the handshake: from here on a server counts.
  if (connection.began === null && from === 'client' && record['tcp.flags.syn'] === '0') connection.began = time;
  const event = {
    at: time - (connection.began ?? time),
    frame: Number(record['frame.number']),
    from,
    ack: Number(record['tcp.ack']),
  };
  // Over TLS a close begins with close_notify, and the server may be the first to send FIN.
  const isCloseNotify = record['tls.alert_message.desc'].split(',').includes('0');
  if (record['tcp.flags.fin'] === '1' || isCloseNotify) connection.closes.push(event);
  if (record['tcp.flags.reset'] === '1') connection.resets.push(event);
  if (Number(record['tcp.len']) > 0) connection.bytes.push({ ...event, length: Number(record['tcp.len']) });
  if (record['http.request.method'] !== '') connection.requests.push(event);
  for (const code of record['http.response.code'].split(',').filter((text) => text !== '')) {
    connection.statuses.push({ ...event, code: Number(code) });
  }
}

/**
 * Compares the capture with what the visitors saw. `endings` says how each use of a connection ends (ENDINGS);
 * `patienceMs` is when the server loses its patience (`[least, most]` where it looks only now and then).
 */
export function connectionFaults(connections, told, { endings, patienceMs }) {
  return told.flatMap((visitor) => {
    const connection = connections.get(visitor.local);
    if (connection === undefined) return [`the connection of ${visitor.local} is not in the capture`];
    const ending = endings[visitor.use] ?? 'answered';
    const faults = ENDINGS[ending](connection, visitor, patienceMs);
    return faults.map((fault) => `${visitor.use} connection of ${visitor.local}, ${ending}: ${fault}`);
  });
}

const ENDINGS = {
  /** Every request was answered with 200, and the visitor closed. */
  answered: (connection, { answers, ending }) => [
    ...must(answers.length > 0 && answers.every(({ status }) => status === 200), `answers ${JSON.stringify(answers)}`),
    ...must(
      connection.statuses.every(({ code }) => code === 200),
      'a status other than 200',
    ),
    ...must(connection.statuses.length === answers.length, `${connection.statuses.length} responses`),
    ...must(ending === 'client' && connection.closes[0]?.from === 'client', 'the server closed first'),
  ],
  /** Never used, and the visitor closed first. */
  left: (connection, { answers, ending }) => [
    ...must(answers.length === 0 && connection.requests.length === 0, 'it was used'),
    // HAProxy answers the end of a connection without a request with 400.
    ...must(
      connection.statuses.every(({ code, at }) => code === 400 && at >= connection.closes[0]?.at),
      'the server answered',
    ),
    ...must(ending === 'client' && connection.closes[0]?.from === 'client', 'the server closed first'),
  ],
  /** Never used; a 408 when the patience ended. */
  408: (connection, { answers }, patienceMs) => [
    ...must(answers.length === 0 && connection.requests.length === 0, 'it was used'),
    ...oneTimeout(connection, patienceMs),
  ],
  /** Never used, or half a request; closed without a byte when the patience ended. */
  silence: (connection, { answers }, patienceMs) => [
    ...must(
      answers.every(({ status }) => status === 0),
      'the visitor got an answer',
    ),
    ...must(connection.statuses.length === 0, 'the server answered'),
    ...must(connection.closes[0]?.from === 'server', 'the visitor closed first'),
    ...onTime(connection.closes[0], patienceMs),
  ],
  /** Half a request, then a 408. */
  'half, 408': (connection, { answers }, patienceMs) => [
    ...must(answers.length === 1 && answers[0].status === 408, `answers ${JSON.stringify(answers)}`),
    ...must(connection.bytes[0]?.from === 'client', 'no half request'),
    ...must(connection.requests.length === 0, 'a whole request'),
    ...oneTimeout(connection, patienceMs),
  ],
  /** Unused until the 408 had come; the request then read it as its answer, and was reset. */
  'reads the 408': (connection, { answers }, patienceMs) => [
    ...must(answers.length === 1 && answers[0].status === 408, `answers ${JSON.stringify(answers)}`),
    ...oneTimeout(connection, patienceMs),
    ...must(connection.requests.length === 1, 'no request'),
    ...must(connection.requests[0]?.at > connection.statuses[0]?.at, 'the request came before the 408'),
    ...must(connection.resets[0]?.from === 'server', 'no reset for the late request'),
  ],
  /** The request left before the 408 arrived: it does not acknowledge it. */
  'crosses the 408': (connection, visitor, patienceMs) => [
    ...ENDINGS['reads the 408'](connection, visitor, patienceMs),
    ...must(connection.requests[0]?.ack === 1, 'the request acknowledges bytes of the 408'),
  ],
};

function oneTimeout({ statuses, closes }, patienceMs) {
  return [
    ...must(statuses.length === 1 && statuses[0].code === 408, `responses ${statuses.map(({ code }) => code).join()}`),
    ...onTime(statuses[0], patienceMs),
    ...must(closes[0]?.from === 'server', 'the visitor closed first'),
  ];
}

function onTime(event, patienceMs) {
  const [least, most] = [patienceMs].flat().length === 2 ? patienceMs : [patienceMs, patienceMs];
  const isOnTime = event !== undefined && event.at >= least - EARLY_MS && event.at <= most + LATE_MS;
  return must(isOnTime, `after ${event?.at.toFixed(0)} ms, not ${least} to ${most} ms`);
}

function must(condition, fault) {
  return condition ? [] : [fault];
}
