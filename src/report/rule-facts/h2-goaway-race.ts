import { z } from 'zod';
import { count } from './figures.js';

/** The figures of rules/h2-goaway-race. */
export const h2GoawayRaceFacts = z.object({
  errorCode: count,
  errorName: z.string(),
  lastStream: count,
  refusedRequests: count.describe('Above the last stream, sent before the GOAWAY could be known'),
  lateRequests: count.describe('Above the last stream, sent when it was known'),
  cutRequests: count.describe('Not above it, and not answered when the server closed'),
  requestLimit: count.nullable().describe('Requests on each connection, where the number is constant'),
  connectionAgeSeconds: z.number().nullable(),
  idleTimeoutSeconds: z
    .number()
    .nullable()
    .describe('How long connections had been idle each time, where that is the same'),
  retriesJudged: count,
  retriedAndAnswered: count,
  notRetried: count,
});
