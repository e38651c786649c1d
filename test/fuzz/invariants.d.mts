/** An invariant that does not hold. */
export class Violation extends Error {}
/** See invariants.mjs. */
export function check(bytes: Buffer, cuts: readonly number[] | null): Promise<void>;
