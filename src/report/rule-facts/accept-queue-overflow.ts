import { z } from 'zod';
import { count, nanoseconds } from './figures.js';

/** rules/accept-queue-overflow. */
export const acceptQueueOverflowFacts = z.object({
  bySyn: count.describe('Among the occurrences shown: SYNs answered only when sent again'),
  byAck: count.describe('Handshakes whose ACK and request were taken the second time'),
  byReset: count.describe('Handshakes reset at their last step'),
  minDelayNs: nanoseconds,
  maxDelayNs: nanoseconds,
  takenAtOnce: count,
  capturedAtServer: z.boolean(),
});
