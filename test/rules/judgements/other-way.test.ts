import { describe, expect, it } from 'vitest';
import type { Connection, SideFacts } from '../../../src/facts/connection.js';
import type { SegmentEvidence } from '../../../src/facts/segment-evidence.js';
import { type OtherWay, wayOf } from '../../../src/rules/judgements/other-way.js';
import { healthy } from '../facts.js';

const ROUTER = 0x0a0000000001;
const OTHER_ROUTER = 0x0a0000000002;
const HOST = 0x0a0000000043;

interface Handshake {
  readonly syn?: Partial<SegmentEvidence>;
  readonly synAck?: Partial<SegmentEvidence>;
  readonly client?: Partial<SideFacts>;
  readonly server?: Partial<SideFacts>;
  readonly guards?: Partial<Connection['guards']>;
}

/** A SYN that came from one router at the server, whose answer went to the other. */
function way({ syn = {}, synAck = {}, client = {}, server = {}, guards = {} }: Handshake = {}): OtherWay | null {
  const facts = healthy();
  const { handshake } = facts;
  if (handshake.syn === null || handshake.synAck === null) throw new Error('there is a handshake');
  const changed: Connection = {
    ...facts,
    guards: { ...facts.guards, ...guards },
    client: { ...facts.client, ...client },
    server: { ...facts.server, ...server },
    handshake: {
      ...handshake,
      syn: { ...handshake.syn, mac: ROUTER, macTo: HOST, ttl: 61, ...syn },
      synAck: { ...handshake.synAck, mac: HOST, macTo: OTHER_ROUTER, ttl: 64, ...synAck },
    },
  };
  return wayOf(changed);
}

describe('the way of an answer', () => {
  it('is another where it goes to another neighbour than the SYN came from', () => {
    expect(way()).toBe('neighbour');
    expect(way({ synAck: { macTo: ROUTER } })).toBeNull();
  });

  it('is another on another device, or in another VLAN', () => {
    expect(way({ synAck: { interfaceIndex: 1, macTo: ROUTER } })).toBe('interface');
    expect(way({ syn: { vlan: 10 }, synAck: { vlan: 20, macTo: ROUTER } })).toBe('vlan');
    expect(way({ syn: { vlan: 10 }, synAck: { vlan: 10, macTo: ROUTER } })).toBeNull();
  });

  it('is not told by a tag that one side lacks', () => {
    expect(way({ syn: { vlan: 10 }, synAck: { macTo: ROUTER } })).toBeNull();
    expect(way({ synAck: { vlan: 10, macTo: ROUTER } })).toBeNull();
  });

  it.each([
    ['VRRP', 0x00005e00010a],
    ['VRRP of IPv6', 0x00005e0002ff],
    ['HSRP', 0x00000c07ac05],
    ['HSRP, second version', 0x00000c9ff123],
    ['GLBP', 0x0007b4000102],
  ])('is no other to the address that routers share, %s', (_name, macTo) => {
    expect(way({ synAck: { macTo } })).toBeNull();
  });

  it('is another to an address near those', () => {
    for (const macTo of [0x00005e00030a, 0x00000c07ad05, 0x00000c9fe123, 0x0007b4010102])
      expect(way({ synAck: { macTo } })).toBe('neighbour');
  });

  it('is told at the server only: its answer has crossed no router', () => {
    for (const ttl of [128, 255]) expect(way({ synAck: { ttl } })).toBe('neighbour');
    for (const ttl of [63, 127, 254, 32, null]) expect(way({ synAck: { ttl } })).toBeNull();
  });

  it('is not told on the client’s own host', () => {
    expect(way({ client: { direction: 'outbound' } })).toBeNull();
    expect(way({ server: { direction: 'inbound' } })).toBeNull();
    expect(way({ client: { direction: 'inbound' }, server: { direction: 'outbound' } })).toBe('neighbour');
  });

  it('is not told on a router, which shows each segment twice', () => {
    expect(way({ client: { duplicates: 1 } })).toBeNull();
    expect(way({ server: { duplicates: 1 } })).toBeNull();
  });

  it('is told where another capture has the same packets, and not where captures saw each a part first', () => {
    const copied = {
      client: { duplicates: 3, duplicatesElsewhere: 3 },
      server: { duplicates: 1, duplicatesElsewhere: 1 },
    };
    expect(way(copied)).toBe('neighbour');
    expect(way({ ...copied, server: { duplicates: 2, duplicatesElsewhere: 1 } })).toBeNull();
    expect(way({ ...copied, guards: { severalPoints: true } })).toBeNull();
  });

  it('is not told where one address sends both, or addresses are not known', () => {
    expect(way({ syn: { mac: HOST } })).toBeNull();
    expect(way({ syn: { mac: null } })).toBeNull();
    expect(way({ synAck: { macTo: null } })).toBeNull();
    expect(way({ syn: { mac: null }, synAck: { mac: null, interfaceIndex: 1 } })).toBe('interface');
  });

  it('is not told without both segments', () => {
    const facts = healthy();
    expect(wayOf({ ...facts, handshake: { ...facts.handshake, syn: null } })).toBeNull();
    expect(wayOf({ ...facts, handshake: { ...facts.handshake, synAck: null } })).toBeNull();
  });
});
