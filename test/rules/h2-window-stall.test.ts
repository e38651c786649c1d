import { OUT_OF_WINDOW } from '../../src/facts/anomaly.js';
import type { Connection } from '../../src/facts/connection.js';
import type { Side } from '../../src/facts/endpoint.js';
import type { H2Exchange, WindowStall } from '../../src/facts/h2.js';
import { h2WindowStall } from '../../src/rules/h2-window-stall.js';
import {
  answer,
  type ConnectionOptions,
  connection,
  fieldsOf,
  finBy,
  get,
  handshake,
  type RequestOptions,
  SECOND,
  type Step,
} from './facts.js';
import { overH2, SETTINGS } from './h2-facts.js';
import { testRule } from './test-rule.js';

/** The packet of DATA, of a connection's first. */
const DATA = 5;

interface StallOptions extends Partial<WindowStall> {
  /** Seconds that it lasts. */
  readonly seconds?: number;
  readonly request?: RequestOptions;
  readonly more?: readonly Step[];
  readonly options?: ConnectionOptions;
  readonly exchange?: Partial<H2Exchange>;
  readonly answered?: 'before' | 'behind' | 'cut' | null;
}

/** A request on stream 1, and a window that is used up 0.1 s later. */
function stalled(made: StallOptions): Connection {
  const { seconds = 2.5, request = {}, more = [], options = {}, exchange = {}, answered = 'behind', ...rest } = made;
  const begins = options.beginsAt ?? 0;
  const first = options.firstPacket ?? 1;
  const steps: Step[] = [...handshake(), get(1133, '/import', request)];
  if (answered === 'before') steps.push(answer(60_000));
  if (answered === 'cut') steps.push(answer(60_000, 200, 500, { complete: false }));
  steps.push({ at: 100_000, is: 'data', from: rest.sender ?? 'client', bytes: 1000 });
  steps.push(...more);
  if (answered === 'behind') steps.push(answer(100_000 + seconds * SECOND + 500_000));
  const facts = connection([...steps, finBy('client', 100_000 + seconds * SECOND + 900_000)], options);
  const startNs = (begins + 100_000) * 1000;
  const isOpen = rest.endedBy === null;
  const isUpload = (rest.sender ?? 'client') === 'client';
  // The rest of the body comes once there is a window again.
  const bodyEndNs = startNs + (rest.endedBy === undefined ? seconds * 1e9 + 200_000 : 0);
  const exchanges = facts.exchanges.map((one, at) =>
    isUpload && at === 0 ? { ...one, request: one.request && { ...one.request, endNs: bodyEndNs } } : one,
  );
  return overH2(
    {
      ...facts,
      exchanges,
      client: { ...facts.client, highestAcknowledged: facts.server.nextSequence },
      server: { ...facts.server, highestAcknowledged: facts.client.nextSequence },
    },
    {
      settings: { client: SETTINGS, server: SETTINGS },
      windowStalls: [
        {
          sender: 'client',
          h2Stream: 1,
          packet: first + DATA - 1,
          startNs,
          endedBy: 'window-update',
          endPacket: isOpen ? null : first + DATA,
          endNs: isOpen ? null : startNs + seconds * 1e9,
          ...rest,
        },
      ],
      windowStallCount: 1,
    },
    (at) => (at === 0 ? { state: isOpen ? 'client-done' : 'closed', ...exchange } : {}),
  );
}

/** An answer of which the client takes nothing more, until it resets it. */
const unread = (made: StallOptions = {}): Connection =>
  stalled({
    sender: 'server',
    seconds: 6,
    answered: 'cut',
    endedBy: 'reset',
    exchange: { reset: { by: 'client', code: 8, packet: 6, atNs: 6_100_000_000, openStreams: 1 } },
    ...made,
  });

/** The window of the connection is used up, and the client asks for more, which waits until the window comes. */
const starved = (made: StallOptions = {}, endsAt = 2.7): Connection =>
  stalled({
    sender: 'server',
    h2Stream: 0,
    answered: 'cut',
    more: [get(400_000, '/status'), answer(410_000, 200, 40, { endNs: endsAt * 1e9 })],
    ...made,
  });

