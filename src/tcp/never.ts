/** Stands for "has not happened". Not -1: clocks step back, so a real time may be below 0. */
export const NEVER = Number.NEGATIVE_INFINITY;
