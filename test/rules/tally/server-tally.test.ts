import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/facts/connection.js';
import { MAX_IDLE_CLOSES } from '../../../src/rules/tally/server-figures.js';
import { MAX_SERVERS, ServerTally } from '../../../src/rules/tally/server-tally.js';
import {
  closing,
  connection,
  exchange,
  idle,
  request,
  response,
  SECOND,
  SERVER,
  side,
  tlsFacts,
} from '../../findings/connections.js';

const NAMES = { namesOf: (address: string, port: number) => [`${address}.names.example:${port}`] };

function tallyOf(connections: readonly Connection[]): ServerTally {
  const tally = new ServerTally();
  for (const each of connections) tally.inspect(each);
  return tally;
}

/** A connection that the server closed after so many seconds. */
function expired(stream: number, seconds: number, port = SERVER.port): Connection {
  const endNs = stream * 100 * SECOND + seconds * SECOND;
  return connection({
    stream,
    server: side({ ...SERVER, port }),
    exchanges: [exchange()],
    idlePeriods: [idle(stream * 100 * SECOND, seconds * SECOND, 'server-fin', 9)],
    close: { kind: 'fin', resetBy: null, segments: [closing('fin', 'server', endNs, 9)], segmentCount: 1 },
  });
}

describe('the summary of a server', () => {
  it('counts its connections, exchanges, errors and resets, with its names', () => {
    const [server] = tallyOf([
      connection({ exchanges: [exchange(), exchange({ response: response({ status: 502 }) })] }),
      connection({ exchanges: [exchange({ response: response({ status: 499 }) }), exchange({ response: null })] }),
      connection({ exchanges: [exchange({ request: null, response: response({ status: 408 }) })] }),
      connection({ close: { kind: 'rst', resetBy: 'server', segments: [], segmentCount: 1 } }),
      connection({ close: { kind: 'rst', resetBy: 'client', segments: [], segmentCount: 1 } }),
    ]).conclude(NAMES);
    expect(server).toEqual({
      address: '10.0.1.43',
      port: 80,
      names: ['10.0.1.43.names.example:80'],
      connections: 5,
      undecrypted: 0,
      exchanges: 5,
      requests: 4,
      serverErrors: 1,
      resets: 1,
      idleTimeoutSeconds: null,
      idleTimeoutSamples: 0,
      idleCloseSeconds: [],
      longestAnsweredIdleSeconds: null,
      statuses: [
        { status: 200, count: 1 },
        { status: 408, count: 1 },
        { status: 499, count: 1 },
        { status: 502, count: 1 },
      ],
      requestTimeoutSeconds: null,
      requestTimeoutSamples: 0,
      roundTripToServerSeconds: expect.any(Number),
      roundTripToClientsSeconds: expect.any(Number),
      timeToFirstByte: expect.objectContaining({ samples: 3 }),
    });
  });

  it('counts the connections whose TLS stayed closed', () => {
    const tls = (['no-key', 'no-hello', 'partial', 'nothing-protected'] as const).map((decryption) =>
      connection({ tls: tlsFacts({ decryption }) }),
    );
    expect(tallyOf([...tls, connection()]).conclude(NAMES)).toMatchObject([{ connections: 5, undecrypted: 2 }]);
  });

  it('counts a connection that comes in batches once, and its reset with the last', () => {
    const [server] = tallyOf([
      connection({ exchanges: [exchange()], close: { kind: 'open', resetBy: null, segments: [], segmentCount: 0 } }),
      connection({ exchanges: [exchange()], exchangeOffset: 1 }),
      connection({ exchangeOffset: 2, close: { kind: 'rst', resetBy: 'server', segments: [], segmentCount: 1 } }),
    ]).conclude(NAMES);
    expect(server).toMatchObject({ connections: 1, exchanges: 2, resets: 1 });
  });

  it('says after how long it closes idle connections, and how long they have lived', () => {
    const answered = connection({
      stream: 9,
      idlePeriods: [idle(0, 8 * SECOND, 'client-payload', 6)],
      exchanges: [exchange({ request: request({ firstPacket: 6 }) })],
    });
    const [server] = tallyOf([expired(1, 10), expired(2, 10.1), expired(3, 10.02), answered]).conclude(NAMES);
    expect(server).toMatchObject({
      idleTimeoutSeconds: 10,
      idleTimeoutSamples: 3,
      longestAnsweredIdleSeconds: 8,
    });
  });

  it('withdraws the estimate when another connection outlived it', () => {
    const outlived = connection({
      stream: 9,
      idlePeriods: [idle(0, 30 * SECOND, 'client-payload', 6)],
      exchanges: [exchange({ request: request({ firstPacket: 6 }) })],
    });
    const [server] = tallyOf([expired(1, 10), expired(2, 10), expired(3, 10), outlived]).conclude(NAMES);
    expect(server).toMatchObject({ idleTimeoutSeconds: null, idleTimeoutSamples: 0, longestAnsweredIdleSeconds: 30 });
  });

  it('looks at no more than the earliest closes of one server', () => {
    const closes = Array.from({ length: 3 * MAX_IDLE_CLOSES }, (_, stream) =>
      expired(stream, stream < MAX_IDLE_CLOSES ? 5 : 10),
    );
    const [server] = tallyOf(closes.reverse()).conclude(NAMES);
    expect(server).toMatchObject({ idleTimeoutSeconds: 5, idleTimeoutSamples: MAX_IDLE_CLOSES });
  });
});

