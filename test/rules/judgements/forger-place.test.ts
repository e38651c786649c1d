import { describe, expect, it } from 'vitest';
import { forgerPlace } from '../../../src/rules/judgements/forger-place.js';
import { forgeryTests } from '../../../src/rules/judgements/forgery.js';
import { type ConnectionOptions, connection, finBy, get, handshake, rstBy, type Step } from '../facts.js';
import { byServer, CONTEXT, inputOf, stale } from './forgery-facts.js';

describe('where the writer of a forged reset sits', () => {
  const place = (
    steps: readonly Step[],
    span: { start: number; end: number } | null,
    options: ConnectionOptions = {},
  ) => {
    const facts = connection([...handshake(), get(1133), ...steps], options);
    const input = inputOf(facts);
    return forgerPlace(input, forgeryTests(input, CONTEXT), 'server', span);
  };

  it('is inline when the reset stands at the start of the request', () => {
    expect(place([byServer, stale], { start: 1, end: 101 })).toBe('inline-on-host');
    expect(place([byServer, stale], { start: 41, end: 101 })).toBe('unknown');
    expect(place([byServer, stale], null)).toBe('unknown');
  });

  it('only listens when the server goes on with an answer', () => {
    const lives: Step = { at: 3000, is: 'data', from: 'server', bytes: 500 };
    expect(place([byServer, lives], { start: 1, end: 101 })).toBe('passive-sensor');
  });

  it('is not told by a server that goes on and has not got the request', () => {
    const heard = { start: 1, end: 101 };
    expect(place([byServer, finBy('server', 3000)], heard)).toBe('passive-sensor');
    const options = { serverFacts: { highestAcknowledged: 41 } };
    expect(place([byServer, finBy('server', 3000)], heard, options)).toBe('unknown');
  });

  it('does more than listen when the server sends its SYN-ACK again: the request has not come to it', () => {
    const again: Step = { at: 1_030_000, is: 'syn-ack' };
    const far = rstBy('server', 1278, { hand: { ttl: 254 } });
    const ttl = { client: 64, server: 63 };
    expect(place([far, again], { start: 1, end: 101 }, { ttl })).toBe('inline-mid-path');
    expect(place([byServer, again], { start: 1, end: 101 })).toBe('unknown');
  });

  it('stays so when the client sends its FIN after the reset', () => {
    expect(place([byServer, finBy('client', 1280), stale], { start: 1, end: 101 })).toBe('inline-on-host');
  });
});
