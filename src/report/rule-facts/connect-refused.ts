import { z } from 'zod';
import { count, nanoseconds } from './figures.js';

/** rules/connect-refused. */
export const connectRefusedFacts = z.object({
  by: z.enum(['rst', 'icmp']),
  minDelayNs: nanoseconds.describe('SYN to refusal'),
  maxDelayNs: nanoseconds,
  refusedForNs: nanoseconds.describe('From the first refused SYN to the last refusal'),
  acceptedConnections: count,
  acceptedBetween: z.boolean().nullable().describe('Others were accepted between refusals; null: not known so finely'),
  fallsBackToOtherFamily: z.boolean().describe('The same port is served over the other IP version'),
  gatewayErrorsInFront: count.describe(
    'Answers 502, 503 and 504, and gRPC’s UNAVAILABLE and DEADLINE_EXCEEDED without a message, that clients in front got meanwhile, and 500 of a proxy that says that instead',
  ),
});
