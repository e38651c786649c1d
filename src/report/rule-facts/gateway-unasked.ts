import { z } from 'zod';
import { count, nanoseconds } from './figures.js';

/** The figures of rules/gateway-unasked. */
export const gatewayUnaskedFacts = z.object({
  manner: z
    .enum(['queue', 'phase', 'among'])
    .describe('After a wait while servers were busy; at once while nobody was asked; at once while others were asked'),
  minWaitNs: nanoseconds.describe('From request to answer'),
  maxWaitNs: nanoseconds,
  askedBehind: count.describe('Requests of the gateway’s clients that it asked a server behind for'),
  mostInProgress: count.describe('The most of them in progress behind at a time'),
  unaskedForNs: nanoseconds
    .nullable()
    .describe('From what failed behind, or else from the first of the answers, until a server was asked again'),
  queueTimeoutSeconds: z.number().positive().nullable(),
  failedServer: z.string().nullable().describe('Endpoint behind that failed just before'),
});
