/** Slots for texts made before, a power of two: with each connection the same few pairs come again. */
const SLOTS = 256;
const firsts: string[] = new Array<string>(SLOTS).fill('');
const seconds: string[] = new Array<string>(SLOTS).fill('');
const texts: string[] = new Array<string>(SLOTS).fill(' ');

/** Two texts as one, a space between: a key for both. Made before, it is given again. */
export function pairText(first: string, second: string): string {
  const slot =
    (first.charCodeAt(first.length - 1) * 31 +
      second.charCodeAt(second.length - 1) * 7 +
      first.length +
      second.length) &
    (SLOTS - 1);
  if (firsts[slot] === first && seconds[slot] === second) return texts[slot] ?? '';
  const text = `${first} ${second}`;
  firsts[slot] = first;
  seconds[slot] = second;
  texts[slot] = text;
  return text;
}
