import { z } from 'zod';

/** How many of something. */
export const count = z.int().nonnegative();
/** A length of time. */
export const nanoseconds = z.number();
