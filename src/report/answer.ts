import type { Finding } from '../facts/finding.js';

/** The rule that tells of the capture, not of what failed in it. */
const OF_THE_CAPTURE = 'capture-quality';

/** Whether a finding tells of the capture, not of what failed in it. */
export function isOfTheCapture({ rule }: Pick<Finding, 'rule'>): boolean {
  return rule === OF_THE_CAPTURE;
}

/**
 * The finding that heads a page: the answer to why requests failed. What the capture itself lacks is read before other
 * notices, but is the answer only where there is no other.
 */
export function answerAmong(findings: readonly Finding[]): Finding | undefined {
  return findings.find((finding) => !isOfTheCapture(finding)) ?? findings[0];
}

/**
 * A sentence for the head of a report whose findings rest on an incomplete capture, `null` otherwise. The finding that
 * says what is missing stands behind what failed; how far all can be trusted is to be known before.
 */
export function captureCaveat(findings: readonly Finding[]): string | null {
  const lacking = findings.find(isOfTheCapture);
  if (lacking === undefined || lacking === findings[0]) return null;
  return `${lacking.title} (${lacking.id}): findings that rest on it are less sure, or left out.`;
}
