/** Stands for a time that has not come: clocks step back, so a time may be below 0. */
export const NEVER = Number.NEGATIVE_INFINITY;
