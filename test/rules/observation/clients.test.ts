import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/facts/connection.js';
import { observeClient } from '../../../src/rules/observation/clients.js';
import { activity, lastActivity } from '../../../src/rules/tally/activity.js';
import { answer, connection, finBy, get, handshake, refused, rstBy } from '../facts.js';

/** The packets of the last answer and the last failure that a client met; `null`: it met none. */
function fared(facts: Connection): { answer: number | null; refusal: number | null } {
  const kept = activity();
  observeClient(facts, kept);
  const packet = (kind: 'answer' | 'refusal') => lastActivity(kept, kind)?.packet ?? null;
  return { answer: packet('answer'), refusal: packet('refusal') };
}

describe('how a client fared', () => {
  it('it was answered', () => {
    expect(fared(connection([...handshake(), get(1133), answer(3600), finBy('client', 5000)]))).toEqual({
      answer: 5,
      refusal: null,
    });
  });

  it('its SYN was not', () => {
    expect(fared(refused())).toEqual({ answer: null, refusal: 1 });
    expect(fared(connection([{ at: 0, is: 'syn' }]))).toEqual({ answer: null, refusal: 1 });
  });

  it('its request was not, when its connection ended', () => {
    expect(fared(connection([...handshake(), get(1133), rstBy('server', 1300)]))).toEqual({ answer: null, refusal: 5 });
    expect(fared(connection([...handshake(), get(1133)]))).toEqual({ answer: null, refusal: null });
  });

  it('its answer was not whole', () => {
    const begun = answer(3600, 200, 500, { complete: false });
    expect(fared(connection([...handshake(), get(1133), begun, rstBy('server', 4000)]))).toEqual({
      answer: 5,
      refusal: 6,
    });
  });

  it('a response that no request asked for says nothing', () => {
    expect(fared(connection([...handshake(), answer(3600, 408), finBy('server', 3700)]))).toEqual({
      answer: null,
      refusal: null,
    });
  });
});
