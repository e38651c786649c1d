/** Whether a capture shows the race on the application's leg: by tshark's fields alone. */
import { LOST_ORDERS, LOST_READS } from './story.mjs';

const FIELDS = [
  'frame.number',
  'frame.time_epoch',
  'tcp.stream',
  'tcp.srcport',
  'tcp.flags',
  'tcp.seq',
  'tcp.ack',
  'tcp.len',
  'http.request.method',
];
const FIN = 1;
const RST = 4;
const ACK = 16;
/** FIN and request pass each other on a line of 5 ms. */
const CROSSING_MS = 12;
/** At least so many idle closes by the server let its time-out be estimated with certainty. */
const IDLE_CLOSES = 5;
/** A close comes so late at most, on a busy machine. */
const LATE_MS = 100;

/**
 * What became of each connection to the application: `lost`: a request crossed the server's FIN; `stale`: it was
 * sent after the FIN had been acknowledged; `aborted`: it was answered by a RST without a FIN before; `idle`: the server closed it, with
 * nothing lost, after `idleMs`; `other`.
 */
export async function connectionsIn(capture, port = 8080) {
  const packets = (await capture.records(FIELDS, `tcp.port == ${port}`)).map((record) => ({
    stream: record['tcp.stream'],
    ms: Number(record['frame.time_epoch']) * 1000,
    isServer: Number(record['tcp.srcport']) === port,
    flags: Number(record['tcp.flags']),
    seq: Number(record['tcp.seq']),
    ack: Number(record['tcp.ack']),
    length: Number(record['tcp.len']),
    isRequest: record['http.request.method'] !== '',
  }));
  const streams = [...new Set(packets.map(({ stream }) => stream))];
  return streams.map((stream) => fateOf(packets.filter((packet) => packet.stream === stream)));
}

function fateOf(packets) {
  const has = (flag) => (packet) => (packet.flags & flag) !== 0;
  const last = packets.findLast(({ isRequest }) => isRequest);
  const fin = packets.find((packet) => packet.isServer && has(FIN)(packet));
  const resets = packets.filter((packet) => packet.isServer && has(RST)(packet));
  const firstClose = packets.find((packet) => has(FIN)(packet) || has(RST)(packet));
  const shapes = { resetsWithoutAck: resets.filter((packet) => !has(ACK)(packet)).length, resets: resets.length };
  if (last === undefined) return { kind: 'other', ...shapes };
  const isAnswered = packets.some(
    (packet) => packet.isServer && packet.length > 0 && packet.seq >= last.ack && packet.ack >= last.seq + last.length,
  );
  if (!isAnswered && fin !== undefined) {
    const kind = last.ack > fin.seq ? 'stale' : 'lost';
    return { kind, apartMs: Math.abs(last.ms - fin.ms), isFinBlind: fin.ack <= last.seq, ...shapes };
  }
  if (!isAnswered) return { kind: resets.length > 0 ? 'aborted' : 'other', ...shapes };
  const data = packets.findLast(({ length }) => length > 0);
  if (firstClose?.isServer) return { kind: 'idle', idleMs: firstClose.ms - data.ms, ...shapes };
  return { kind: 'other', ...shapes };
}

/** What is wrong with a capture in which requests should have crossed the server's FIN at `idleMs`. */
export async function faultsOfRace(capture, told, { idleMs }) {
  const connections = await connectionsIn(capture);
  const of = (kind) => connections.filter((connection) => connection.kind === kind);
  const lost = [...of('lost'), ...of('aborted')].length;
  const idle = of('idle').filter(
    (connection) => connection.idleMs >= idleMs - 1 && connection.idleMs < idleMs + LATE_MS,
  );
  const expected = LOST_ORDERS + LOST_READS;
  return [
    ...(told.lostOrders === LOST_ORDERS && told.lostReads === LOST_READS
      ? []
      : [`lost ${told.lostOrders} orders, ${told.lostReads} reads in ${told.visits} visits`]),
    ...(lost === expected ? [] : [`${lost} connections lost a request, should be ${expected}`]),
    ...(of('stale').length === 0 ? [] : [`${of('stale').length} requests were sent after the FIN had come`]),
    ...of('lost')
      .filter(({ apartMs, isFinBlind }) => apartMs > CROSSING_MS || !isFinBlind)
      .map(({ apartMs }) => `a request and the FIN it lost to are ${apartMs} ms apart`),
    ...(idle.length >= IDLE_CLOSES ? [] : [`${idle.length} idle closes after ${idleMs} ms, should be ${IDLE_CLOSES}`]),
  ];
}

/** What is wrong with a capture in which nothing should have been lost. */
export async function faultsOfPeace(capture, told) {
  const bad = told.statuses.filter((status) => status >= 400 || status === 0);
  const broken = (await connectionsIn(capture)).filter(({ kind }) => kind !== 'idle' && kind !== 'other');
  return [
    ...(bad.length === 0 ? [] : [`clients saw ${bad.join(', ')}`]),
    ...(broken.length === 0 ? [] : [`${broken.length} connections lost a request`]),
  ];
}