/** The same, and the client resets what it asked for meanwhile, 0.1 s after its head came. */
const takenBack = (facts: Connection): Connection => ({
  ...facts,
  exchanges: facts.exchanges.map((one, at) =>
    at === 0
      ? one
      : {
          ...one,
          response: one.response && { ...one.response, complete: false, endNs: one.response.startNs + 1000 },
          h2: one.h2 && { ...one.h2, reset: { by: 'client', code: 8, packet: 9, atNs: 510_000_000, openStreams: 2 } },
        },
  ),
});

/** The leg behind a proxy, and the one in front, whose stall ends a moment later. */
const legs = (made: StallOptions, frontLater = 5_000_000): Connection[] => {
  const front = stalled({
    ...made,
    options: { stream: 1, firstPacket: 101, server: '10.0.0.49', client: '203.0.113.7' },
  });
  const later = (stall: WindowStall): WindowStall => ({ ...stall, endNs: (stall.endNs ?? 0) + frontLater });
  return [
    stalled({ ...made, options: { beginsAt: 300 } }),
    { ...front, h2: front.h2 && { ...front.h2, windowStalls: front.h2.windowStalls.map(later) } },
  ];
};

/** A segment of that side was sent again, so long after the first packet. */
const sentAgain = (facts: Connection, by: Side, atNs = 50_000_000): Connection => ({
  ...facts,
  [by]: {
    ...facts[by],
    ...{ retransmissions: 1, resends: [{ atNs, sequence: 1 }], firstAgain: { packet: 9, atNs } },
  },
});

/** A segment of that side was lost before the capture point. */
const refilled = (facts: Connection, by: Side, atNs = 50_000_000): Connection => ({
  ...facts,
  [by]: { ...facts[by], refills: 1, firstAgain: { packet: 9, atNs } },
});

/** The sender acknowledged more of the receiver than was captured. */
function unseen(facts: Connection, by: Side): Connection {
  const other = by === 'client' ? 'server' : 'client';
  return { ...facts, [other]: { ...facts[other], highestAcknowledged: (facts[by].nextSequence ?? 0) + 13 } };
}

/** The other side never confirmed the last bytes of that one. */
function unacknowledged(facts: Connection, by: Side): Connection {
  const other = by === 'client' ? 'server' : 'client';
  return { ...facts, [other]: { ...facts[other], highestAcknowledged: (facts[by].nextSequence ?? 500) - 500 } };
}

const grpc = { request: { fields: fieldsOf({ 'content-type': 'application/grpc' }) } };
const SUBJECT = { subject: '10.0.1.43:80', occurrences: 1, confidence: 'likely' } as const;
const SERVER = { 'server-does-not-read': 'supported', 'client-does-not-read': 'ruled-out' } as const;
const CLIENT = { 'server-does-not-read': 'ruled-out', 'client-does-not-read': 'supported' } as const;

