import { describe, expect, it } from 'vitest';
import { areGoodbyes, mayBeGoodbye } from '../../../src/rules/websocket-cut/goodbye.js';
import type { Cut } from '../../../src/rules/websocket-cut/incident.js';
import { cutOf, MS, SECOND } from './cuts.js';

const cuts = (waits: readonly (number | null)[], made: Partial<Cut> = {}): Cut[] =>
  waits.map((ms, at) => cutOf(at, 0, 20 * SECOND, { clientIdleNs: ms === null ? null : ms * MS, ...made }));
const are = (...waits: (number | null)[]) => areGoodbyes(cuts(waits));

describe('the last word of a client may have asked for the end', () => {
  it('where it came within 100 ms and a round trip', () => {
    const may = (clientIdleNs: number | null) =>
      mayBeGoodbye(cutOf(0, 0, SECOND, { clientIdleNs, roundTripNs: 3 * MS }));
    expect(may(103 * MS)).toBe(true);
    expect(may(103 * MS + 1)).toBe(false);
    expect(may(null)).toBe(false);
  });

  it('of more than half', () => {
    expect(are(10, 90, null)).toBe(true);
    expect(are(10, 90, null, 400)).toBe(false);
  });
});

describe('a server that takes its time over a goodbye', () => {
  it('hangs up as long behind each', () => {
    expect(are(500, 510, 550)).toBe(true);
    expect(are(500, 510, 551)).toBe(false);
    expect(are(300, 500, 700)).toBe(false);
    expect(are(700, 300, 320, 500, 310, 340)).toBe(true);
  });

  it('does so within a second', () => {
    expect(are(960, 990, 1000)).toBe(true);
    expect(are(960, 990, 1001)).toBe(false);
    expect(are(5000, 5010, 5020)).toBe(false);
  });

  it('is told from chance', () => {
    // Three of five lie as near to each other more often than once in a hundred times.
    expect(are(500, 510, 520, 300, 800)).toBe(false);
    expect(are(500, 510, 520, null, null)).toBe(true);
    expect(are(500, 510)).toBe(false);
  });

  it('does so with more than half', () => {
    expect(are(500, 510, 520, null, null, null)).toBe(false);
    expect(are()).toBe(false);
  });

  it('takes no Ping and no Pong for one', () => {
    expect(areGoodbyes(cuts([500, 510, 520], { isClientsLastControl: true }))).toBe(false);
  });
});
