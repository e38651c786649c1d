/** The figures that rules put into `facts`, as schemas: one per rule, open for more. Loaded with schema.ts only. */
import { z } from 'zod';

const count = z.int().nonnegative();
const nanoseconds = z.number();

/** rules/rst-after-request. */
export const rstAfterRequestFacts = z.object({
  kind: z
    .enum(['forged', 'asymmetric-path', 'application-abort', 'stateless-reply', 'unattributed'])
    .describe('Who wrote the resets, as far as the packets say'),
  resetShape: z
    .enum(['A', 'A0', 'B', 'other'])
    .describe('A: stateless reply of a kernel; A0: closed port; B: abort of a socket'),
  forged: z.enum(['certain', 'likely', 'none']).describe("What the forgery tests say of the server's resets"),
  forgedWhere: z.enum(['inline-on-host', 'inline-mid-path', 'passive-sensor', 'unknown']).nullable(),
  forgeryTests: z.array(
    z.object({
      id: z.string(),
      result: z.enum(['positive', 'negative', 'not-applicable']),
      weight: z.enum(['decisive', 'strong', 'medium']),
      because: z.string(),
    }),
  ),
  capturePoint: z.enum(['server', 'client', 'between', 'loopback', 'unknown']).describe('Where the capture was taken'),
  farRoundTripNs: nanoseconds.nullable().describe('Round trip to the end that the capture point is far from'),
  minResetDelayNs: nanoseconds.describe('Request to RST'),
  medianResetDelayNs: nanoseconds,
  maxResetDelayNs: nanoseconds,
  fastestAnswerNs: nanoseconds.nullable().describe("The server's fastest answer to any request"),
  connectionAgeNs: nanoseconds.nullable(),
  requestBytes: count.nullable(),
  encrypted: z.boolean(),
  outstanding: z
    .enum(['request', 'application-data', 'unknown-bytes'])
    .describe('What stood unanswered: a request, TLS application data (most likely one), or bytes of TLS'),
  affectedConnections: count,
  connectionsOfServer: count,
  lostRequests: count.describe('In HTTP/2 a connection may lose several'),
  answeredRequestsOfServer: count,
  byTime: z
    .array(z.object({ fromSeconds: z.number(), seconds: z.number(), failed: count, answered: count }))
    .describe("Requests reset and answered by time, from the run's first packet; stretches without either left out"),
  affected: z
    .array(z.object({ attribute: z.string(), value: z.string(), failed: count, answered: count }))
    .describe(
      'Who asked: the most frequent values of the reset requests, and how many sampled answered requests have them',
    ),
  answeredSampled: count.describe('Answered requests that affected compares with'),
  affectedClients: count.nullable().describe('Different clients; null: too many to count'),
  abandonedByClients: count.describe('Connections that clients themselves reset while they waited: not counted above'),
  uncountedIncidents: count.describe('Further incidents at this server, beyond those that are told apart; normally 0'),
  incidentsAtUncountedServers: count.describe(
    'Further incidents of the run, at servers beyond those that are kept one by one; normally 0',
  ),
  healthChecks: count.describe('Occurrences that were health checks'),
  retriesJudged: count,
  retriedAndAnswered: count,
  retriedInVain: count,
  notRetried: count,
  retriedElsewhere: count.describe('Of those retried and answered: by another server'),
  attribute: z
    .looseObject({
      name: z.string(),
      value: z.string(),
      failedWithIt: count,
      answeredWithoutIt: count,
      answeredWithItBefore: count.describe('Before the first reset: a ban takes effect at one moment'),
      isSinceFirst: z.boolean().describe('true: compared with what was answered from the first reset on'),
      p: z.number().describe("Fisher's exact test"),
    })
    .nullable()
    .describe('What all reset requests have and no answered one'),
});

/** rules/preconnect-408. */
export const preconnect408Facts = z.object({
  unusedWith408: count.describe('Connections without a request that were sent a 408'),
  unusedWith408ByShape: count.describe('The same in TLS without keys: a record of its size'),
  unusedSilent: count.describe('Closed without a request and without a byte of an answer'),
  halfWith408: count.describe('Connections with half a request that were sent a 408'),
  halfSilent: count.describe('The same, closed without a byte of an answer'),
  keptAliveWith408: count.describe('Idle connections that had served before and were sent a 408'),
  lateRequests: count.describe('Requests written on a connection after the server had given it up'),
  lateRequestsThatCrossed: count.describe("Those that had left before the server's farewell could arrive"),
  lateRetriedAtOnce: count,
  lateRetriedAndAnswered: count.describe('Asked again within 5 s, though not at once'),
  lateRetriedInVain: count,
  lateNotRetried: count,
  requestTimeoutSeconds: z.number().nullable().describe('Estimated; null when there is no one timer'),
  requestTimeoutPattern: z.enum(['timer', 'interval-check', 'spread', 'contradicted']).nullable(),
  requestTimeoutSamples: count,
  requestTimeoutAgreeing: count,
  requestTimeoutConfidence: z.enum(['certain', 'likely', 'possible']).nullable(),
  lowestAgeNs: nanoseconds
    .nullable()
    .describe('Age at which the server gave up; with an interval check the time-out is at most this'),
  highestAgeNs: nanoseconds.nullable(),
  connectionsOfServer: count,
  closedByClientUnused: count.describe('Unused connections that their clients closed: no fault'),
  lostOnPath: count.describe('Given up where bytes of the client had not arrived: not counted as occurrences'),
  probesLeftOut: count.describe('Connections of scanners and monitors: not counted as occurrences'),
  uncountedIncidents: count.describe('Further incidents, of more clients than are told apart; normally 0'),
});

