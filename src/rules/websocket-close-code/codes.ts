/**
 * Close codes that tell of a failure, by the names of IANA's registry. RFC 6455 §7.4.1, §11.7.
 *
 * Not among them: 1000, 1001 and 1012, by which a side leaves in order, and those from 3000 on, whose meaning
 * is up to the application.
 */

/** What failed: who closes, a message of the other side, its frames; or what it may do. */
export type About = 'own-failure' | 'message' | 'frames' | 'policy';

interface Code {
  readonly name: string;
  readonly about: About;
}

const CODES: Readonly<Record<number, Code>> = {
  1002: { name: 'protocol error', about: 'frames' },
  1003: { name: 'unsupported data', about: 'message' },
  1007: { name: 'invalid frame payload data', about: 'message' },
  1008: { name: 'policy violation', about: 'policy' },
  1009: { name: 'message too big', about: 'message' },
  1010: { name: 'mandatory extension', about: 'frames' },
  1011: { name: 'internal error', about: 'own-failure' },
  1013: { name: 'try again later', about: 'own-failure' },
  1014: { name: 'bad gateway', about: 'own-failure' },
};

/** The code for a message that is too big: the one whose size is told. */
export const TOO_BIG = 1009;

/** What a code is about; `null`: it tells of no failure. */
export function aboutOf(code: number): About | null {
  return CODES[code]?.about ?? null;
}

/** `1011 (internal error)`. */
export function codeText(code: number): string {
  const known = CODES[code];
  return known === undefined ? String(code) : `${code} (${known.name})`;
}
