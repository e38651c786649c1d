/** Hands out the captures that inputs are made of, and knows which ones an input took. */
export class SeedWatch {
  /** @param {readonly Buffer[]} captures */
  constructor(captures) {
    /** @type {Set<number>} */
    this.taken = new Set();
    /** The captures, by index. @type {readonly Buffer[]} */
    this.seeds = new Proxy(captures, {
      get: (target, name) => {
        if (typeof name === 'string' && /^\d+$/.test(name)) this.taken.add(Number(name));
        return Reflect.get(target, name);
      },
    });
  }

  /** The indices of those taken since it was asked last. */
  used() {
    const used = [...this.taken];
    this.taken.clear();
    return used;
  }
}
