import { z } from 'zod';
import { count } from './figures.js';

/** The figures of rules/early-response-reset. */
export const earlyResponseResetFacts = z.object({
  statuses: z.array(count),
  bodyBytesSent: count,
  largestContentLength: count.nullable(),
  retriesJudged: count,
  retriedAndAnswered: count,
});