testRule(h2WindowStall, {
  fires: [
    {
      name: 'an import waits for a lock before it reads, behind HAProxy',
      capture: 'samples/h2-window-stall-upload.pcapng',
      subject: '10.0.1.43:8080',
      occurrences: 2,
      severity: 'warning',
      confidence: 'likely',
      verdicts: SERVER,
      marks: ['the server gives window after two seconds'],
    },
    {
      name: 'a client does not read what it asked for',
      capture: 'samples/h2-window-stall-unread.pcapng',
      subject: '10.0.0.49:8080',
      occurrences: 2,
      severity: 'notice',
      confidence: 'likely',
      verdicts: CLIENT,
      marks: ['RST_STREAM of the client, CANCEL'],
    },
    {
      ...SUBJECT,
      name: 'an upload stands still',
      facts: stalled({}),
      severity: 'warning',
      verdicts: SERVER,
      packets: [4, 5, 6],
    },
    {
      ...SUBJECT,
      name: 'an upload stands still until its client gives up',
      facts: stalled({
        endedBy: 'reset',
        answered: null,
        exchange: { reset: { by: 'client', code: 8, packet: 6, atNs: 2_600_000_000, openStreams: 1 } },
      }),
      severity: 'warning',
      verdicts: SERVER,
    },
    { ...SUBJECT, name: 'an answer is never read', facts: unread(), severity: 'notice', verdicts: CLIENT },
    {
      ...SUBJECT,
      name: 'an answer is not read until the connection ends',
      facts: unread({ endedBy: null, exchange: {} }),
      severity: 'notice',
      verdicts: CLIENT,
    },
    {
      ...SUBJECT,
      name: 'a client asks for more with no window left for its connection',
      facts: starved(),
      severity: 'warning',
      verdicts: CLIENT,
    },
    {
      ...SUBJECT,
      name: 'a proxy in front stands still with its server',
      facts: legs({}),
      severity: 'warning',
      verdicts: SERVER,
    },
    { ...SUBJECT, name: 'the server sent again before the upload', facts: sentAgain(stalled({}), 'server') },
    { ...SUBJECT, name: 'the server sent again behind it', facts: sentAgain(stalled({}), 'server', 2_700_000_000) },
    {
      ...SUBJECT,
      name: 'its own direction lost something behind it',
      facts: refilled(stalled({}), 'server', 2_700_000_000),
    },
    {
      name: 'a proxy in front goes on much later by itself',
      facts: legs({}, 300_000_000),
      subject: '10.0.0.49:80',
      findings: 2,
      titled: '10.0.0.49',
      occurrences: 1,
      confidence: 'likely',
    },
  ],
  silent: [
    { name: 'an import reads at once', capture: 'samples/h2-window-stall-upload-healthy.pcapng' },
    { name: 'a client reads slowly, and all', capture: 'samples/h2-window-stall-unread-healthy.pcapng' },
    {
      name: 'a client takes what it had left lying for a minute',
      lookAlike: 'slow-reader',
      facts: unread({ seconds: 60, endedBy: 'window-update', answered: 'behind', exchange: {} }),
    },
    { name: 'an upload waits for 0.9 s', lookAlike: 'short-pause', facts: stalled({ seconds: 0.9 }) },
    { name: 'a gRPC call holds its client back', lookAlike: 'streaming', facts: stalled(grpc) },
    { name: 'a gRPC answer is left lying', facts: unread(grpc) },
    { name: 'the server has answered before', lookAlike: 'answered-early', facts: stalled({ answered: 'before' }) },
    { name: 'a client leaves after two seconds', lookAlike: 'changed-its-mind', facts: unread({ seconds: 2 }) },
    { name: 'nobody asks meanwhile', lookAlike: 'nobody-asks', facts: starved({ more: [] }) },
    { name: 'what is asked meanwhile is answered at once', facts: starved({}, 0.42) },
    { name: 'what is asked meanwhile is taken back at once', facts: takenBack(starved()) },
    { name: 'an upload had to be sent again', lookAlike: 'loss', facts: sentAgain(stalled({}), 'client') },
    { name: 'segments of an upload were lost before the capture', facts: refilled(stalled({}), 'client') },
    { name: 'an upload is never acknowledged', facts: unacknowledged(stalled({}), 'client') },
    { name: 'an answer had to be sent again', facts: sentAgain(unread(), 'server') },
    { name: 'an answer is never acknowledged', facts: unacknowledged(unread(), 'server') },
    { name: 'what used up the connection’s window had to be sent again', facts: sentAgain(starved(), 'server') },
    { name: 'the window was sent again', facts: sentAgain(stalled({}), 'server', 2_600_000_000) },
    { name: 'the window came late, behind others', facts: refilled(stalled({}), 'server', 2_600_000_000) },
    { name: 'the window for an answer was sent again', facts: sentAgain(starved(), 'client', 1_000_000_000) },
    {
      name: 'the capture ends first',
      lookAlike: 'still-going',
      facts: unread({ endedBy: null, exchange: {}, options: { guards: { cutByCaptureEnd: true } } }),
    },
  ],
  cannotTell: [
    {
      name: 'frames were lost',
      facts: ((facts) => ({ ...facts, h2: facts.h2 && { ...facts.h2, timesLost: { client: 0, server: 1 } } }))(
        stalled({}),
      ),
    },
    { name: 'the client acknowledged what was not seen of the server', facts: unseen(stalled({}), 'server') },
    { name: 'the server acknowledged what was not seen of the client', facts: unseen(unread(), 'client') },
    {
      name: 'segments of it do not fit, and were not read',
      facts: stalled({ options: { anomalies: [{ name: OUT_OF_WINDOW, from: 'server', packet: 7, count: 1 }] } }),
    },
    {
      name: 'the capture began when the server had spoken',
      facts: ((facts) => ({ ...facts, h2: facts.h2 && { ...facts.h2, settings: { client: SETTINGS, server: null } } }))(
        stalled({}),
      ),
    },
    { name: 'the clock was set', facts: stalled({ options: { guards: { clockStepped: true } } }) },
  ],
});
