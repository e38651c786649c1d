import { z } from 'zod';
import { count } from './figures.js';

/** The figures of rules/framing-ambiguity. */
export const framingAmbiguityFacts = z.object({
  connections: count,
  flaws: z.array(z.string()).describe('Names of anomalies'),
  inRequests: count,
  inResponses: count,
  refusedInFront: count.describe('Answers that a proxy in front did not take'),
});
