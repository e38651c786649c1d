import { z } from 'zod';
import { count, nanoseconds } from './figures.js';

/** The figures of rules/preconnect-408. */
export const preconnect408Facts = z.object({
  unusedWith408: count.describe('Connections without a request that were sent a 408'),
  unusedWith408ByShape: count.describe('The same in TLS without keys: a record of its size'),
  unusedSilent: count.describe('Closed without a request and without a byte of an answer'),
  halfWith408: count.describe('Connections with half a request that were sent a 408'),
  halfSilent: count.describe('The same, closed without a byte of an answer'),
  keptAliveWith408: count.describe('Idle connections that had served before and were sent a 408'),
  lateRequests: count.describe('Requests written on a connection after the server had given it up'),
  lateRequestsThatCrossed: count.describe('Those that had left before the server’s farewell could arrive'),
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
