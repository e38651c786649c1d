/** Cuts written by hand. */

import { addEarliest, earliest } from '../../../src/rules/tally/earliest.js';
import { addOccurrence, newOccurrences } from '../../../src/rules/tally/occurrences.js';
import type { Cut } from '../../../src/rules/websocket-cut/incident.js';
import type { ServerTally } from '../../../src/rules/websocket-cut/tally.js';

export const MS = 1_000_000;
export const SECOND = 1_000_000_000;

/** The `at`-th: accepted at `openedNs`, ended at `atNs` by FIN of 10.0.1.43:80, 90 ms after a frame of it; its client said nothing. */
export function cutOf(at: number, openedNs: number, atNs: number, made: Partial<Cut> = {}): Cut {
  const first = 1 + at * 10;
  return {
    ...{ stream: at, steps: 0, packet: first + 6, atNs, by: 'server', how: 'fin', key: `key${at}` },
    ...{ client: { address: `203.0.113.${10 + at}`, port: 40_000 + at }, server: { address: '10.0.1.43', port: 80 } },
    ...{ requestPacket: first + 3, requestNs: openedNs - 2 * MS, answerPacket: first + 4, answerNs: openedNs },
    ...{ handshakePacket: first + 4, openedNs, idleNs: 90 * MS, clientIdleNs: null, isClientsLastControl: false },
    ...{ serverFrames: 3 + at, lastFrame: { packet: first + 5, atNs: atNs - 90 * MS, from: 'server' } },
    ...{ pings: 0, pingPeriodNs: null, lost: null, isForwarded: false, roundTripNs: MS, ageNs: atNs - openedNs },
    ...made,
  };
}

/** So many that were opened 1.3 s apart and end at one moment, after 20 s. */
export function together(count: number, made: Partial<Cut> = {}): Cut[] {
  return Array.from({ length: count }, (_, at) => cutOf(at, at * 1.3 * SECOND, 20 * SECOND + at * MS, made));
}

/** So many that were opened 1.7 s apart, and last for 30 s each. */
export function aged(count: number, made: Partial<Cut> = {}): Cut[] {
  return Array.from({ length: count }, (_, at) => {
    const idleNs = (100 + at * 90) * MS;
    return cutOf(at, at * 1.7 * SECOND, (at * 1.7 + 30) * SECOND + at * 2 * MS, { idleNs, ...made });
  });
}

/** The tally of their server. */
export function tallyWith(cuts: readonly Cut[], made: Partial<ServerTally> = {}): ServerTally {
  const tally: ServerTally = {
    ...{ webSockets: cuts.length, cuts: newOccurrences(64), opened: earliest(256) },
    ...{ longestLifeNs: 0, longestSurvivedNs: 0, ...made },
  };
  for (const cut of cuts) {
    addOccurrence(tally.cuts, cut);
    addEarliest(tally.opened, { atNs: cut.openedNs, packet: cut.handshakePacket, client: cut.client.address });
  }
  return tally;
}
