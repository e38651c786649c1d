/** What the rule keeps of a run: turns by server, asker and target; plain data, in any order the same. */
import type { Connection } from '../../facts/connection.js';
import { endpointText } from '../../text/address.js';
import { type BoundedTable, boundedTable, entryOf, mergeTable } from '../tally/bounded-table.js';
import { type KeyedLegs, keyedLegs, mergeLegs, noteLeg } from '../tally/keyed-legs.js';
import { absorbOccurrences, addOccurrence, newOccurrences, type Occurrences } from '../tally/occurrences.js';
import { isResolved, type Turn, turnOf } from './turn.js';

/** Askers and targets told apart. */
const MAX_CHAINS = 2048;
/** Turns kept of each: curl gives up after 50, browsers after 20. */
const MAX_TURNS = 64;

/** The rule's tally. */
export interface LoopTally {
  readonly chains: BoundedTable<Occurrences<Turn>>;
  readonly legs: KeyedLegs<Turn>;
}

/** Nothing seen yet. */
export function newTally(): LoopTally {
  return { chains: boundedTable(MAX_CHAINS), legs: keyedLegs() };
}

/** Enters the turns among the exchanges of a connection. */
export function noteConnection(connection: Connection, tally: LoopTally): void {
  for (const [at, exchange] of connection.exchanges.entries()) {
    if (exchange.response === null || exchange.response.status < 300 || exchange.response.status > 308) continue;
    const turn = turnOf(exchange, connection);
    if (turn === null || isResolved(turn, connection.exchanges[at + 1])) continue;
    const key = `${endpointText(turn.server)} ${turn.asker} ${turn.host}${turn.target}`;
    const chain = entryOf(tally.chains, key, newChain);
    if (chain !== null) addOccurrence(chain, turn);
    noteLeg(tally.legs, turn.leg, turn);
  }
}

/** Adds all of `from`. */
export function mergeTally(into: LoopTally, from: LoopTally): void {
  mergeTable(into.chains, from.chains, newChain, absorbOccurrences);
  mergeLegs(into.legs, from.legs);
}

function newChain(): Occurrences<Turn> {
  return newOccurrences(MAX_TURNS);
}
