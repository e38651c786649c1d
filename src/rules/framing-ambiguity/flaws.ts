/** Anomalies of the decoders by which two readers disagree, and of which kind they are. */
import { EXCESS_BYTES } from '../../facts/anomaly.js';

/**
 * `two-lengths`: a head says in two ways where its body ends; `wrong-length`: in one that is none, or not the
 * data's; `loose-syntax`: lines that not everybody reads alike; `broken-syntax`: what nobody needs to take;
 * `unread-body`: a body that the server takes for the next request.
 */
export type FlawKind = 'two-lengths' | 'wrong-length' | 'loose-syntax' | 'broken-syntax' | 'unread-body';

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
  'http1-bare-cr': { kind: 'loose-syntax', text: 'a CR without LF' },
  'http1-space-before-colon': { kind: 'loose-syntax', text: 'a blank before a colon' },
  'http1-obs-fold': { kind: 'loose-syntax', text: 'a folded field line' },
  'http1-repeated-host': { kind: 'loose-syntax', text: 'more than one Host' },
};

/** Flaws that are told of a server alone, and only where a proxy in front refuses what has them. RFC 9112 §4, §5, §7.1. */
const REFUSED: Readonly<Record<string, Flaw | undefined>> = {
  'http1-repeated-transfer-encoding': { kind: 'two-lengths', text: 'Transfer-Encoding: chunked twice' },
  'http1-malformed-start-line': { kind: 'broken-syntax', text: 'no status line' },
  'http1-malformed-status-line': { kind: 'broken-syntax', text: 'a status line that is none' },
  'http1-malformed-field-line': { kind: 'broken-syntax', text: 'a field line without a name and a colon' },
  'http1-malformed-field-name': { kind: 'broken-syntax', text: 'a field name with a character that none has' },
  'http1-control-character': { kind: 'broken-syntax', text: 'a control character in a field line' },
  'http1-malformed-chunk': { kind: 'broken-syntax', text: 'a chunk without a size' },
};

/** Named like an anomaly, though no decoder tells it: it takes two exchanges to see it (unread-body.ts). */
export const UNREAD_BODY = 'http1-unread-body';

/** Flaws that have findings of their own: excess.ts, unread-body.ts. */
const APART: Readonly<Record<string, Flaw | undefined>> = {
  [EXCESS_BYTES]: { kind: 'wrong-length', text: 'bytes behind the end that its length says' },
  [UNREAD_BODY]: { kind: 'unread-body', text: 'a refusal right behind a request with a body' },
};

/** A flaw by its anomaly's name; `undefined`: the anomaly is none. */
export function flawOf(name: string): Flaw | undefined {
  return FLAWS[name] ?? REFUSED[name] ?? APART[name];
}

/** Whether an anomaly is told with others of its server, or with an answer that is refused. */
export function isToldTogether(name: string): boolean {
  return APART[name] === undefined;
}

/** What a server answers that could not make a request of what it read. RFC 9110 §15.5.1, §15.5.6, §15.6.2. */
export function isMisreadStatus(status: number): boolean {
  return status === 400 || status === 405 || status === 501;
}
