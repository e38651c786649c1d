import { z } from 'zod';
import { count, nanoseconds } from './figures.js';

/** rules/path-loss. */
export const pathLossFacts = z.object({
  sentAgain: count.describe('Segments that were lost, of the connections shown'),
  sentAgainForNothing: count.describe('Sent again beside them, though they had arrived (D-SACK)'),
  packetsOfSenders: count,
  share: z.number(),
  longestRepetitionNs: nanoseconds.describe('From the first repetition of a segment to its last'),
  servers: count.optional().describe('With how many servers one client loses, where these are told as one; else 1'),
});
