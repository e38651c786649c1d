import { z } from 'zod';

/** How many of something. */
export const count = z.int().nonnegative();
/** A length of time. */
export const nanoseconds = z.number();
/** A time in which all failed requests fall and no answered one does; seconds since the run's first packet. */
export const timeWindow = z
  .object({
    fromSeconds: z.number(),
    untilSeconds: z.number(),
    answeredBefore: count,
    answeredAfter: count,
    p: z.number(),
  })
  .nullable();
