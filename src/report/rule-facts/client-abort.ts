import { z } from 'zod';
import { count, nanoseconds } from './figures.js';

/** rules/client-abort. */
export const clientAbortFacts = z.object({
  whileWaiting: count,
  amidAnswer: count,
  minWaitNs: nanoseconds.describe('Request to close'),
  maxWaitNs: nanoseconds,
  exchangesOfServer: count,
  clientTimeoutSeconds: z.number().nullable().describe('Where the waits agree'),
  stopped: count
    .optional()
    .describe('Whose answer had come to a stop, short of its Content-Length; absent in reports of before'),
});
