import { describe, expect, it } from 'vitest';
import type { Connection, Unreachable } from '../../../src/facts/connection.js';
import { refusalOf } from '../../../src/rules/judgements/refusal.js';
import { abortBy, type ConnectionOptions, connection, refused, rstBy } from '../facts.js';

const V6 = { client: '2001:db8::1', server: '2001:db8::43' };

/** A SYN upon which an ICMP error comes. */
function unreachable(error: Partial<Unreachable>, options: ConnectionOptions = {}): Connection {
  const facts = connection([{ at: 0, is: 'syn' }], options);
  const whole = {
    packet: 2,
    atNs: 70_000,
    sender: '10.0.0.254',
    type: 3,
    code: 1,
    mtu: null,
    quoted: 'client',
  } as const;
  return { ...facts, server: { ...facts.server, plainSegments: 0 }, unreachables: [{ ...whole, ...error }] };
}

describe('a refusal by RST', () => {
  it('acknowledges the SYN; how it came is told', () => {
    expect(refusalOf(refused({ ttl: { client: 64, server: 61 }, mac: { client: 1, server: 2 } }))).toMatchObject({
      ...{ packet: 2, atNs: 50_000, delayNs: 50_000, ttl: 61, mac: 2, icmp: null },
      syn: { packet: 1, atNs: 0 },
    });
  });

  it('acknowledges the data of the SYN as well', () => {
    const facts = refused();
    const [reset] = facts.close.segments;
    const { syn } = facts.handshake;
    if (reset === undefined || syn === null) throw new Error('there are both');
    const fast = (acknowledgement: number, nextSequence = 101): Connection => ({
      ...facts,
      // Captured twice, or sent again.
      client: { ...facts.client, payloadBytes: 200, nextSequence },
      handshake: { ...facts.handshake, syn: { ...syn, payloadLength: 100 } },
      close: { ...facts.close, segments: [{ ...reset, acknowledgement }] },
    });
    expect(refusalOf(fast(101))).not.toBeNull();
    expect(refusalOf(fast(1))).toBeNull();
    expect(refusalOf(fast(101, 102))).toBeNull();
  });

  it('is none that acknowledges nothing, or comes from the client', () => {
    const bare = connection([{ at: 0, is: 'syn' }, rstBy('server', 50)], { serverFacts: { plainSegments: 0 } });
    expect(refusalOf(bare)).toBeNull();
    const own = connection([{ at: 0, is: 'syn' }, abortBy('client', 50)], { serverFacts: { plainSegments: 0 } });
    expect(refusalOf(own)).toBeNull();
  });

  it('is none of a connection that was accepted, or spoken on', () => {
    const facts = refused();
    expect(refusalOf({ ...facts, handshake: { ...facts.handshake, synAck: facts.handshake.syn } })).toBeNull();
    expect(refusalOf({ ...facts, handshake: { ...facts.handshake, syn: null } })).toBeNull();
    expect(refusalOf({ ...facts, server: { ...facts.server, plainSegments: 1 } })).toBeNull();
    expect(refusalOf({ ...facts, client: { ...facts.client, nextSequence: 2 } })).toBeNull();
  });

  it('is none where nobody said anything', () => {
    const facts = connection([{ at: 0, is: 'syn' }], { serverFacts: { plainSegments: 0 } });
    expect(refusalOf(facts)).toBeNull();
  });
});

describe('a refusal by ICMP', () => {
  const icmp = (error: Partial<Unreachable>, options?: ConnectionOptions) =>
    refusalOf(unreachable(error, options))?.icmp;

  it('says who sent it, and how soon', () => {
    expect(refusalOf(unreachable({}))).toMatchObject({ packet: 2, delayNs: 70_000, ttl: null, mac: null });
    expect(icmp({})).toMatchObject({ sender: '10.0.0.254', type: 3, code: 1 });
  });

  it.each([
    [0, { unreachable: true, prohibited: false, port: false }],
    [1, { unreachable: true, prohibited: false, port: false }],
    [2, { unreachable: false, prohibited: false, port: false }],
    [3, { unreachable: false, prohibited: false, port: true }],
    [6, { unreachable: true, prohibited: false, port: false }],
    [7, { unreachable: true, prohibited: false, port: false }],
    [9, { unreachable: false, prohibited: true, port: false }],
    [10, { unreachable: false, prohibited: true, port: false }],
    [13, { unreachable: false, prohibited: true, port: false }],
  ])('of IPv4 with code %i means %o', (code, means) => {
    expect(icmp({ code })).toMatchObject(means);
  });

  it.each([
    [0, { unreachable: true, prohibited: false, port: false }],
    [1, { unreachable: false, prohibited: true, port: false }],
    [3, { unreachable: true, prohibited: false, port: false }],
    [4, { unreachable: false, prohibited: false, port: true }],
    [5, { unreachable: false, prohibited: true, port: false }],
    [6, { unreachable: false, prohibited: true, port: false }],
  ])('of IPv6 with code %i means %o', (code, means) => {
    expect(icmp({ type: 1, code }, V6)).toMatchObject(means);
  });

  it('is none that asks for smaller packets, tells of another thing, or answers the server', () => {
    expect(icmp({ code: 4, mtu: 1400 })).toBeUndefined();
    expect(icmp({ type: 11, code: 0 })).toBeUndefined();
    expect(icmp({ type: 3 }, V6)).toBeUndefined();
    expect(icmp({ quoted: 'server' })).toBeUndefined();
  });

  it('tells less than a RST that came as well', () => {
    const facts = refused();
    expect(refusalOf({ ...facts, unreachables: unreachable({}).unreachables })).toMatchObject({ icmp: null });
  });
});
