/**
 * What a rule remembers of a connection that goes on, from one batch of its exchanges to the next. All
 * batches of a connection are shown to one run, in order; so none is left when the run is over, and
 * nothing is to be merged.
 */

/** Connections remembered at once; of more, each batch stands for itself. */
const MAX_OPEN = 4096;

/** Plain data; see the head of this file. */
export interface OpenConnections<T> {
  size: number;
  readonly byStream: Record<number, T>;
}

/** None. */
export function openConnections<T>(): OpenConnections<T> {
  return { size: 0, byStream: {} };
}

/** What is remembered of a connection, made when nothing was; `null`: there is no room. */
export function remembered<T>(open: OpenConnections<T>, stream: number, make: () => T): T | null {
  const known = open.byStream[stream];
  if (known !== undefined) return known;
  if (open.size >= MAX_OPEN) return null;
  const made = make();
  open.byStream[stream] = made;
  open.size += 1;
  return made;
}

/** What was remembered of a connection whose last batch has come, which is forgotten; `null`: nothing. */
export function recalled<T>(open: OpenConnections<T>, stream: number): T | null {
  const known = open.byStream[stream];
  if (known === undefined) return null;
  delete open.byStream[stream];
  open.size -= 1;
  return known;
}
