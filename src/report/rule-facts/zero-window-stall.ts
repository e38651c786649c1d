import { z } from 'zod';
import { count, nanoseconds } from './figures.js';

/** rules/zero-window-stall. */
export const zeroWindowStallFacts = z.object({
  byServer: count.describe('Among the occurrences shown: whose window was closed'),
  byClient: count,
  minClosedNs: nanoseconds,
  maxClosedNs: nanoseconds,
});
