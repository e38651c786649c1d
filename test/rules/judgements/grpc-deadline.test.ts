import { describe, expect, it } from 'vitest';
import type { Exchange } from '../../../src/facts/exchange.js';
import type { StreamReset } from '../../../src/facts/h2.js';
import { deadlineReached, missedDeadlineOf } from '../../../src/rules/judgements/grpc-deadline.js';
import { exchange, field, request, response } from '../../findings/connections.js';
import { connection, get, handshake } from '../facts.js';
import { overH2 } from '../h2-facts.js';

const MS = 1_000_000;
const [OVER_H2] = overH2(connection([...handshake(), get(1133)])).exchanges;

/** Whether a deadline declared so had come after this time. */
function reached(declared: string, waitedNs: number): boolean {
  const call = request({ startNs: 7 * MS, fields: [field('grpc-timeout', declared)] });
  return deadlineReached(call, 7 * MS + waitedNs) === declared;
}

describe('the deadline of a gRPC call', () => {
  it.each([
    ['2H', 7200e9],
    ['3M', 180e9],
    ['5S', 5e9],
    ['250m', 250e6],
    ['900000u', 900e6],
    ['70000000n', 70e6],
  ])('%s is reached then', (declared, ns) => {
    expect(reached(declared, ns)).toBe(true);
    expect(reached(declared, ns / 2)).toBe(false);
    expect(reached(declared, ns * 2)).toBe(false);
  });

  it('comes up to five parts in a hundred early, and two and 50 ms late', () => {
    expect([reached('10S', 9500 * MS), reached('10S', 9499 * MS)]).toEqual([true, false]);
    expect([reached('10S', 10_250 * MS), reached('10S', 10_251 * MS)]).toEqual([true, false]);
  });

  it('has one to eight digits and a unit', () => {
    expect(reached('99999999n', 99_999_999)).toBe(true);
    for (const declared of ['100000000n', 'n', '5', '5s', '-5S', '5.0S', '', '5Sm'])
      expect(reached(declared, 5e9)).toBe(false);
  });

  it('is none where the call declares none', () => {
    expect(deadlineReached(request(), 5e9)).toBeNull();
  });
});

describe('a call that reached its deadline unanswered', () => {
  const CANCEL: StreamReset = { by: 'client', code: 8, packet: 9, atNs: 1000 * MS, openStreams: 1 };
  const fields = [field('content-type', 'application/grpc'), field('grpc-timeout', '1S')];
  const call = (facts: Partial<Exchange>, reset: Partial<StreamReset> | null = {}): Exchange => ({
    ...exchange({ request: request({ fields }), response: null, ...facts }),
    h2: OVER_H2?.h2 ? { ...OVER_H2.h2, reset: reset === null ? null : { ...CANCEL, ...reset } } : null,
  });

  it('is reset by its client with CANCEL', () => {
    expect(missedDeadlineOf(call({}))).toMatchObject({ declared: '1S', reset: { packet: 9 } });
  });

  it('is none where the server reset it, or with another code, or nobody did', () => {
    expect(missedDeadlineOf(call({}, { by: 'server' }))).toBeNull();
    expect(missedDeadlineOf(call({}, { code: 7 }))).toBeNull();
    expect(missedDeadlineOf(call({}, null))).toBeNull();
  });

  it('is none where an answer had begun, or an interim one', () => {
    expect(missedDeadlineOf(call({ response: response() }))).toBeNull();
    expect(missedDeadlineOf(call({ interim: [{ status: 103, packet: 6, atNs: 5 }] }))).toBeNull();
  });

  it('is none where the call was still sending, or is no gRPC', () => {
    expect(missedDeadlineOf(call({ request: request({ fields, complete: false }) }))).toBeNull();
    expect(missedDeadlineOf(call({ request: request({ fields: fields.slice(1) }) }))).toBeNull();
    expect(missedDeadlineOf(call({ request: null }))).toBeNull();
  });

  it('is none before its deadline', () => {
    expect(missedDeadlineOf(call({}, { atNs: 900 * MS }))).toBeNull();
  });
});
