import { describe, expect, it } from 'vitest';
import type { CaptureFacts, ClockFacts } from '../../../src/facts/capture.js';
import { CAPTURE_STRIDE } from '../../../src/facts/packet-reference.js';
import type { RstAfterRequestFacts } from '../../../src/rules/rst-after-request/case.js';
import { rstAfterRequest } from '../../../src/rules/rst-after-request.js';
import {
  answer,
  type ConnectionOptions,
  connection,
  get,
  handshake,
  healthy,
  refused,
  rstBy,
  type Step,
} from '../facts.js';
import { CONCLUSION, findingsOf } from '../test-rule.js';
import { answered, capture, DROPPING, nth, only, SEED, seed } from './connections.js';

describe('the worked case of seed 001', () => {
  const finding = only(findingsOf(rstAfterRequest, [seed()]));
  const tests = Object.fromEntries(finding.facts.forgeryTests.map(({ id, result }) => [id, result]));
  const because = (cause: string): string => finding.hypotheses.find((one) => one.cause === cause)?.because ?? '';

  it('has the figures of the catalogue, to the number', () => {
    expect(finding.facts).toMatchObject({
      kind: 'forged',
      resetShape: 'A',
      forged: 'certain',
      forgedWhere: 'inline-on-host',
      capturePoint: 'server',
      farRoundTripNs: 926_000,
      medianResetDelayNs: 145_000,
      minResetDelayNs: 145_000,
      maxResetDelayNs: 145_000,
      requestBytes: 1245,
      connectionAgeNs: 147_000,
      affectedConnections: 1,
      connectionsOfServer: 1,
    });
  });

  it('proves the forgery by F1, F2 and F3; TTL and link layer were not seen', () => {
    expect(tests).toEqual({
      F1: 'positive',
      F2: 'positive',
      F3: 'positive',
      F4: 'negative',
      F5: 'not-applicable',
      F6: 'not-applicable',
      F7: 'negative',
      F8: 'not-applicable',
      F9: 'not-applicable',
    });
    expect(because('security-agent')).toContain('RST #6 in the client’s name is stale by 1,245 bytes');
    expect(because('security-agent')).toContain(
      'it came 6.0 µs after what it reacts to, where the round trip to the client takes 926 µs',
    );
    expect(because('security-agent')).toContain('inline on this host');
  });

  it('names packets, delay and server, and hides the query', () => {
    expect(finding.title).toBe('10.0.1.43:80 loses requests to forged resets, before any answer');
    expect(finding.evidence[0]?.packets.map(({ packet, note }) => `#${packet} ${note}`)).toEqual([
      '#2 SYN-ACK: the server accepts',
      '#4 GET /scan?…, 1,245 bytes',
      '#5 RST 145 µs after the request; no response byte',
      '#6 RST from the client 6.0 µs after the server’s; stale by 1,245 bytes',
    ]);
    expect(JSON.stringify(finding)).not.toContain('secret');
  });

  it('shows the query when asked to', () => {
    const revealed = only(findingsOf(rstAfterRequest, [seed()], { ...CONCLUSION, reveal: true }));
    expect(revealed.evidence[0]?.packets[1]?.note).toContain('token=secret');
  });

  it('points at the agent on the host, not at the application', () => {
    expect(finding.remedies.map(({ component }) => component)).not.toContain('application');
    expect(finding.remedies[0]?.text).toContain('block list');
  });
});

