import { z } from 'zod';
import { count, nanoseconds } from './figures.js';

/** The figures of rules/expect-continue-stall. */
export const expectContinueStallFacts = z.object({
  shortestStallNs: nanoseconds,
  longestStallNs: nanoseconds,
  requestsWithExpect: count,
  toldToContinue: count.describe('Of those: answered 100 (Continue)'),
});
