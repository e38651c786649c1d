import { describe, expect, it } from 'vitest';
import { FIELD_NAMES } from '../../src/filter/fields.js';
import { matches } from '../../src/filter/filter.js';
import { parseFilter } from '../../src/filter/parse.js';
import { ConnectionRow, NOT_OF_CONNECTIONS } from '../../src/report/connection-row.js';
import { clientHelloFacts, tlsFacts } from '../findings/connections.js';
import { connection, exchange, request, response } from './analyses.js';

const answered = connection({
  stream: 3,
  tls: tlsFacts({
    clientHello: clientHelloFacts({ serverNames: ['a.example'] }),
    serverHello: { packet: 6, atNs: 0, version: 'TLS 1.3', cipherSuite: null, alpn: 'h2' },
  }),
  exchanges: [exchange(request('/x?q=1', 14), response(502, 16)), exchange(request('/health', 20), null)],
  idlePeriods: [
    { startNs: 0, durationNs: 2e9, after: 'server', endedBy: 'client-payload', packet: 14 },
    { startNs: 3e9, durationNs: 1e9, after: 'server', endedBy: 'client-payload', packet: 20 },
  ],
});
const silent = connection({ exchanges: [] });
const unknown = connection({ exchanges: [exchange({ ...request('…', 14), method: '…' }, response(0, 16))] });

const isShown = (expression: string, facts: typeof answered) => {
  const { filter } = parseFilter(expression);
  if (filter === null) throw new Error(`${expression} is no filter`);
  return matches(filter, new ConnectionRow(facts));
};

describe('a filter', () => {
  it.each([
    'stream:3',
    'server:10.0.1.49',
    'client:10.0.0.1:53554',
    'name:a.example sni:a.example authority:a.example alpn:h2',
    'port:53554',
    'proto:http/1.1',
    'method:get path:/health',
    'status:5xx',
    'close:fin reset:none handshake:complete',
    'packet:16',
    'idle:2s',
    'time:>1s',
    'requests:2',
    'bytes:>20kB',
    '502',
    '10.0.1.49:80',
  ])('%s shows a connection that has it', (expression) => {
    expect(isShown(expression, answered)).toBe(true);
    expect(isShown(`stream:3 -marked:yes ${expression}`, answered)).toBe(true);
    expect(isShown(expression.replace(/^/, '-').split(' ')[0] ?? '', answered)).toBe(false);
  });

  it('finds what is not there with none', () => {
    expect(isShown('status:none ttfb:none idle:none', silent)).toBe(true);
    expect(isShown('status:none', answered)).toBe(false);
  });

  it('takes what is not known for not there', () => {
    expect(isShown('status:none path:none', unknown)).toBe(true);
  });

  it('has a value, or says that there can be none, for every field', () => {
    for (const field of FIELD_NAMES) {
      const has = new ConnectionRow(answered).valuesOf(field).length > 0;
      expect([field, has]).toEqual([field, !NOT_OF_CONNECTIONS.has(field)]);
    }
  });
});
