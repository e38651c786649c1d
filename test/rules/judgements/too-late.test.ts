import { describe, expect, it } from 'vitest';
import { isTooLate } from '../../../src/rules/judgements/too-late.js';
import { abortBy, connection, finBy, get, handshake, rstBy, type Step } from '../facts.js';

/** Whether an answer that begins at `answeredAt` microseconds met nobody, where the connection ended so. */
function tooLate(answeredAt: number, ...ends: readonly Step[]): boolean {
  const { close } = connection([...handshake(), get(1133), ...ends]);
  return isTooLate({ startNs: answeredAt * 1000 }, close.segments);
}

const LEFT = finBy('client', 5000);

describe('an answer that comes when its client has gone', () => {
  it('begins behind the FIN of its client, whose kernel answers with a bare RST', () => {
    expect(tooLate(6000, LEFT, rstBy('client', 6010))).toBe(true);
    expect(tooLate(6000, LEFT, rstBy('client', 6000))).toBe(true);
  });

  it('is in time where it began before the FIN, or with it', () => {
    expect(tooLate(4000, LEFT, rstBy('client', 6010))).toBe(false);
    expect(tooLate(5000, LEFT, rstBy('client', 6010))).toBe(false);
  });

  it('is taken by a client that only ended its sending side', () => {
    expect(tooLate(6000, LEFT)).toBe(false);
    expect(tooLate(6000, LEFT, rstBy('client', 5900))).toBe(false);
    expect(tooLate(6000, LEFT, rstBy('server', 6010))).toBe(false);
  });

  it('is taken where a socket is aborted upon it: there was one', () => {
    expect(tooLate(6000, LEFT, abortBy('client', 6010))).toBe(false);
  });

  it('is none where its client did not close first, or not with a FIN', () => {
    expect(tooLate(6000, finBy('server', 5000), rstBy('client', 6010))).toBe(false);
    expect(tooLate(6000, rstBy('client', 5000), rstBy('client', 6010))).toBe(false);
    expect(tooLate(6000)).toBe(false);
    expect(isTooLate(null, connection([...handshake(), LEFT]).close.segments)).toBe(false);
  });
});
