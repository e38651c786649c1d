import { describe, expect, it } from 'vitest';
import { ROLES_REVERSED } from '../../../src/facts/anomaly.js';
import type { CloseSegment } from '../../../src/facts/close.js';
import { type Connection, MAX_RESENDS, type SideFacts } from '../../../src/facts/connection.js';
import type { Side } from '../../../src/facts/endpoint.js';
import type { WindowStall } from '../../../src/facts/h2.js';
import { mayBeLoss } from '../../../src/rules/h2-window-stall/loss.js';
import { answer, connection, finBy, get, handshake } from '../facts.js';

/** A client's upload that waits from 100 ms to 2 s for the server's window. */
const STALL: WindowStall = {
  sender: 'client',
  h2Stream: 1,
  packet: 5,
  startNs: 100_000_000,
  endedBy: 'window-update',
  endPacket: 6,
  endNs: 2_000_000_000,
};
const END_NS = 2_000_000_000;

/** All that was sent was seen, once, and acknowledged. */
function whole(client: Partial<SideFacts> = {}, server: Partial<SideFacts> = {}): Connection {
  const facts = connection([
    ...handshake(),
    get(1133),
    { at: 100_000, is: 'data', from: 'client', bytes: 1000 },
    answer(2_100_000),
    finBy('client', 2_200_000),
  ]);
  return {
    ...facts,
    client: { ...facts.client, highestAcknowledged: facts.server.nextSequence, ...client },
    server: { ...facts.server, highestAcknowledged: facts.client.nextSequence, ...server },
  };
}

const sent = { client: whole().client.nextSequence ?? 0, server: whole().server.nextSequence ?? 0 };
const again = (atNs: number) => ({ retransmissions: 1, resends: [{ atNs, sequence: 1 }] });
const late = (atNs: number) => ({ refills: 1, firstAgain: { packet: 7, atNs } });
const may = (facts: Connection, stall: Partial<WindowStall> = {}) => mayBeLoss({ ...STALL, ...stall }, END_NS, facts);

/** Both stories told of the other side as well. */
function bothWays(client: Partial<SideFacts>, server: Partial<SideFacts>) {
  return [may(whole(client, server)), may(whole(server, client), { sender: 'server' })];
}

describe('what used a window up', () => {
  it('arrived where it is acknowledged and nothing was sent again', () => {
    expect(may(whole())).toBe(false);
    expect(may(whole(), { sender: 'server' })).toBe(false);
  });

  it.each([
    ['its sender sent anything again', { retransmissions: 1 }],
    ['its sender lost anything before the capture', { refills: 1 }],
  ])('may not have arrived where %s', (_name, sender) => {
    expect(bothWays(sender, {})).toEqual([true, true]);
  });

  it('may not have arrived where its last bytes are not acknowledged, but for a FIN', () => {
    expect(may(whole({}, { highestAcknowledged: sent.client - 1 }))).toBe(false);
    expect(may(whole({}, { highestAcknowledged: sent.client - 2 }))).toBe(true);
    const more = { lastPayloadNs: STALL.startNs + 1 };
    expect(may(whole(more, { highestAcknowledged: sent.client - 2 })), 'it may be what came later').toBe(false);
    expect(may(whole({}, { highestAcknowledged: null }))).toBe(false);
  });
});

describe('a WINDOW_UPDATE', () => {
  it.each([
    ['before', STALL.startNs, false],
    ['as soon as', STALL.startNs + 1, true],
    ['until', END_NS, true],
    ['behind', END_NS + 1, false],
  ])('may have been lost where the receiver sent again %s the other waited', (_name, atNs, expected) => {
    expect(bothWays({}, again(atNs))).toEqual([expected, expected]);
  });

  it('may have been lost where the receiver sent so much again that not all is kept', () => {
    const resends = [1, END_NS + 1].map((atNs) => ({ atNs, sequence: 1 }));
    expect(may(whole({}, { resends, retransmissions: MAX_RESENDS }))).toBe(false);
    expect(may(whole({}, { resends, retransmissions: MAX_RESENDS + 1 }))).toBe(true);
  });

  it('may have been lost before the capture where segments of the receiver came late by then', () => {
    expect(bothWays({}, late(END_NS))).toEqual([true, true]);
    expect(bothWays({}, late(END_NS + 1))).toEqual([false, false]);
    expect(bothWays({}, { refills: 1, firstAgain: null })).toEqual([true, true]);
  });

  it('may be what the sender acknowledged and nobody saw', () => {
    expect(may(whole({ highestAcknowledged: sent.server + 1 }))).toBe(true);
    expect(may(whole({ highestAcknowledged: sent.server }))).toBe(false);
    expect(may(whole({ highestAcknowledged: null }))).toBe(false);
    expect(may(whole({}, { highestAcknowledged: sent.client + 1 }), { sender: 'server' })).toBe(true);
  });

  const closed = (from: Side, made: Partial<CloseSegment>): Connection => {
    const facts = whole();
    const [own] = facts.close.segments;
    if (own === undefined) throw new Error('the client has sent FIN');
    return { ...facts, close: { ...facts.close, segments: [{ ...own, from, ...made }] } };
  };

  it('may stand before an end of the receiver that is beyond what was seen', () => {
    expect(may(closed('server', { deltaSequence: 13 }))).toBe(true);
    expect(may(closed('server', { deltaSequence: 0 }))).toBe(false);
    expect(may(closed('server', { deltaSequence: null }))).toBe(false);
    expect(may(closed('client', { deltaSequence: 13 }), { sender: 'server' })).toBe(true);
    expect(may(closed('client', { deltaSequence: 13 })), 'the sender’s own').toBe(false);
  });

  it('may be acknowledged by the sender’s end alone, but for a FIN', () => {
    expect(may(closed('client', { deltaAcknowledgement: 14 }))).toBe(true);
    expect(may(closed('client', { deltaAcknowledgement: 1 }))).toBe(false);
    expect(may(closed('client', { deltaAcknowledgement: null }))).toBe(false);
    const twice = closed('client', { deltaAcknowledgement: 14 });
    const both = [...whole().close.segments, ...twice.close.segments];
    expect(may({ ...twice, close: { ...twice.close, segments: both } })).toBe(true);
    expect(may(closed('server', { deltaAcknowledgement: 14 })), 'the receiver’s own').toBe(false);
  });

  it('is of HTTP’s sides where they are not TCP’s', () => {
    const reversed = (facts: Connection): Connection => ({
      ...facts,
      anomalies: [{ name: ROLES_REVERSED, from: null, packet: 4, count: 1 }],
    });
    expect(may(reversed(whole(again(END_NS))))).toBe(true);
    expect(may(reversed(closed('client', { deltaSequence: 13 })))).toBe(true);
    expect(may(reversed(closed('server', { deltaSequence: 13 })))).toBe(false);
  });
});
