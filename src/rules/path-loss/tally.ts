/** What the rule keeps of a run: lossy connections by server, and exact sums of those that are sure of what was lost. */
import type { Endpoint } from '../../facts/endpoint.js';
import { absorbOccurrences, addOccurrence, newOccurrences, type Occurrences } from '../tally/occurrences.js';
import { mergePerServer, type PerServer, perServer, serversOf, tallyOf } from '../tally/per-server.js';
import type { Loss } from './incident.js';

/** Servers whose losses are told apart. */
const MAX_SERVERS = 256;

/** Sums over the connections of which the other side was captured too, those that are not kept among them. */
export interface Heard {
  connections: number;
  /** Segments sent again, and packets of who had to, as in {@link Loss}. */
  again: number;
  packets: number;
}

/** All of one server. */
interface Losses extends Occurrences<Loss> {
  readonly heard: Heard;
}

/** The rule's tally: plain data. */
export interface LossesByServer {
  readonly servers: PerServer<Losses>;
}

/** One server's, with the first of them. */
export interface ServerLosses extends Readonly<Losses> {
  readonly endpoint: Endpoint;
  readonly items: readonly Loss[];
  readonly first: Loss;
}

/** None yet. */
export function newTally(): LossesByServer {
  return { servers: perServer(MAX_SERVERS) };
}

/** Counts one, and keeps it where it is among the earliest of its server. */
export function noteLoss(into: LossesByServer, loss: Loss): void {
  const known = tallyOf(into.servers, loss.server, newLosses);
  if (known === null) return;
  addOccurrence(known, loss);
  if (!loss.isUnheard) addHeard(known.heard, { connections: 1, again: loss.again, packets: loss.packets });
}

/** Adds all of `from`. */
export function mergeTally(into: LossesByServer, from: LossesByServer): void {
  mergePerServer(into.servers, from.servers, newLosses, (whole, part) => {
    absorbOccurrences(whole, part);
    addHeard(whole.heard, part.heard);
  });
}

/** Server by server, in the order of their endpoints. */
export function lossesOf(from: LossesByServer): ServerLosses[] {
  return serversOf(from.servers).flatMap(({ endpoint, tally }) => {
    const { items } = tally.earliest;
    const [first] = items;
    return first === undefined ? [] : [{ endpoint, ...tally, items, first }];
  });
}

/** The sums of all of `ones`. */
export function heardOf(ones: readonly Pick<Losses, 'heard'>[]): Heard {
  const sum: Heard = { connections: 0, again: 0, packets: 0 };
  for (const { heard } of ones) addHeard(sum, heard);
  return sum;
}

function addHeard(into: Heard, { connections, again, packets }: Readonly<Heard>): void {
  into.connections += connections;
  into.again += again;
  into.packets += packets;
}

function newLosses(): Losses {
  return { ...newOccurrences<Loss>(), heard: { connections: 0, again: 0, packets: 0 } };
}
