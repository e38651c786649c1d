/**
 * What the capture itself lacks, and what that means for all other findings: bytes, a direction,
 * the ends of packets, the beginnings of connections, a clock that goes on.
 */
import { concludeRun } from './capture-quality/conclude.js';
import { META } from './capture-quality/meta.js';
import { type CaptureQualityTally, mergeTally, newTally, noteQuality } from './capture-quality/tally.js';
import { defineRule } from './rule.js';

/** See the head of this file. */
export const captureQuality = defineRule<CaptureQualityTally>({
  meta: META,
  seesEveryday: true,
  tally: newTally,
  inspect: noteQuality,
  merge: mergeTally,
  conclude: concludeRun,
});
