import type { PacketReference } from './packet-reference.js';

/** `critical`: requests failed; `warning`: will fail, or failed softly; `notice`: worth knowing. */
export type Severity = 'critical' | 'warning' | 'notice';

/** `certain`: the packets prove it; `likely`: two independent indications; `possible`: one, or a capture guard applies. */
export type Confidence = 'certain' | 'likely' | 'possible';

/** What was decided about a cause. */
export type Verdict = 'supported' | 'ruled-out' | 'open';

/** Severities and confidences from most to least, for ranking. */
export const SEVERITIES: readonly Severity[] = ['critical', 'warning', 'notice'];
/** All degrees of confidence, the surest first. */
export const CONFIDENCES: readonly Confidence[] = ['certain', 'likely', 'possible'];

/** A packet that proves a claim, and what it shows. */
export interface EvidencePacket {
  readonly packet: PacketReference;
  /** Nanoseconds since the run's first packet. */
  readonly atNs: number;
  readonly note: string;
  /** It belongs to another connection than the occurrence, or to none. Absent where it is one of the occurrence's own. */
  readonly elsewhere?: true;
}

/** One occurrence, with its packets. */
export interface Evidence {
  readonly stream: number;
  readonly client: { readonly address: string; readonly port: number };
  readonly server: { readonly address: string; readonly port: number };
  readonly packets: readonly EvidencePacket[];
}

/** A cause that was considered. */
export interface Hypothesis {
  /** Kebab-case id from the rule's meta. */
  readonly cause: string;
  readonly verdict: Verdict;
  /** The packet fact that says so, with packet numbers (`#7`). */
  readonly because: string;
}

/** What to change. */
export interface Remedy {
  /** `haproxy`, `nginx`, `host`, ... */
  readonly component: string;
  readonly text: string;
  /** Lines in the component's own configuration language; `null` when there is nothing to paste. */
  readonly config: string | null;
}

/** Where the standard, or the software concerned, says so. */
export interface Reference {
  readonly title: string;
  readonly url: string;
}

/** Whom a finding concerns. */
export interface Subject {
  readonly address: string;
  readonly port: number;
  /** Host name that clients used for it; `null` when none was seen. */
  readonly name: string | null;
}

/** What a rule concludes: an argument, not an alarm (docs/judging.md). Ranking and ids are added in findings/. */
export interface RawFinding {
  readonly rule: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly title: string;
  readonly summary: string;
  readonly subject: Subject;
  /** How many equal incidents, and in how many connections of how many that could have shown it. */
  readonly occurrences: number;
  readonly firstSeenNs: number;
  readonly lastSeenNs: number;
  /** The rule's own figures: plain JSON values, units in the names. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** The earliest occurrences, at most `MAX_EVIDENCE`. */
  readonly evidence: readonly Evidence[];
  readonly hypotheses: readonly Hypothesis[];
  readonly remedies: readonly Remedy[];
  readonly references: readonly Reference[];
}

/** A raw finding in its place: ranked and numbered. */
export interface Finding extends RawFinding {
  /** `F1`, `F2`, ... in order of rank. */
  readonly id: string;
  /** The finding that it is a consequence of, by its id: both tell of one incident. Absent where it stands for itself. */
  readonly consequenceOf?: string;
}

/** Occurrences kept as evidence; `--max-occurrences` shows fewer. */
export const MAX_EVIDENCE = 20;
