import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/facts/connection.js';
import type { Exchange } from '../../../src/facts/exchange.js';
import { percentileOf } from '../../../src/rules/tally/log-histogram.js';
import {
  MAX_ACCEPTED_CLIENTS,
  mergeFigures,
  newFigures,
  noteConnection,
  type ServerFigures,
} from '../../../src/rules/tally/server-figures.js';
import { exchange, request, response } from '../../findings/connections.js';
import { connection, healthy, nthEvery } from '../facts.js';

const nth = nthEvery(1_000_000);

function figuresOf(connections: readonly Connection[]): ServerFigures {
  const figures = newFigures('10.0.1.43', 80);
  for (const one of connections) noteConnection(figures, one);
  return figures;
}

/** The figures of both parts of a run. */
function merged(one: readonly Connection[], other: readonly Connection[]): ServerFigures {
  const figures = figuresOf(one);
  mergeFigures(figures, figuresOf(other));
  return figures;
}

/** What is told of all of them, in this order, the other way round, and in parts: it must be the same. */
function everyWay(connections: readonly Connection[]): ServerFigures {
  const whole = figuresOf(connections);
  expect(figuresOf(connections.toReversed())).toEqual(whole);
  const half = connections.length >> 1;
  expect(merged(connections.slice(0, half), connections.slice(half))).toEqual(whole);
  expect(merged(connections.slice(half), connections.slice(0, half))).toEqual(whole);
  return whole;
}

describe('the handshakes that a server completes', () => {
  it('are counted, with the first and the last', () => {
    const figures = everyWay([healthy(nth(0)), healthy(nth(1)), healthy(nth(2)), healthy(nth(3))]);
    expect(figures).toMatchObject({
      ...{ accepted: 4, acceptedLate: 0, firstLate: null },
      firstAccept: { atNs: 60_000, packet: 2 },
      lastAccept: { atNs: 3_000_060_000, packet: 32 },
    });
  });

  it('are late where the SYN had to be sent again', () => {
    const late = (at: number) => healthy(nth(at, { synRetransmissions: 1 }));
    expect(everyWay([healthy(nth(0)), late(1), late(2), healthy(nth(3))])).toMatchObject({
      ...{ accepted: 4, acceptedLate: 2 },
      firstLate: { atNs: 1_000_060_000, packet: 12 },
    });
  });

  it('are none that the client did not acknowledge', () => {
    const open = connection([
      { at: 0, is: 'syn' },
      { at: 60, is: 'syn-ack' },
    ]);
    expect(figuresOf([open])).toMatchObject({ connections: 1, accepted: 0, firstAccept: null });
  });

  it('tell by which way they came', () => {
    const mac = { client: 1, server: 2 };
    expect(figuresOf([healthy({ mac, ttl: { client: 63, server: 64 } })]).firstAccept).toMatchObject({
      ...{ ttl: 64, mac: 2, clientMac: 1 },
    });
  });

  it('are of some of many clients, the lowest addresses', () => {
    const clients = Array.from({ length: 3 * MAX_ACCEPTED_CLIENTS }, (_, at) => `10.0.0.${10 + at}`);
    const of = clients.map((client, at) => healthy(nth(at, { client })));
    expect(everyWay([...of, ...of]).acceptedClients).toEqual(clients.slice(0, MAX_ACCEPTED_CLIENTS));
  });
});

describe('the answers of a server', () => {
  const answers = (...exchanges: readonly Exchange[]) => figuresOf([{ ...healthy(), exchanges }]);
  const answered = (status: number, facts: Partial<Exchange> = {}) =>
    exchange({ response: response({ status }), ...facts });

  it('are errors of the server from 500 to 599', () => {
    expect(answers(...[499, 500, 599, 600].map((status) => answered(status))).serverErrors).toBe(2);
  });

  it('are counted by status, where it is known', () => {
    const { statuses } = answers(answered(200), answered(200), answered(404), answered(0));
    expect([...(statuses ?? [])]).toEqual([
      [200, 2],
      [404, 1],
    ]);
  });

  it('to a gateway’s clients are kept as such, with the request that they answer', () => {
    const figures = answers(...[500, 502, 503, 504, 505].map((status) => answered(status)));
    expect(figures.gatewayErrors?.items.map(({ status }) => status)).toEqual([502, 503, 504]);
    expect(answers(answered(502, { request: null })).gatewayErrors).toBeNull();
  });

  it('have a last one, by time and then by packet', () => {
    const at = (startNs: number, firstPacket: number) => exchange({ response: response({ startNs, firstPacket }) });
    expect(answers(at(9, 3), at(5, 4))).toMatchObject({ lastAnswerNs: 9, lastAnswerPacket: 3 });
    expect(answers(at(9, 3), at(9, 2))).toMatchObject({ lastAnswerNs: 9, lastAnswerPacket: 3 });
    expect(answers(at(9, 2), at(9, 3))).toMatchObject({ lastAnswerNs: 9, lastAnswerPacket: 3 });
  });

  it('take from the end of the request to their first byte, an interim one’s too', () => {
    const first = (facts: Partial<Exchange>) => {
      const { firstBytes } = answers(exchange({ request: request({ endNs: 1000 }), ...facts }));
      return firstBytes === null ? null : percentileOf(firstBytes, 0.5);
    };
    const late = response({ startNs: 5_001_000 });
    expect(first({ response: late })).toBeCloseTo(5_000_000, -6);
    expect(first({ response: late, interim: [{ status: 103, packet: 5, atNs: 2_001_000 }] })).toBeCloseTo(
      2_000_000,
      -6,
    );
    expect(first({ response: response({ startNs: 999 }) })).toBeNull();
    expect(first({ response: response({ startNs: 5_001_000, lostBytes: 1 }) })).toBeNull();
    expect(first({ response: late, request: request({ endNs: 1000, lostBytes: 1 }) })).toBeNull();
    expect(first({ response: late, request: null })).toBeNull();
  });
});
