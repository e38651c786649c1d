/** What all findings are made of alike: whom they concern, how sure they are, their packets in order. */
import type { Endpoint } from '../../facts/endpoint.js';
import type { Confidence, Evidence, EvidencePacket, Subject } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { targetText } from '../../text/redaction.js';
import { lowered } from '../judgements/capture-guards.js';
import type { Conclusion } from '../rule.js';
import type { Incident } from '../tally/incidents.js';

/** As many equal incidents raise a confidence that a capture guard lowered to `possible` (rules.md §0.7). */
const MANY = 5;
/** Characters of a request target in a sentence; a longer one says no more. */
const MAX_TARGET = 120;

/** Whom a finding concerns, by the name that clients use most. */
export function subjectOf(endpoint: Endpoint, { names }: Pick<Conclusion, 'names'>): Subject {
  const { address, port } = endpoint;
  return { address, port, name: names.namesOf(address, port)[0] ?? null };
}

/** `10.0.1.43:80 (serv1.example)`. */
export function subjectText(subject: Subject): string {
  return `${endpointText(subject)}${subject.name === null ? '' : ` (${subject.name})`}`;
}

/** How sure: what the packets prove at best, less what the guards of `steps` and dropped packets take. */
export function confidenceOf(
  atBest: Confidence,
  { steps, count }: { readonly steps: number; readonly count: number },
  { captures }: Pick<Conclusion, 'captures'>,
): Confidence {
  const hasDrops = captures.some(({ droppedPackets }) => (droppedPackets ?? 0) > 0);
  const low = lowered(atBest, Math.min(steps, 2) + (hasDrops ? 1 : 0));
  return low === 'possible' && atBest === 'certain' && count >= MANY ? 'likely' : low;
}

/** One occurrence, its packets in their order, each once. */
export function evidenceOf(
  { stream, client, server }: Pick<Incident, 'stream' | 'client' | 'server'>,
  packets: readonly (EvidencePacket | null)[],
): Evidence {
  const inOrder = packets
    .filter((one) => one !== null)
    .sort((one, other) => one.atNs - other.atNs || one.packet - other.packet);
  const merged: EvidencePacket[] = [];
  for (const one of inOrder) {
    const last = merged.at(-1);
    if (last?.packet === one.packet) merged[merged.length - 1] = { ...last, note: `${last.note}; ${one.note}` };
    else merged.push(one);
  }
  return { stream, client, server, packets: merged };
}

/** A request in a sentence: `GET /a?…`. */
export function requestText(request: { readonly method: string; readonly target: string }, reveal: boolean): string {
  const target = targetText(request.target, reveal);
  return `${request.method} ${target.length > MAX_TARGET ? `${target.slice(0, MAX_TARGET)}…` : target}`;
}
