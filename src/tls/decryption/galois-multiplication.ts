/** Multiplication in the field of GCM, as far as it is not left to node:crypto. NIST SP 800-38D §6.3. */

/** The field's constant R: its first word; the others are zero. */
const REDUCTION = 0xe1000000;

/** A block of 16 bytes, in words with the big end first. */
export type Block = readonly [number, number, number, number];

/**
 * The product of a block and one whose first eight bytes are the number `bits`, the others zero: what GHASH
 * makes of the lengths behind a message that has nothing but additional data.
 */
export function lengthTimes(bits: number, block: Block): Block {
  let [power0, power1, power2, power3] = block;
  let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0];
  for (const word of [Math.floor(bits / 0x1_0000_0000), bits >>> 0]) {
    for (let bit = 31; bit >= 0; bit -= 1) {
      if (((word >>> bit) & 1) === 1) {
        sum0 ^= power0;
        sum1 ^= power1;
        sum2 ^= power2;
        sum3 ^= power3;
      }
      // The next power: a bit to the right, and what falls out comes back by R.
      const isReduced = (power3 & 1) === 1;
      power3 = (power3 >>> 1) | (power2 << 31);
      power2 = (power2 >>> 1) | (power1 << 31);
      power1 = (power1 >>> 1) | (power0 << 31);
      power0 = isReduced ? (power0 >>> 1) ^ REDUCTION : power0 >>> 1;
    }
  }
  return [sum0 >>> 0, sum1 >>> 0, sum2 >>> 0, sum3 >>> 0];
}
