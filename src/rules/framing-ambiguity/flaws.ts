/** Anomalies of the decoders that let two readers disagree, and of which kind they are. */

/** `two-lengths`: a head says in two ways where its body ends; `wrong-length`: in one that is none, or not the data's; `loose-syntax`: lines that not everybody reads alike. */
export type FlawKind = 'two-lengths' | 'wrong-length' | 'loose-syntax';

interface Flaw {
  readonly kind: FlawKind;
  readonly text: string;
}

/** By the anomaly's name. RFC 9112 §2.2, §5.1, §5.2, §6.1 to §6.3, RFC 9113 §8.1.1. */
export const FLAWS: Readonly<Record<string, Flaw | undefined>> = {
  'http1-content-length-with-transfer-encoding': {
    kind: 'two-lengths',
    text: 'Content-Length beside Transfer-Encoding',
  },
  'http1-conflicting-content-length': { kind: 'two-lengths', text: 'two different Content-Length' },
  'http1-transfer-encoding-in-http10': { kind: 'two-lengths', text: 'Transfer-Encoding in HTTP/1.0' },
  'http1-invalid-content-length': { kind: 'wrong-length', text: 'a Content-Length that is no number' },
  'http1-unknown-transfer-coding': { kind: 'wrong-length', text: 'a transfer coding that nobody knows' },
  'h2-content-length-mismatch': { kind: 'wrong-length', text: 'a Content-Length that its data does not have' },
  'http1-bare-lf': { kind: 'loose-syntax', text: 'lines that end with LF alone' },
  'http1-bare-cr': { kind: 'loose-syntax', text: 'a CR amid a line' },
  'http1-space-before-colon': { kind: 'loose-syntax', text: 'a blank before a colon' },
  'http1-obs-fold': { kind: 'loose-syntax', text: 'a folded field line' },
  'http1-repeated-host': { kind: 'loose-syntax', text: 'more than one Host' },
};

/** The rule's own figures in a finding: plain JSON. `report/` mirrors it. */
export interface FramingAmbiguityFacts {
  readonly connections: number;
  /** Names of anomalies. */
  readonly flaws: string[];
  readonly inRequests: number;
  readonly inResponses: number;
}
