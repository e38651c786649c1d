import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/facts/connection.js';
import { mayBeRefusedHandshake, refusalOfHandshake } from '../../../src/rules/judgements/refused-handshake.js';
import { connection, get, handshake, rstBy, type Step } from '../facts.js';

/** The reset's packet; `clientSegments`: how many the client sent, its SYN among them. */
function refusal(steps: readonly Step[], clientSegments = 3, change: Partial<Connection> = {}): number | null {
  const facts = { ...connection([...handshake(), ...steps], { ttl: { client: 64, server: 64 } }), ...change };
  const client = { ...facts.client, plainSegments: clientSegments };
  return refusalOfHandshake({ ...facts, client, resets: facts.close.segments })?.packet ?? null;
}

describe('the refusal of a handshake’s last step', () => {
  it('is a bare RST of the server before any request', () => {
    expect(refusal([rstBy('server', 950)], 2)).toBe(4);
  });

  it('is, captured at the client, one RST for the ACK and one for the request', () => {
    expect(refusal([get(1000), rstBy('server', 1900), rstBy('server', 1950)])).toBe(5);
  });

  it('is none where the request alone is reset', () => {
    expect(refusal([get(1000), rstBy('server', 1900)])).toBeNull();
  });

  it('is none where the ACK was not captured, and the request is reset', () => {
    const { handshake: seen, client } = connection([...handshake(), get(1000)], { ttl: { client: 64, server: 64 } });
    const steps = [get(1000), rstBy('server', 1900)];
    expect(refusal(steps, 2, { handshake: seen })).toBe(5);
    expect(refusal(steps, 2, { handshake: { ...seen, ackNs: client.firstPayloadNs } })).toBeNull();
  });

  it('is none by another hand, nor by an application that had the connection', () => {
    expect(refusal([rstBy('server', 950, { hand: { ttl: 254 } })], 2)).toBeNull();
    const unsaid = connection([...handshake(), rstBy('server', 950)]);
    expect(refusalOfHandshake({ ...unsaid, resets: unsaid.close.segments })).toBeNull();
    expect(mayBeRefusedHandshake({ ...unsaid, resets: unsaid.close.segments })).toBe(true);
    const said = connection([...handshake(), rstBy('server', 950)], { ttl: { client: 64, server: 64 } });
    expect(mayBeRefusedHandshake({ ...said, resets: said.close.segments })).toBe(false);
    const alone = connection([...handshake(), get(1000), rstBy('server', 1900)]);
    const client = { ...alone.client, plainSegments: 3 };
    expect(mayBeRefusedHandshake({ ...alone, client, resets: alone.close.segments })).toBe(false);
    expect(refusal([rstBy('server', 950, { ack: true, hand: { window: 502 } })], 2)).toBeNull();
  });

  it('is none where the server goes on with the handshake, or the client resets too', () => {
    const { handshake: seen } = connection(handshake());
    expect(refusal([rstBy('server', 950)], 2, { handshake: { ...seen, synAckRetransmissions: 1 } })).toBeNull();
    expect(refusal([rstBy('server', 950), rstBy('client', 960)], 2)).toBeNull();
  });
});
