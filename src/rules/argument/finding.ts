/** What findings of most rules have in common: whom they concern, how sure they are, and the evidence in order. */
import type { Endpoint } from '../../facts/endpoint.js';
import type {
  Confidence,
  Evidence,
  EvidencePacket,
  Hypothesis,
  RawFinding,
  Remedy,
  Severity,
  Subject,
} from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { lowered } from '../judgements/capture-guards.js';
import type { Conclusion, RuleMeta } from '../rule.js';
import type { Occurrence, ServerOccurrences } from '../tally/occurrences.js';
import { manyText } from './figures.js';

/** As many equal incidents raise a confidence that a capture guard lowered (rules.md §0.7). */
const MANY = 5;

/** What a rule says of one server's occurrences; the rest is made of them. */
export interface Argument {
  readonly severity: Severity;
  /** How sure it would be in a capture that saw all. */
  readonly sure: Confidence;
  readonly title: string;
  readonly sentences: readonly string[];
  readonly facts: Readonly<Record<string, unknown>>;
  readonly hypotheses: readonly Hypothesis[];
  readonly remedies: readonly Remedy[];
}

/** A finding on one server's occurrences; `packetsOf` says which packets of one show what. */
export function findingOn<T extends Occurrence>(
  meta: RuleMeta,
  occurrences: ServerOccurrences<T>,
  { captures }: Conclusion,
  who: Subject,
  argument: Argument,
  packetsOf: (one: T) => readonly EvidencePacket[],
): RawFinding {
  const { severity, sure, title, sentences, facts, hypotheses, remedies } = argument;
  const { count, first, lastNs, items, steps } = occurrences;
  const dropped = captures.reduce((sum, { droppedPackets }) => sum + (droppedPackets ?? 0), 0);
  const low = lowered(sure, steps + (dropped > 0 ? 1 : 0));
  return {
    rule: meta.id,
    severity,
    confidence: low === 'possible' && sure !== 'possible' && count >= MANY ? 'likely' : low,
    title,
    summary: [...sentences, ...droppedText(dropped)].join(' '),
    subject: who,
    occurrences: count,
    firstSeenNs: first.atNs,
    lastSeenNs: lastNs,
    facts,
    evidence: items.map((one) => evidenceOf(one, packetsOf(one))),
    hypotheses,
    remedies,
    references: meta.references,
  };
}

/** A server as the subject of a finding, by the name most used for it. */
export function subjectOf({ address, port }: Endpoint, { names }: Conclusion): Subject {
  return { address, port, name: names.namesOf(address, port)[0] ?? null };
}

/** `10.0.1.43:80 (serv1.example)`. */
export function subjectText(who: Subject): string {
  return `${endpointText(who)}${who.name === null ? '' : ` (${who.name})`}`;
}

function evidenceOf({ stream, client, server }: Occurrence, packets: readonly EvidencePacket[]): Evidence {
  const inOrder = [...packets].sort((one, other) => one.atNs - other.atNs || one.packet - other.packet);
  return { stream, client, server, packets: inOrder };
}

function droppedText(dropped: number): string[] {
  if (dropped === 0) return [];
  const were = manyText(dropped, 'packet was', 'packets were');
  return [`${were} dropped while capturing, so all this is one step less sure.`];
}
