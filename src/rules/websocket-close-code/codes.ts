/**
 * Close codes that say that something failed, by the names of IANA's registry. RFC 6455 §7.4.1, §11.7.
 *
 * Not among them: 1000, 1001 and 1012, by which a side takes its leave, and those from 3000 on, which mean
 * what the application wants them to.
 */

/** What a code is about. */
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

/** Message too big. */
export const TOO_BIG = 1009;

/** What a code is about; `null`: it says of no failure. */
export function aboutOf(code: number): About | null {
  return CODES[code]?.about ?? null;
}

/** `1011 (internal error)`. */
export function codeText(code: number): string {
  const known = CODES[code];
  return known === undefined ? String(code) : `${code} (${known.name})`;
}
