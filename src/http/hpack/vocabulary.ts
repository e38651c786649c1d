import type { Field } from '../../facts/field.js';

/** Index of a name that nobody asked for. */
export const UNNAMED = -1;
/** Index of a name that refers to what the capture does not hold. */
export const UNKNOWN_NAME = -2;

/**
 * Which fields are worth keeping, and what is kept of them.
 *
 * Strings are made for these alone, and once: a table entry that is referred to again gives the
 * same field.
 */
export interface Vocabulary {
  /** Index of the name [start, end), not negative; {@link UNNAMED} when its fields are not kept. */
  indexOf(view: Uint8Array, start: number, end: number): number;
  /** Whether values of this name (negative: not kept) are likely to come again, so that it pays to remember them. */
  repeats(name: number): boolean;
  /** The field of a kept name with the value [start, end). `isSecret`: sent as never to be indexed, RFC 7541 §6.2.3. */
  field(name: number, view: Uint8Array, start: number, end: number, isSecret: boolean): Field;
}
