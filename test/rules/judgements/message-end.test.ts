import { describe, expect, it } from 'vitest';
import { isOver, isSeenWhole, saysLast } from '../../../src/rules/judgements/message-end.js';
import { answer, connection, get, handshake } from '../facts.js';

const WHOLE = { lostBytes: 0, snappedBytes: 0 };
const CUT = { lostBytes: 200, snappedBytes: 200 };
const LOST = { lostBytes: 300, snappedBytes: 200 };

function response(facts: { complete: boolean; lostBytes: number; framing: 'close' | 'none' }) {
  const [exchange] = connection([...handshake(), get(1133), answer(2000, 200, 300, facts)]).exchanges;
  if (exchange?.response == null) throw new Error('no response');
  return exchange.response;
}

describe('the end of a message', () => {
  it('is seen, or hidden by the snap length alone', () => {
    expect([isSeenWhole(WHOLE), isSeenWhole(CUT), isSeenWhole(LOST)]).toEqual([true, true, false]);
    const cut = response({ complete: false, lostBytes: 200, framing: 'close' });
    expect([isOver(cut, CUT), isOver(cut, LOST)]).toEqual([true, false]);
    expect(isOver(response({ complete: false, lostBytes: 0, framing: 'none' }), WHOLE)).toBe(false);
    expect(isOver(response({ complete: true, lostBytes: 0, framing: 'none' }), WHOLE)).toBe(true);
  });

  it('of a head that was cut does not say that it is the last', () => {
    expect(saysLast(response({ complete: false, lostBytes: 200, framing: 'close' }), CUT)).toBe(false);
    expect(saysLast(response({ complete: true, lostBytes: 0, framing: 'close' }), WHOLE)).toBe(true);
    expect(saysLast(response({ complete: false, lostBytes: 200, framing: 'close' }), LOST)).toBe(true);
  });
});