describe('what a forged reset is not', () => {
  const factsOf = (steps: readonly Step[], options: ConnectionOptions = {}): RstAfterRequestFacts =>
    only(findingsOf(rstAfterRequest, [connection(steps, options)])).facts;

  it('a stale RST of the client is excused by bytes lost in the capture', () => {
    const { facts, confidence, summary } = only(findingsOf(rstAfterRequest, [seed()], DROPPING));
    expect(facts).toMatchObject({ forged: 'none', kind: 'stateless-reply' });
    expect(confidence).toBe('likely');
    expect(summary).toContain('5,000 packets were dropped while capturing');
  });

  it('drops are believed from the captures alone: no connection knows them when it ends', () => {
    const early = seed({ guards: { captureDrops: true } });
    expect(findingsOf(rstAfterRequest, [early])).toEqual(findingsOf(rstAfterRequest, [seed()]));
  });

  it('a RST of another capture than the handshake proves nothing by its order or time', () => {
    const facts = seed();
    const segments = facts.close.segments.map((one) => ({ ...one, packet: one.packet + CAPTURE_STRIDE }));
    const spread = { ...facts, close: { ...facts.close, segments } };
    expect(only(findingsOf(rstAfterRequest, [spread])).facts.forged).toBe('none');
    const ends = { ...facts, guards: { ...facts.guards, severalPoints: true } };
    expect(only(findingsOf(rstAfterRequest, [ends])).facts.forged).toBe('none');
    // Whose last packet is another capture's copy is nothing to it.
    const copied = { ...facts, lastPacket: facts.lastPacket + CAPTURE_STRIDE };
    expect(only(findingsOf(rstAfterRequest, [copied])).facts.forged).toBe('certain');
  });

  it('a ring of captures has one order: each of its files begins when the one before has ended', () => {
    const facts = seed();
    const segments = facts.close.segments.map((one) => ({ ...one, packet: one.packet + CAPTURE_STRIDE }));
    const crossing = { ...facts, close: { ...facts.close, segments } };
    const forgedIn = (captures: readonly CaptureFacts[]) =>
      only(findingsOf(rstAfterRequest, [crossing], { ...CONCLUSION, captures })).facts.forged;
    expect(forgedIn([capture(0n, 1_200_000n, null), capture(1_200_001n, 9_000_000n, null)])).toBe('certain');
    expect(forgedIn([capture(0n, 1_200_000n, null), capture(900_000n, 9_000_000n, null)])).toBe('none');
    // Of another clock, whatever it shows, it is no file of the ring.
    const clock: ClockFacts = {
      ...{ reference: 0, first: 1, aheadSeconds: 3600, aheadNanoseconds: 0, sinceSeconds: 0 },
      ...{ drift: 0, by: 'packets', count: 9, withinNs: 1000 },
    };
    const later = { ...capture(1_200_001n, 9_000_000n, null), clock };
    expect(forgedIn([capture(0n, 1_200_000n, null), later])).toBe('none');
  });

  it('a stale RST is no proof when more segments stood unanswered than are remembered', () => {
    const steps = [...SEED.slice(0, 5), rstBy('client', 1284, { sequence: 1, answersUnknown: true })];
    expect(factsOf(steps)).toMatchObject({ forged: 'none', kind: 'stateless-reply' });
  });

  it('a TTL of another kind of system at the same distance is the server’s own', () => {
    const steps = [...handshake(), get(1133), rstBy('server', 1300, { hand: { ttl: 248 } })];
    expect(factsOf(steps, { ttl: { client: 64, server: 57 } })).toMatchObject({ forged: 'none' });
  });

  it('another distance alone does not prove it', () => {
    const steps = [...handshake(), get(1133), rstBy('server', 1300, { hand: { ttl: 61 } })];
    const facts = factsOf(steps, { ttl: { client: 64, server: 57 } });
    expect(facts.forged).toBe('none');
    expect(facts.forgeryTests.find(({ id }) => id === 'F5')?.result).toBe('positive');
  });

  it('a RST from one hop nearer is no proof, and not the server’s own either', () => {
    const steps = [...handshake(), get(1133), rstBy('server', 1300, { hand: { ttl: 64 } })];
    const near = connection(steps, { ttl: { client: 64, server: 63 } });
    const { facts, hypotheses, remedies } = only(findingsOf(rstAfterRequest, [near, ...answered(10, 2000)]));
    expect(facts).toMatchObject({ forged: 'none', kind: 'stateless-reply' });
    for (const cause of ['network', 'security-agent'])
      expect(hypotheses.find((one) => one.cause === cause)).toMatchObject({
        verdict: 'open',
        because: expect.stringContaining('the TTL 64 of #5 is one hop from the server’s 63'),
      });
    expect(remedies.at(-1)).toMatchObject({ component: 'network' });
  });

  it('a RST with the TTL of the server’s refusals is its own', () => {
    const steps = [...handshake(), get(1133), rstBy('server', 1300, { hand: { ttl: 61 } })];
    const options = { ttl: { client: 64, server: 57 } };
    const refusedBySame = refused({ ...nth(3, 900_000), ttl: { client: 64, server: 61 } });
    const facts = only(findingsOf(rstAfterRequest, [connection(steps, options), refusedBySame])).facts;
    expect(facts.forgeryTests.find(({ id }) => id === 'F5')?.result).toBe('negative');
  });

  it('a RST through the server’s other gateway is its own', () => {
    const mac = { client: 1, server: 2 };
    const reset = connection([...handshake(), get(1133), rstBy('server', 1300, { hand: { mac: 3 } })], { mac });
    const byOther = healthy({ ...nth(4), mac: { client: 1, server: 3 } });
    expect(only(findingsOf(rstAfterRequest, [reset, byOther])).facts.forged).toBe('none');
  });

  it('at the client, a RST as fast as the server’s answers is no proof', () => {
    const reset = [...handshake(5000, 5050), get(5200), rstBy('server', 5900, { ack: true, hand: { window: 0 } })];
    const fast = connection([...handshake(5000, 5050), get(5200), answer(5700)], nth(2));
    expect(only(findingsOf(rstAfterRequest, [connection(reset), fast])).facts.forged).toBe('none');
  });
});
