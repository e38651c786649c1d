import { z } from 'zod';
import { count, nanoseconds } from './figures.js';

/** rules/deploy-drain. */
export const deployDrainFacts = z.object({
  requestsInWork: count,
  amidAnswer: count,
  refusedConnections: count,
  refusedAfterNs: nanoseconds.describe('From the end of the server to the first refused connection'),
  acceptedAgainAfterNs: nanoseconds.nullable(),
  gatewayErrorsInFront: count.describe(
    'Answers 502, 503 and 504, and gRPC’s UNAVAILABLE and DEADLINE_EXCEEDED without a message, that clients in front got for these',
  ),
});
