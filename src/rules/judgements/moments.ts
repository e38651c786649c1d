/** How near to each other what has one cause happens, nanoseconds. */

/** Ends this near to each other are of one moment: timers that run out keep the distance of their beginnings (docs/judging.md). */
export const ONE_MOMENT_NS = 50_000_000;
/** A request this young crosses the end of an idle connection: whoever reads one before it closes takes longer, as its next turn comes later. */
export const MAX_CROSSING_NS = 10_000_000;
/** A process that ends takes all that it has along within this; a timer needs longer. */
export const PROCESS_END_NS = 250_000_000;
/** A port that refuses for another reason than the end of its process does so later. */
export const REFUSED_WITHIN_NS = 5_000_000_000;
/** A proxy passes on the end of one side to its other side this soon. */
export const PASSED_ON_NS = 1_000_000_000;
/** Packets of two legs of a proxy may be captured this much out of order. */
export const REORDERED_NS = 1_000_000;
/** Clocks of interfaces and capture queues differ by less than this. */
export const MAX_CLOCK_SKEW_NS = 100_000_000;
