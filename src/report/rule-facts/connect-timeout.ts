import { z } from 'zod';
import { count } from './figures.js';

/** rules/connect-timeout. */
export const connectTimeoutFacts = z.object({
  attempts: count,
  clients: count.describe('Different clients among the occurrences shown'),
  maxTries: count.describe('How often a SYN was sent'),
  answeredBySynAck: z.boolean().describe('The server answers, and its answers do not arrive'),
  acceptedConnections: count,
  acceptedAfterRetry: count.describe('Connections accepted after their SYN had been sent again'),
  connectTimeoutSeconds: z.number().nullable().describe('After how long the proxy in front gives up; null: not seen'),
  connectTimeoutSamples: count,
  gatewayErrorsInFront: count.describe(
    'Answers 502, 503 and 504, and gRPC’s UNAVAILABLE and DEADLINE_EXCEEDED without a message, that clients in front got meanwhile',
  ),
});