describe('servers', () => {
  it('come by number of connections, then by address and port', () => {
    const at = (address: string, port: number): Connection => connection({ server: side({ address, port }) });
    const servers = tallyOf([
      at('10.0.0.3', 80),
      at('10.0.0.2', 443),
      at('10.0.0.2', 80),
      at('10.0.0.9', 80),
      at('10.0.0.9', 80),
    ]).conclude(NAMES);
    expect(servers.map(({ address, port }) => `${address}:${port}`)).toEqual([
      '10.0.0.9:80',
      '10.0.0.2:80',
      '10.0.0.2:443',
      '10.0.0.3:80',
    ]);
  });

  it('beyond the bound are left out from the highest port down, counted, and the same in any split', () => {
    const total = 2 * MAX_SERVERS + 10;
    const scan = Array.from({ length: total }, (_, index) =>
      connection({ server: side({ address: '10.0.0.1', port: total - index }) }),
    );
    const whole = tallyOf(scan);
    const merged = tallyOf(scan.slice(MAX_SERVERS));
    merged.merge(tallyOf(scan.slice(0, MAX_SERVERS)).seen);
    for (const tally of [whole, merged]) {
      const servers = tally.conclude({ namesOf: () => [] });
      expect(servers).toHaveLength(MAX_SERVERS);
      expect(Math.max(...servers.map(({ port }) => port))).toBe(MAX_SERVERS);
      expect(servers.every(({ connections }) => connections === 1)).toBe(true);
      expect(tally.leftOut).toBe(MAX_SERVERS + 10);
    }
  });

  it('are the same however the connections are split, ordered and merged', () => {
    const any = fc.oneof(
      fc.record({ seconds: fc.constantFrom(5, 10, 10.1, 10.2), port: fc.constantFrom(80, 81) }),
      fc.record({ reset: fc.boolean(), port: fc.constantFrom(80, 81) }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(any, fc.nat(2)), { maxLength: 30 }), (list) => {
        const connections = list.map(([each, part], stream) => ({
          part,
          connection:
            'seconds' in each
              ? expired(stream, each.seconds, each.port)
              : connection({
                  stream,
                  server: side({ ...SERVER, port: each.port }),
                  close: { kind: 'rst', resetBy: each.reset ? 'server' : 'client', segments: [], segmentCount: 1 },
                }),
        }));
        const parts = [0, 1, 2].map((part) =>
          tallyOf(connections.filter((each) => each.part === part).map((each) => each.connection)),
        );
        const expected = tallyOf(connections.map((each) => each.connection)).conclude(NAMES);
        const left = new ServerTally();
        for (const part of parts) left.merge(part.seen);
        const right = new ServerTally();
        for (const part of [...parts].reverse()) right.merge(part.seen);
        expect(left.conclude(NAMES)).toEqual(expected);
        expect(right.conclude(NAMES)).toEqual(expected);
      }),
    );
  });
});

describe('what rules ask of all servers', () => {
  const failing = (stream: number, port: number, endNs: number) =>
    connection({
      stream,
      server: side({ ...SERVER, port }),
      exchanges: [exchange({ response: response({ status: 502, startNs: endNs, endNs }) })],
    });

  it('is theirs by address and by time, and made anew where a connection comes', () => {
    const tally = tallyOf([failing(0, 8080, 2 * SECOND), failing(1, 80, SECOND)]);
    const portsOf = () => tally.portsOf(SERVER.address).map(({ port, connections }) => [port, connections]);
    const failures = () => tally.gatewayFailures().map(({ port }) => port);
    expect([portsOf(), failures()]).toEqual([
      [
        [80, 1],
        [8080, 1],
      ],
      [80, 8080],
    ]);
    tally.inspect(failing(2, 8080, SECOND / 2));
    tally.inspect(failing(3, 443, 3 * SECOND));
    expect([portsOf(), failures()]).toEqual([
      [
        [80, 1],
        [443, 1],
        [8080, 2],
      ],
      [8080, 80, 8080, 443],
    ]);
    expect(tally.all()).toHaveLength(3);
    expect(tally.portsOf('192.0.2.9')).toEqual([]);
  });
});
