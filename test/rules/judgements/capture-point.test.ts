import { describe, expect, it } from 'vitest';
import {
  captureVoteOf,
  decideCapturePoint,
  farRoundTripNs,
  nearSideOf,
} from '../../../src/rules/judgements/capture-point.js';
import { connection, handshake } from '../facts.js';

const NO_VOTES = { server: 0, client: 0, between: 0, loopback: 0 };

describe('the capture point', () => {
  const vote = (synAckAt: number, ackAt: number, options = {}) =>
    captureVoteOf(connection(handshake(synAckAt, ackAt), options));

  it('is at the server when the SYN is answered at once and the SYN-ACK late', () => {
    expect(vote(60, 986)).toBe('server');
  });

  it('is at the client when it is the other way round', () => {
    expect(vote(926, 986)).toBe('client');
  });

  it('is between them when both take alike', () => {
    expect(vote(500, 1500)).toBe('between');
  });

  it('is on the loopback interface when both take next to nothing', () => {
    expect(vote(20, 30)).toBe('loopback');
  });

  it('is not at a host whose segments have crossed routers', () => {
    expect(vote(60, 986, { ttl: { client: 60, server: 57 } })).toBe('between');
    expect(vote(60, 986, { ttl: { client: 60, server: 64 } })).toBe('server');
  });

  it('is told by the direction of packets, where the capture says it', () => {
    const directions = { clientFacts: { direction: 'outbound' }, serverFacts: { direction: 'inbound' } } as const;
    expect(vote(60, 986, directions)).toBe('client');
  });

  it('is not told by half a handshake', () => {
    expect(captureVoteOf(connection(handshake().slice(0, 2)))).toBeNull();
  });

  it('is what most connections say', () => {
    expect(decideCapturePoint({ ...NO_VOTES, server: 3, between: 2 })).toBe('server');
    expect(decideCapturePoint({ ...NO_VOTES, server: 2, client: 2 })).toBe('unknown');
    expect(decideCapturePoint(NO_VOTES)).toBe('unknown');
  });

  it('gives the round trip to the far side, unless it is too short to reason with', () => {
    const shaken = connection(handshake(60, 986)).handshake;
    expect(farRoundTripNs(shaken, 'server')).toBe(926_000);
    expect(farRoundTripNs(shaken, 'client')).toBeNull();
    expect(farRoundTripNs(shaken, 'between')).toBeNull();
    expect(nearSideOf('server')).toBe('server');
    expect(nearSideOf('loopback')).toBeNull();
  });
});
