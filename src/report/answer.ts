import type { Finding } from '../facts/finding.js';

/** The rule that tells of the capture, not of what failed in it. */
const OF_THE_CAPTURE = 'capture-quality';

/**
 * The finding that heads a page: the answer to why requests failed. What the capture itself lacks is read before all
 * others, but is the answer only where there is no other.
 */
export function answerAmong(findings: readonly Finding[]): Finding | undefined {
  return findings.find(({ rule }) => rule !== OF_THE_CAPTURE) ?? findings[0];
}
