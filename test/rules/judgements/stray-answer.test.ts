import { describe, expect, it } from 'vitest';
import { isStrayAnswer } from '../../../src/rules/judgements/stray-answer.js';
import { type ConnectionOptions, connection, finBy, get, rstBy, type Step } from '../facts.js';

const SYN_ACK: Step = { at: 0, is: 'syn-ack' };

function isStray(steps: readonly Step[], options: ConnectionOptions = {}): boolean {
  return isStrayAnswer(connection(steps, options));
}

describe('the answer to a SYN that went to another address', () => {
  it('is a SYN-ACK and the reset of a client that did not ask for it', () => {
    expect(isStray([SYN_ACK, rstBy('client', 30)])).toBe(true);
  });

  it('may come again and again', () => {
    expect(isStray([SYN_ACK, rstBy('client', 30), { at: 1_000_000, is: 'syn-ack' }, rstBy('client', 1_000_030)])).toBe(
      true,
    );
  });

  it('is none where a SYN asked for it', () => {
    expect(isStray([{ at: 0, is: 'syn' }, { at: 20, is: 'syn-ack' }, rstBy('client', 30)])).toBe(false);
  });

  it('is known where the server was captured too, whose SYN is another than the client sent', () => {
    const facts = connection([{ at: 0, is: 'syn' }, { at: 20, is: 'syn-ack' }, rstBy('client', 30)]);
    const handshake = { ...facts.handshake, synElsewhere: true };
    expect(isStrayAnswer({ ...facts, handshake })).toBe(true);
    expect(isStrayAnswer({ ...facts, handshake: { ...handshake, synRetransmissions: 1 } })).toBe(false);
  });

  it('is none where either side says more', () => {
    expect(isStray([SYN_ACK, get(10), rstBy('client', 30)])).toBe(false);
    expect(isStray([SYN_ACK, { at: 10, is: 'ack' }, rstBy('client', 30)])).toBe(false);
    expect(isStray([SYN_ACK, { at: 10, is: 'data', from: 'server', bytes: 20 }, rstBy('client', 30)])).toBe(false);
    expect(isStray([SYN_ACK, rstBy('client', 30)], { serverFacts: { plainSegments: 2 } })).toBe(false);
  });

  it('is none where nobody resets it, the server does, or the client closes otherwise', () => {
    expect(isStray([SYN_ACK])).toBe(false);
    expect(isStray([SYN_ACK, rstBy('server', 30)])).toBe(false);
    expect(isStray([SYN_ACK, finBy('client', 30)], { clientFacts: { plainSegments: 0 } })).toBe(false);
    expect(isStray([{ at: 0, is: 'data', from: 'server', bytes: 0 }, rstBy('client', 30)])).toBe(false);
  });

  it('is not told at the end of the capture', () => {
    expect(isStray([SYN_ACK, rstBy('client', 30)], { guards: { cutByCaptureEnd: true } })).toBe(false);
  });
});
