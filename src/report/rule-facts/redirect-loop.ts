import { z } from 'zod';
import { count } from './figures.js';

/** The figures of rules/redirect-loop. */
export const redirectLoopFacts = z.object({
  redirections: count,
  clients: count,
  longestChain: count.describe('Redirections one behind the other'),
  target: z.string(),
  leadsTo: z.enum(['https', 'http', 'same']),
  forwardedScheme: z.enum(['https', 'http']).nullable().describe('What the proxy says of its client'),
  seenOnBothLegs: count.describe('Of the occurrences kept'),
  front: z.string().nullable(),
  setsCookieEachTime: z.boolean(),
});
