import { z } from 'zod';
import { count } from './figures.js';

/** The figures of rules/header-too-large. */
export const headerTooLargeFacts = z.object({
  whose: z.enum(['request', 'response']),
  status: count,
  smallestHeadBytes: count,
  largestHeadBytes: count,
  longestTargetBytes: count,
  withCookie: count.describe('Of the occurrences kept'),
});
