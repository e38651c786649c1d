/**
 * How a rule argues: each cause it weighs is a small declared thing.
 *
 * A cause says what it means, and lists grounds in the order in which they decide: the first that
 * holds gives the verdict. A ground that supports a cause or rules it out must name the packets that
 * show it, and cannot be written without; what was not seen has no packet and leaves the cause open.
 */
import type { Hypothesis, Verdict } from '../../facts/finding.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import { packetText } from './figures.js';

/** A statement with the packets that show it, at least one; made by {@link claim}. */
export interface Claim {
  readonly text: string;
  readonly packets: readonly [PacketReference, ...PacketReference[]];
}

/**
 * A statement about packets: `say` gets the name of each (`#7`) and puts it into the sentence.
 *
 * @example claim([reset.packet], (rst) => `RST ${rst} carries ACK and the socket's window`)
 */
export function claim<P extends readonly [PacketReference, ...PacketReference[]]>(
  packets: P,
  say: (...names: { [K in keyof P]: string }) => string,
): Claim {
  const names = packets.map(packetText) as { [K in keyof P]: string };
  return { text: say(...names), packets };
}

/** One ground on which a cause is decided, or left open; `S` is what the rule argues about. */
export type Ground<S> =
  | { readonly verdict: Exclude<Verdict, 'open'>; readonly when: (subject: S) => Claim | null }
  | { readonly verdict: 'open'; readonly when: (subject: S) => string | null };

/** A cause: see the head of this file. */
export interface Cause<S> {
  /** One sentence; a rule's meta and its page say the same ({@link meaningsOf}). */
  readonly means: string;
  readonly grounds: readonly Ground<S>[];
  /** Where no ground holds: what is missing, and it is open; or what then rules it out. */
  readonly otherwise: (subject: S) => string | Claim;
}

/** The causes of a rule by id, in the order in which they are told. */
export type Causes<S> = Readonly<Record<string, Cause<S>>>;

/** A ground that supports the cause where it holds; the claim names the packets. */
export function supportedBy<S>(when: (subject: S) => Claim | null): Ground<S> {
  return { verdict: 'supported', when };
}

/** A ground that rules the cause out where it holds; the claim names the packets. */
export function ruledOutBy<S>(when: (subject: S) => Claim | null): Ground<S> {
  return { verdict: 'ruled-out', when };
}

/** Something that keeps the grounds after it from deciding. */
export function openSince<S>(when: (subject: S) => string | null): Ground<S> {
  return { verdict: 'open', when };
}

const ORDER: readonly Verdict[] = ['supported', 'ruled-out', 'open'];

/** The verdict on each cause: those supported first, then those ruled out, then those open; of equal verdicts as they are given. */
export function weigh<S>(causes: Causes<S>, subject: S): Hypothesis[] {
  return Object.entries(causes)
    .map(([cause, declared]) => ({ cause, ...verdictOn(declared, subject) }))
    .sort((one, other) => ORDER.indexOf(one.verdict) - ORDER.indexOf(other.verdict));
}

function verdictOn<S>({ grounds, otherwise }: Cause<S>, subject: S): Pick<Hypothesis, 'verdict' | 'because'> {
  for (const ground of grounds) {
    const holds = ground.when(subject);
    if (holds !== null) return { verdict: ground.verdict, because: typeof holds === 'string' ? holds : holds.text };
  }
  const rest = otherwise(subject);
  return typeof rest === 'string' ? { verdict: 'open', because: rest } : { verdict: 'ruled-out', because: rest.text };
}

/** The causes that are supported, in the order in which they were weighed. */
export function supportedIn(hypotheses: readonly Hypothesis[]): ReadonlySet<string> {
  return new Set(hypotheses.filter(({ verdict }) => verdict === 'supported').map(({ cause }) => cause));
}

/** What a rule's meta says of its causes. */
export function meaningsOf<S>(causes: Causes<S>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(causes).map(([cause, { means }]) => [cause, means]));
}
