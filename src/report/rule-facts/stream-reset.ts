import { z } from 'zod';
import { count, nanoseconds } from './figures.js';

/** The figures of rules/stream-reset. */
export const streamResetFacts = z.object({
  codes: z
    .array(z.object({ code: count, name: z.string(), count }))
    .describe('Error codes of the occurrences that are shown, the most frequent first'),
  minDelayNs: nanoseconds.describe('From the request to the reset'),
  maxDelayNs: nanoseconds,
  mostOpenStreams: count.describe('Streams open on one connection when one of them was reset'),
  streamLimit: count
    .nullable()
    .describe('What the server allows (SETTINGS_MAX_CONCURRENT_STREAMS); null: it names none'),
  retriesJudged: count,
  retriedAndAnswered: count,
  notRetried: count,
});