/** rules/empty-response. */
export const emptyResponseFacts = z.object({
  minDelayNs: nanoseconds.describe('Request to FIN'),
  maxDelayNs: nanoseconds,
  delaysCluster: z.boolean().describe('Three delays and more, of a second and longer, agree'),
  onNewConnections: count.describe('Of the occurrences shown, those that were the first request of their connection'),
  closedAtOnce: count.describe('Occurrences within 50 ms of the first'),
  connectionsOfServer: count,
  answeredRequestsOfServer: count,
  healthChecks: count.describe('Health checks that met the same: not counted as occurrences'),
  incidentsAtUncountedServers: count,
  retriesJudged: count,
  retriedAndAnswered: count,
  retriedInVain: count,
  notRetried: count,
  attribute: z
    .looseObject({ name: z.string(), value: z.string(), failedWithIt: count, answeredWithoutIt: count, p: z.number() })
    .nullable()
    .describe('What all such requests have and no answered one'),
});

/** rules/cross-sni-reuse. */
export const crossSniReuseFacts = z.object({
  kind: z
    .enum(['misrouted', 'rejected', 'retried', 'harmless', 'undecided', 'encrypted'])
    .describe(
      'misrouted: the wrong server answered; rejected, retried: 421, without and with a retry that got through; encrypted: seen from outside',
    ),
  basis: z
    .enum([
      'other-server',
      'other-page',
      'same-page-and-server',
      'not-found',
      'by-name',
      'same-server',
      'same-answer',
      'same-page',
      'dns',
      'none',
    ])
    .describe('What the kind rests on: servers behind, pages, answers on connections of the right name, DNS'),
  pairs: z
    .array(z.object({ serverName: z.string(), authority: z.string(), requests: count }))
    .describe('Names of connections, and of requests on them'),
  clientIsGateway: z.boolean(),
  certificateCoversBoth: z.boolean().nullable().describe('null: not readable'),
  originFrameNamesIt: z.boolean().describe('The server offered the name in an ORIGIN frame'),
  offersEch: z.boolean().describe('The ClientHello carries Encrypted Client Hello, real or GREASE'),
  backServersOfReused: z.array(z.string()).describe('Servers behind the proxy that these requests reached'),
  backServersOfRightName: z.array(z.string()).describe('... that requests on connections of the right name reached'),
  backServersOfConnectionName: z.array(z.string()).describe('... that requests for the connection’s own name reached'),
  statuses: z.record(z.string(), count).describe('Answers by status; none: not seen'),
  uncountedRequests: count.describe('Further such requests, of names beyond those that are kept; normally 0'),
});

/** rules/keepalive-race. */
export const keepaliveRaceFacts = z.object({
  kind: z
    .enum(['race', 'stale-pool', 'predicted'])
    .describe('race: requests and closes crossed; stale-pool: the client had the FIN; predicted: none was lost yet'),
  capturePoint: z.enum(['server', 'client', 'between', 'loopback', 'unknown']).describe('Where the capture was taken'),
  lostRequests: count,
  crossedTheClose: count.describe('Lost: neither side could know of the other'),
  sentAfterTheCloseWasKnown: count.describe("Lost: sent though the client's kernel had the FIN"),
  abortedAtExpiry: count.describe('Lost: reset unread as the idle time-out expired'),
  encrypted: count.describe('Of the lost ones: client data in TLS that no key opens'),
  idempotentShare: z
    .number()
    .nullable()
    .describe('Share of the lost requests whose method may be repeated; null: none'),
  idleTimeoutSeconds: z.number().nullable().describe('After how long the server closes an idle connection'),
  idleTimeoutSamples: count.describe('Closes behind that; fewer than 3 are what was seen, not an estimate'),
  announcedTimeoutSeconds: z.number().nullable().describe('Keep-Alive: timeout=N'),
  clientIdleTimeoutSeconds: z.number().nullable().describe('After how long its clients close idle connections'),
  clientIdleTimeoutSamples: count,
  shortestLostReuseSeconds: z.number().nullable().describe('Idle time before the lost requests'),
  longestLostReuseSeconds: z.number().nullable(),
  longestAnsweredReuseSeconds: z.number().nullable().describe('Longest idle time after which a request was answered'),
  answeredReuses: count.describe('Requests answered after half a second and more of idleness'),
  nearMisses: count.describe('Of those: shortly before the idle time-out'),
  lostInMassCloses: count.describe('Further lost requests, left out: several connections were closed at one moment'),
  connectionsOfServer: count,
  healthChecks: count,
  retriesJudged: count,
  retriedAndAnswered: count,
  retriedInVain: count,
  notRetried: count,
  frontFailures: z
    .array(z.looseObject({ address: z.string(), port: count, status: z.int().nullable(), count }))
    .describe('How the server in front answered its clients for them; status null: it closed without an answer'),
});

/** rules/websocket-upgrade-failed. */
export const websocketUpgradeFailedFacts = z.object({
  failure: z
    .enum(['stripped', 'h2-get', 'keyless', 'refused', 'wrong-accept'])
    .describe('stripped: no Upgrade; h2-get: over HTTP/2 without :protocol; refused: a whole handshake'),
  status: count,
  handshakesOfServer: count,
  acceptedHandshakes: count,
  seenOnBothLegs: count.describe('Of the occurrences kept as evidence'),
  front: z.string().nullable().describe('The proxy that the client had asked, where its leg was captured'),
  frontVersion: z.string().nullable().describe('HTTP version of that leg'),
  httpVersion: z.string(),
  origin: z.string().nullable(),
  clients: count,
  clientsThatSucceededLater: count,
});
