import { z } from 'zod';
import { count } from './figures.js';

/** The figures of rules/keepalive-race. */
export const keepaliveRaceFacts = z.object({
  kind: z
    .enum(['race', 'stale-pool', 'reload', 'predicted'])
    .describe(
      'race: requests and closes crossed; stale-pool: the client had the FIN; reload: all met closes of several connections at one moment; predicted: none was lost yet',
    ),
  capturePoint: z.enum(['server', 'client', 'between', 'loopback', 'unknown']).describe('Where the capture was taken'),
  lostRequests: count,
  crossedTheClose: count.describe('Lost: neither side could know of the other'),
  sentAfterTheCloseWasKnown: count.describe('Lost: sent though the client’s kernel had the FIN'),
  abortedAtExpiry: count.describe('Lost: reset unread as the idle time-out expired'),
  closedAtExpiry: count.describe('Lost: closed upon as the idle time-out expired'),
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
