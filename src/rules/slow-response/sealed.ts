/** What waited in TLS that no key opens (judgements/sealed-turn). */
import type { Connection } from '../../facts/connection.js';
import { sealedAbandonmentOf } from '../judgements/abandonment.js';
import { sealedTurnsOf } from '../judgements/sealed-turn.js';
import { SLOW_NS, type SlowExchange, slowTurn, unheardOf, waitOf } from './slow-exchange.js';

/** Tells `note` of answers that came late, and of a client that closed by a time-out upon what was not answered. */
export function slowTurnsOf(connection: Connection, note: (slow: SlowExchange) => void): void {
  const sealed = sealedTurnsOf(connection);
  if (sealed === null) return;
  for (const turn of sealed.speaks === 'said' ? sealed.turns.late : []) {
    const { answer } = turn;
    if (answer === null) continue;
    const end = { packet: answer.firstPacket, atNs: answer.startNs };
    const waitNs = waitOf(connection, turn, answer.startNs);
    if (waitNs < SLOW_NS) continue;
    note(slowTurn(connection, turn, { how: 'answered', waitNs, status: null, isVague: false }, end));
  }
  const left = sealedAbandonmentOf(connection, sealed);
  if (left === null || left.amidAnswer || left.waitedNs < SLOW_NS) return;
  const what = { how: 'abandoned', waitNs: left.waitedNs, status: null, isVague: left.isVague } as const;
  note({ ...slowTurn(connection, left.turn, what, left.close), unheard: unheardOf(connection) });
}
