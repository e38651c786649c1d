import { z } from 'zod';
import { count, nanoseconds } from './figures.js';

/** rules/slow-response. */
export const slowResponseFacts = z.object({
  abandoned: count.describe('Requests that their client gave up by a time-out'),
  undelivered: count
    .optional()
    .describe('Requests that were sent again and again and never acknowledged; absent in reports of before'),
  gatewayTimeouts: count.describe('Requests answered 504, where what was asked behind is not in the capture'),
  answeredLate: count,
  toldInFront: count.describe('Answers 504 that clients in front got for these'),
  minWaitNs: nanoseconds,
  maxWaitNs: nanoseconds,
  medianAnswerNs: nanoseconds.nullable().describe('The server’s median over all its answers'),
  answersOfServer: count,
  clientTimeoutSeconds: z.number().nullable().describe('After how long its client gives up; null: nobody did'),
  clientTimeoutSamples: count,
});
