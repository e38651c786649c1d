/** What of a request is against HTTP/2 and makes servers reset its stream, by the decoder's names. RFC 9113 §8.1.1. */

const FLAWS = {
  'h2-connection-specific-field':
    'it carries a field of one connection: Connection, Keep-Alive, Transfer-Encoding, Upgrade, or TE other than trailers (RFC 9113 §8.2.2)',
  'h2-misplaced-pseudo-field': 'a pseudo-field stands behind other fields (RFC 9113 §8.3)',
  'h2-malformed-request': 'it lacks what each request has: :method, :scheme, :path (RFC 9113 §8.3.1)',
  'h2-content-length-mismatch': 'its body is not as long as Content-Length says (RFC 9113 §8.1.1)',
  'h2-window-overflow': 'the client gives more window than there may be (RFC 9113 §6.9.1)',
} as const;

/** One of them. */
export type FlawName = keyof typeof FLAWS;

/** Whether an anomaly is one of them. */
export function isFlaw(name: string): name is FlawName {
  return Object.hasOwn(FLAWS, name);
}

/** Whether it is one of a request's head, and so of none that began earlier. */
export function isFlawOfHead(name: FlawName): boolean {
  return name !== 'h2-content-length-mismatch' && name !== 'h2-window-overflow';
}

/** What is wrong, as a clause. */
export function flawText(name: FlawName): string {
  return FLAWS[name];
}
