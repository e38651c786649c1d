/**
 * What a lab has set up and must take down again, in reverse order, whatever ends the run.
 *
 * Making a thing and registering how to unmake it is one step, so that an interrupt finds
 * nothing in between: what is still being made is waited for, then unmade. Once the taking down has
 * begun nothing new can be made.
 */
export class Teardown {
  #steps = [];
  #closing = null;

  /**
   * Calls `make`, gives what it gives, and remembers to call `unmake` with it. A `make` that fails
   * leaves nothing to unmake. What `unmake` throws is printed and does not stop the others.
   *
   * @throws when the lab is being taken down
   */
  make(what, make, unmake) {
    if (this.#closing !== null) throw new Error('the lab is being taken down');
    const made = Promise.resolve(make());
    this.#steps.push({ what, made, unmake });
    return made;
  }

  /** Unmakes everything, last made first. Safe to call more than once. */
  close() {
    this.#closing ??= this.#unwind();
    return this.#closing;
  }

  async #unwind() {
    while (this.#steps.length > 0) await unmade(this.#steps.pop());
  }
}

async function unmade({ what, made, unmake }) {
  let thing;
  try {
    thing = await made;
  } catch {
    return; // whoever asked for it has been told
  }
  try {
    await unmake(thing);
  } catch (error) {
    console.error(`taking down ${what}: ${error.message}`);
  }
}
