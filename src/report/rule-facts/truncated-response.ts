import { z } from 'zod';
import { count, nanoseconds } from './figures.js';

/** rules/truncated-response. */
export const truncatedResponseFacts = z.object({
  byFin: count,
  byReset: count,
  byStreamReset: count.describe('HTTP/2'),
  framing: z.string().describe('How the end of the body was to be found'),
  minBytes: count.describe('Bytes of body that came'),
  maxBytes: count,
  minPauseNs: nanoseconds.describe('From the last byte to what cut the response'),
  maxPauseNs: nanoseconds,
  passedOnInFront: count.describe('The same responses, cut for clients in front'),
});
