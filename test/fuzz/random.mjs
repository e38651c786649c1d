/**
 * Random numbers that a seed makes again (xorshift, 32 bits).
 */
export class Random {
  /** @param {number} seed */
  constructor(seed) {
    this.state = seed | 0 || 0x9e3779b9;
  }

  /** Any 32 bits, not negative. */
  bits() {
    let { state } = this;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.state = state;
    return state >>> 0;
  }

  /** A whole number from 0 to below `limit`. @param {number} limit */
  below(limit) {
    return limit <= 1 ? 0 : this.bits() % limit;
  }

  /** True in one of `of` cases. @param {number} of */
  oneIn(of) {
    return this.below(of) === 0;
  }

  /** @template T @param {readonly T[]} items @returns {T} */
  pick(items) {
    return items[this.below(items.length)];
  }
}
