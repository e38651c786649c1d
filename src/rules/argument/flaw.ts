/**
 * What a finding lacks to be an argument: each of its claims must stand on a packet.
 *
 * Every rule's tests ask this of every finding that they see, and rules that users bring are asked
 * when they conclude.
 */
import { CONFIDENCES, type RawFinding, SEVERITIES } from '../../facts/finding.js';
import type { RuleMeta } from '../rule.js';

/** How a packet is named: see figures.ts. */
const NAMES_A_PACKET = /#\d+/;
const SLIPS = /\b(?:undefined|NaN|null|Infinity)\b/;

/** What is wrong with a finding of the rule of this meta, as a clause; `null`: nothing. */
export function flawOf(finding: RawFinding, meta: Pick<RuleMeta, 'id' | 'hypotheses'>): string | null {
  const { evidence, hypotheses, occurrences, confidence, severity } = finding;
  if (finding.rule !== meta.id) return `its rule is ${finding.rule}, not ${meta.id}`;
  if (!SEVERITIES.includes(severity)) return `its severity is none of ${SEVERITIES.join(', ')}`;
  if (!CONFIDENCES.includes(confidence)) return `its confidence is none of ${CONFIDENCES.join(', ')}`;
  if (finding.title.trim() === '') return 'it has no title';
  if (SLIPS.test(`${finding.title} ${finding.summary}`)) return 'its title or summary has a value that is not there';
  if (evidence.length === 0) return 'it has no evidence';
  if (evidence.some(({ packets }) => packets.length === 0)) return 'an occurrence in its evidence has no packet';
  if (occurrences < evidence.length) return 'it has more evidence than occurrences';
  for (const { cause, verdict, because } of hypotheses) {
    if (!(cause in meta.hypotheses)) return `it weighs ${cause}, which its meta does not name`;
    if (verdict !== 'open' && !NAMES_A_PACKET.test(because)) return `it holds ${cause} for ${verdict} without a packet`;
    if (SLIPS.test(because)) return `what it says of ${cause} has a value that is not there`;
  }
  const unweighed = Object.keys(meta.hypotheses).find((id) => !hypotheses.some(({ cause }) => cause === id));
  return unweighed === undefined ? null : `it does not weigh ${unweighed}, which its meta names`;
}
