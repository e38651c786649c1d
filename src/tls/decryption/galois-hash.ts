/** What GCM authenticates with, as far as it is not left to node:crypto. NIST SP 800-38D §6.3 and §6.4. */

/** Its constant R: the first word of 11100001 and zeros. */
const REDUCTION = 0xe1000000;

/**
 * A block whose first eight bytes are the number `bits`, and the others zero, times `key`.
 *
 * @param key A block of four words, big end first.
 */
export function lengthTimesKey(bits: number, key: readonly number[]): [number, number, number, number] {
  const length = [Math.floor(bits / 0x1_0000_0000), bits >>> 0];
  let [a = 0, b = 0, c = 0, d = 0] = key;
  let [w, x, y, z] = [0, 0, 0, 0];
  for (const word of length) {
    for (let bit = 31; bit >= 0; bit -= 1) {
      if (((word >>> bit) & 1) === 1) {
        w ^= a;
        x ^= b;
        y ^= c;
        z ^= d;
      }
      const isOdd = (d & 1) === 1;
      d = (d >>> 1) | (c << 31);
      c = (c >>> 1) | (b << 31);
      b = (b >>> 1) | (a << 31);
      a = isOdd ? (a >>> 1) ^ REDUCTION : a >>> 1;
    }
  }
  return [w >>> 0, x >>> 0, y >>> 0, z >>> 0];
}
