import { describe, expect, it } from 'vitest';
import { bypassOf } from '../../../src/rules/judgements/bypassed.js';
import { abortBy, type ConnectionOptions, connection, get, handshake, rstBy, type Step } from '../facts.js';

const mac = { client: 1, server: 2 };
/** A reset for each of the client's segments, from another neighbour than the SYN-ACK. */
const by = (at: number, address: number | null = 3) => rstBy('server', at, { sequence: 1, hand: { mac: address } });
const RESETS = [by(1100), by(1200)];
const SYN_ACK_AGAIN: Step = { at: 1_000_000, is: 'syn-ack' };

function bypass(steps: readonly Step[], options: ConnectionOptions = {}) {
  const facts = connection([...handshake(), get(1050), ...steps], { mac, ...options });
  const { handshake: shake, client, server, close } = facts;
  return bypassOf({ handshake: shake, client, server, resets: close.segments });
}

describe('resets by something that the server’s answers bypass', () => {
  it('come from another neighbour than the SYN-ACK', () => {
    expect(bypass(RESETS)).toBe('elsewhere');
  });

  it('are sure where the server sends its SYN-ACK again', () => {
    expect(bypass([...RESETS, SYN_ACK_AGAIN])).toBe('sure');
  });

  it('are likewise where no address tells', () => {
    expect(bypass([by(1100), by(1200, 2)])).toBe('likewise');
    expect(bypass([by(1100), by(1200, null)])).toBe('likewise');
    expect(bypass([by(1100, 3), by(1200, 3)], { mac: { client: 1, server: 3 } })).toBe('likewise');
  });

  it('are two at least, in the server’s name', () => {
    expect(bypass([by(1100)])).toBeNull();
    expect(bypass([by(1100), rstBy('client', 1200)])).toBeNull();
  });

  it('are bare, at the beginning of what the server had sent', () => {
    expect(bypass([by(1100), abortBy('server', 1200, { sequence: 1 })])).toBeNull();
    expect(bypass([by(1100), rstBy('server', 1200, { sequence: 2 })])).toBeNull();
  });

  it('are none where the server got or said anything, or the client sent again', () => {
    expect(bypass(RESETS, { serverFacts: { payloadBytes: 1 } })).toBeNull();
    expect(bypass(RESETS, { serverFacts: { highestAcknowledged: 2 } })).toBeNull();
    expect(bypass(RESETS, { serverFacts: { highestAcknowledged: null } })).toBe('elsewhere');
    expect(bypass(RESETS, { clientFacts: { retransmissions: 1 } })).toBeNull();
  });

  it('are none before the handshake was acknowledged', () => {
    const facts = connection([{ at: 0, is: 'syn' }, { at: 60, is: 'syn-ack' }, ...RESETS], { mac });
    expect(bypassOf({ ...facts, resets: facts.close.segments })).toBeNull();
  });
});
