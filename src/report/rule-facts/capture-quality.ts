import { z } from 'zod';
import { count } from './figures.js';

/** rules/capture-quality. */
export const captureQualityFacts = z.object({
  connections: count,
  affected: count,
  withLostBytes: count,
  oneDirection: count,
  cutPackets: count,
  begunBefore: count,
  clockStepped: count,
  lostBytes: count,
  droppedPackets: count.describe('As the capturing system says'),
});
