/** The figures that rules put into `facts`, as schemas: one per rule, open for more. Loaded with schema.ts only. */
import { z } from 'zod';

const count = z.int().nonnegative();
const nanoseconds = z.number();

/** rules/rst-after-request. */
export const rstAfterRequestFacts = z.object({
  kind: z
    .enum(['forged', 'application-abort', 'stateless-reply', 'unattributed'])
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
  affectedConnections: count,
  connectionsOfServer: count,
  answeredRequestsOfServer: count,
  uncountedIncidents: count.describe('Further incidents at this server, beyond those that are told apart; normally 0'),
  incidentsAtUncountedServers: count.describe(
    'Further incidents of the run, at servers beyond those that are kept one by one; normally 0',
  ),
  healthChecks: count.describe('Occurrences that were health checks'),
  retriesJudged: count,
  retriedAndAnswered: count,
  retriedInVain: count,
  notRetried: count,
  attribute: z
    .looseObject({
      name: z.string(),
      value: z.string(),
      failedWithIt: count,
      answeredWithoutIt: count,
      p: z.number().describe("Fisher's exact test"),
    })
    .nullable()
    .describe('What all reset requests have and no answered one'),
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
