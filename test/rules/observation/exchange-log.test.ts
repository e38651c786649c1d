import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logExchanges, mergeExchangeLogs } from '../../../src/rules/observation/exchange-log.js';
import { type ExchangeLog, exchangeLog } from '../../../src/rules/observation/exchange-rows.js';
import { triesOf } from '../../../src/rules/observation/logged-exchange.js';
import { requestKey } from '../../../src/rules/observation/request-key.js';
import { rankOfText } from '../../../src/rules/tally/rank.js';
import { answer, connection, get, handshake, type RequestOptions } from '../facts.js';

const LIMIT = 8;
const CLIENT = '10.0.0.1';

/** A connection for one request of `target`, made at this second. */
function asking(target: number, at: number) {
  return connection([...handshake(), get(1200, `/${target}`), answer(5000)], {
    stream: at,
    client: CLIENT,
    beginsAt: at * 1_000_000,
    firstPacket: 1 + at * 10,
  });
}

function of(requests: readonly (readonly [number, number])[], limit = LIMIT): ExchangeLog {
  const log = exchangeLog(limit);
  for (const [target, at] of requests) logExchanges(asking(target, at), log, exchangeLog());
  return log;
}

function keyOf(target: string, options: RequestOptions = {}): number {
  const request = connection([get(0, target, options)]).exchanges[0]?.request;
  return request == null ? 0 : requestKey(rankOfText(CLIENT), request);
}

const rowsIn = ({ size }: ExchangeLog) => size / 16;

describe('the log of exchanges', () => {
  const requests = fc.array(fc.tuple(fc.nat({ max: 12 }), fc.nat({ max: 1000 })), { maxLength: 60 });
  const streams = (log: ExchangeLog) =>
    Array.from({ length: 13 }, (_, target) => triesOf(log, keyOf(`/${target}`))?.map(({ stream }) => stream) ?? null);

  it('keeps all tries of a request or none, and says which', () => {
    fc.assert(
      fc.property(requests, (all) => {
        const kept = of(all);
        expect(rowsIn(kept)).toBeLessThanOrEqual(LIMIT);
        for (const [target, told] of streams(kept).entries()) {
          if (told === null) continue;
          const sent = all.flatMap(([one, at]) => (one === target ? [at] : [])).sort((one, other) => one - other);
          expect(told).toEqual(sent);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('ends with the same in any order and any split, after a journey too', () => {
    fc.assert(
      fc.property(requests, fc.nat({ max: 60 }), (all, at) => {
        const whole = streams(of(all));
        expect(streams(of([...all].reverse()))).toEqual(whole);
        const into = of(all.slice(at));
        mergeExchangeLogs(into, structuredClone(of(all.slice(0, at))));
        expect(streams(into)).toEqual(whole);
        const back = structuredClone(of(all.slice(0, at)));
        mergeExchangeLogs(back, of(all.slice(at)));
        expect(streams(back)).toEqual(whole);
      }),
      { numRuns: 50 },
    );
  });

  it('keeps the tries of some senders of a request that is made all the time', () => {
    const log = exchangeLog(64);
    const senders = Array.from({ length: 100 }, (_, at) => `10.9.0.${at}`);
    for (const [at, client] of senders.entries())
      for (const beginsAt of [at, at + 2])
        logExchanges(
          connection([...handshake(), get(1200, '/api'), answer(5000)], {
            stream: at,
            client,
            beginsAt: beginsAt * 1e6,
          }),
          log,
          exchangeLog(),
        );
    const request = connection([get(0, '/api')]).exchanges[0]?.request;
    if (request == null) expect.fail('no request');
    const tries = senders.map((client) => triesOf(log, requestKey(rankOfText(client), request))?.length ?? null);
    expect(log.level).toBeGreaterThan(0);
    expect(rowsIn(log)).toBeLessThanOrEqual(64);
    expect(new Set(tries)).toEqual(new Set([null, 2]));
  });

  it('tells requests apart that differ before a long query alone, though both legs of a proxy may', () => {
    const query = `a?${'session='.padEnd(80, '7')}`;
    const [one, other] = [keyOf(`/orders/${query}`), keyOf(`/basket/${query}`)];
    expect(one).not.toBe(other);
    expect(one % 2 ** 32).toBe(other % 2 ** 32);
  });

  it('tells of each try when, where and with what success', () => {
    const log = of([[1, 7]]);
    expect(triesOf(log, keyOf('/1'))).toMatchObject([
      { stream: 7, status: 200, packet: 74, startNs: 7_001_200_000, server: { address: '10.0.1.43', port: 80 } },
    ]);
    expect(triesOf(log, keyOf('/2'))).toEqual([]);
  });

  it('keeps what failed apart, beyond what finds room among all', () => {
    const [log, failures] = [exchangeLog(2), exchangeLog(64)];
    for (let at = 0; at < 40; at += 1)
      logExchanges(
        connection([...handshake(), get(1200, `/${at}`), ...(at % 4 === 0 ? [] : [answer(5000)])], { stream: at }),
        log,
        failures,
      );
    expect(rowsIn(log)).toBeLessThanOrEqual(2);
    expect(rowsIn(failures)).toBe(10);
  });

  it('knows a request and its retry by one key, and other requests by others', () => {
    const forwarded = (value: string): RequestOptions => ({ fields: [{ name: 'x-forwarded-for', value }] });
    expect(keyOf('/a')).toBe(keyOf('/a'));
    const keys = [
      keyOf('/a'),
      keyOf('/b'),
      keyOf('/a?1'),
      keyOf('/a', { method: 'POST' }),
      keyOf('/a', { method: 'POST', body: 200 }),
      keyOf('/a', { method: 'POST', body: 12_000 }),
      keyOf('/a', forwarded('1')),
      keyOf('/a', forwarded('2')),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(keyOf(`/${'x'.repeat(100)}/1`)).not.toBe(keyOf(`/${'x'.repeat(100)}/2`));
    for (const key of keys) expect(Number.isSafeInteger(key)).toBe(true);
  });

  it('knows nothing of a request whose target nobody knows', () => {
    expect(triesOf(of([]), keyOf('…'))).toBeNull();
  });
});
