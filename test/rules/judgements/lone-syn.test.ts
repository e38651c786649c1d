import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/facts/connection.js';
import { isLoneSyn } from '../../../src/rules/judgements/lone-syn.js';
import { connection, get, handshake, refused, SECOND } from '../facts.js';

const LONE = connection([{ at: 0, is: 'syn' }]);

/** The lone SYN with its guards changed. */
function guarded(guards: Partial<Connection['guards']>): Connection {
  return { ...LONE, guards: { ...LONE.guards, ...guards } };
}

describe('a SYN that is sent once and not answered', () => {
  it('is lone', () => {
    expect(isLoneSyn(LONE)).toBe(true);
  });

  it('is lone where the capture has it twice', () => {
    expect(isLoneSyn({ ...LONE, client: { ...LONE.client, packets: 2, duplicates: 1 } })).toBe(true);
  });

  it('is none where a host tries again, and none where the capture ends before it could', () => {
    expect(
      isLoneSyn(
        connection([
          { at: 0, is: 'syn' },
          { at: SECOND, is: 'syn' },
        ]),
      ),
    ).toBe(false);
    expect(isLoneSyn(guarded({ cutByCaptureEnd: true }))).toBe(false);
  });

  it('is none where anybody answers', () => {
    expect(isLoneSyn(refused())).toBe(false);
    expect(isLoneSyn(connection([...handshake(), get(1000)]))).toBe(false);
    const error = { packet: 2, atNs: 1, sender: '10.0.0.9', type: 3, code: 1, mtu: null, quoted: 'client' } as const;
    expect(isLoneSyn({ ...LONE, unreachables: [error] })).toBe(false);
  });

  it.each<[string, Partial<Connection>]>([
    ['a packet of the server', { server: { ...LONE.server, packets: 1 } }],
    ['a SYN-ACK', { handshake: { ...LONE.handshake, synAck: LONE.handshake.syn } }],
    ['a SYN that was sent again', { handshake: { ...LONE.handshake, synRetransmissions: 1 } }],
    ['no SYN', { handshake: { ...LONE.handshake, syn: null } }],
    ['bytes of the client', { client: { ...LONE.client, payloadBytes: 1 } }],
    ['an end', { close: { ...LONE.close, segments: refused().close.segments } }],
  ])('is none where there is %s', (_, change) => {
    expect(isLoneSyn({ ...LONE, ...change })).toBe(false);
  });

  it('is none where its client goes on, and only the client was captured', () => {
    const more = { ...LONE.client, packets: 3 };
    expect(isLoneSyn({ ...LONE, client: more })).toBe(false);
  });
});
