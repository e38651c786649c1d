/** Secrets that are told apart, and found again in whatever form an output gives them. */

/** In each planted value, whatever stands around it. */
export const MARK = 'PLANTED';
/** Where each was planted; its place is its number. */
const places: string[] = [];

/** A value as secrets are: of letters and digits, and each another. `where` it is planted names it should it leak. */
export function secret(where: string): string {
  places.push(where);
  return `${MARK}${places.length - 1}a7f3c9e1b5d8`;
}

/** A JSON web token. The blank puts the value where base64 begins anew. */
export function webToken(where: string): string {
  return `eyJhbGciOiJIUzI1NiJ9.${Buffer.from(`{"sub": "${secret(where)}"}`).toString('base64url')}.${secret(where)}`;
}

const NUMBERED = new RegExp(`${MARK}(\\d+)`, 'g');
/** The mark in hex, and in base64 beginning at each place in a group of three: what is of it alone. */
const CODED = [
  Buffer.from(MARK).toString('hex'),
  Buffer.from(MARK).toString('base64').slice(0, 8),
  Buffer.from(`.${MARK}`).toString('base64').slice(4, 10),
  Buffer.from(`..${MARK}`).toString('base64').slice(4, 12),
];

/** Where the secrets in `output` were planted; blanks and line ends, which may stand within a word, are looked past. */
export function leaksIn(output: string): string[] {
  const solid = output.replaceAll(/\s+/g, '');
  const plain = [...solid.matchAll(NUMBERED)].map(([, number]) => places[Number(number)] ?? 'unknown');
  const coded = CODED.filter((form) => solid.includes(form)).map((form) => `somewhere, as ${form}`);
  return [...new Set([...plain, ...coded])];
}
