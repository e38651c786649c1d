/**
 * First value of a field that is to hold any whole number: V8 keeps the field as a double from the
 * first object on.
 *
 * A field that has held nothing but 31-bit integers changes its object's shape with the first larger
 * number, and with it goes all code that was optimised for the shape: times pass 2.1 s in the middle
 * of a run, when nearly everything is.
 */
export const DOUBLE = 0xffffffff;

/** The same for a field that begins at zero: no integer is below zero and zero. */
export const DOUBLE_ZERO = -0;
