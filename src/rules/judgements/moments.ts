/** How near to each other what has one cause happens, nanoseconds. */

/** Ends this near to each other are of one moment: timers that run out keep the distance of their beginnings (rules.md §0.5). */
export const ONE_MOMENT_NS = 50_000_000;
/** A process that ends takes all that it has along within this; a timer needs longer. */
export const PROCESS_END_NS = 250_000_000;
