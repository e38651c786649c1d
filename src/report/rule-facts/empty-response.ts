import { z } from 'zod';
import { count, nanoseconds, timeWindow } from './figures.js';

/** The figures of rules/empty-response. */
export const emptyResponseFacts = z.object({
  minDelayNs: nanoseconds.describe('Request to FIN'),
  maxDelayNs: nanoseconds,
  delaysCluster: z.boolean().describe('Three delays and more, of a second and longer, agree'),
  lostRequests: count.describe('Requests without an answer: over HTTP/2 the end of one connection takes several'),
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
  timeWindow: timeWindow.optional().describe('When all were dropped and nobody was answered, beyond chance'),
  attribute: z
    .looseObject({ name: z.string(), value: z.string(), failedWithIt: count, answeredWithoutIt: count, p: z.number() })
    .nullable()
    .describe('What all such requests have and no answered one'),
});
