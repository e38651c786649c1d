import { describe, expect, it } from 'vitest';
import { ROLES_REVERSED } from '../../../src/facts/anomaly.js';
import type { Connection } from '../../../src/facts/connection.js';
import type { ResponseMessage } from '../../../src/facts/exchange.js';
import type { StreamReset } from '../../../src/facts/h2.js';
import { type CutResponse, cutResponsesOf } from '../../../src/rules/judgements/cut-response.js';
import { tlsFacts } from '../../findings/connections.js';
import {
  abortBy,
  answer,
  type ConnectionOptions,
  connection,
  fieldsOf,
  finBy,
  get,
  handshake,
  rstBy,
  type Step,
  withEnds,
} from '../facts.js';
import { overH2 } from '../h2-facts.js';

const MS = 1_000_000;
const BEGUN = { complete: false, framing: 'content-length', contentLength: 9000 } as const;

function cutsOf(facts: Connection): CutResponse[] {
  const cuts: CutResponse[] = [];
  cutResponsesOf(facts, (cut) => cuts.push(cut));
  return cuts;
}

/** A response of which 300 bytes of the body came, and these ends. */
function begun(message: Partial<ResponseMessage>, ends: readonly Step[], options: ConnectionOptions = {}) {
  return connection([...handshake(), get(1133), answer(5000, 200, 500, { ...BEGUN, ...message }), ...ends], options);
}

const END = finBy('server', 9000);
const cut = (message: Partial<ResponseMessage> = {}, ends: readonly Step[] = [END], options: ConnectionOptions = {}) =>
  cutsOf(begun(message, ends, options));

describe('a response that its server cuts short', () => {
  it('is none where a refusal without a length meets bytes that the server has not read', () => {
    const refusal = (status: number, bytes: number, endsAt = 5200): CutResponse[] =>
      cutsOf(
        connection([
          ...handshake(),
          get(1133, '/', { bytes }),
          answer(5000, status, 300, { complete: false, framing: 'close', contentLength: null }),
          abortBy('server', endsAt),
        ]),
      );
    expect(refusal(431, 20_000)).toEqual([]);
    expect(refusal(431, 200)).toHaveLength(1);
    expect(refusal(200, 20_000)).toHaveLength(1);
    expect(refusal(431, 20_000, 90_000)).toHaveLength(1);
  });

  it('ends with a close of the server: what came, of how much, and after which pause', () => {
    expect(cut()).toMatchObject([
      {
        ...{ how: 'fin', status: 200, framing: 'content-length', bytes: 300, declared: 9000, index: 0 },
        ...{ pauseNs: 4 * MS, atNs: 9 * MS, requestBytes: 100, sealedBy: null, goesOn: null },
        request: { method: 'GET', target: '/' },
      },
    ]);
    expect(cut({}, [abortBy('server', 9000)])).toMatchObject([{ how: 'rst' }]);
  });

  it('is not cut where it is whole, its client closes first, or nobody does', () => {
    expect(cut({ complete: true })).toEqual([]);
    expect(cut({}, [finBy('client', 8000), END])).toEqual([]);
    expect(cut({}, [])).toEqual([]);
  });

  it('without a length is cut by a reset only', () => {
    const unbounded = { framing: 'close', contentLength: null } as const;
    expect(cut(unbounded)).toEqual([]);
    expect(cut(unbounded, [abortBy('server', 9000)])).toHaveLength(1);
  });

  it('is none of a tunnel, of a stream of events, without a body, or to a health check', () => {
    expect(cut({ framing: 'tunnel' })).toEqual([]);
    expect(cut({ framing: 'none' })).toEqual([]);
    expect(cut({ fields: fieldsOf({ 'content-type': 'text/event-stream' }) })).toEqual([]);
    const probe = get(1133, '/', { fields: fieldsOf({ 'user-agent': 'ELB-HealthChecker/2.0' }) });
    expect(cutsOf(connection([...handshake(), probe, answer(5000, 200, 500, BEGUN), END]))).toEqual([]);
  });

  it('is not told where the close acknowledges more than was seen of its client', () => {
    expect(cutsOf(withEnds(begun({}, [END]), () => ({ deltaAcknowledgement: 1 })))).toEqual([]);
  });

  it('is not told of one side, in TLS that was not opened whole, or with the roles reversed', () => {
    expect(cut({}, [END], { guards: { oneSided: true } })).toEqual([]);
    expect(cutsOf({ ...begun({}, [END]), tls: tlsFacts({ decryption: 'partial' }) })).toEqual([]);
    expect(cutsOf({ ...begun({}, [END]), tls: tlsFacts({ decryption: 'whole' }) })).toHaveLength(1);
    expect(cut({}, [END], { anomalies: [{ name: ROLES_REVERSED, from: 'client', packet: 4, count: 1 }] })).toEqual([]);
  });

  it('is measured where the snap length cut its body alone, and a length was declared', () => {
    const snapped = (lostBytes: number, snappedBytes: number, message: Partial<ResponseMessage> = {}) =>
      cut({ lostBytes, ...message }, [END], { serverFacts: { lostBytes: snappedBytes, snappedBytes } }).length;
    expect(snapped(300, 300)).toBe(1);
    expect(snapped(300, 299)).toBe(0);
    expect(snapped(301, 301)).toBe(0);
    expect(snapped(100, 100, { framing: 'chunked', contentLength: null })).toBe(0);
    expect(snapped(0, 100, { framing: 'chunked', contentLength: null })).toBe(1);
  });

  it('does not end behind what cut it', () => {
    expect(cut({ endNs: 9 * MS })).toHaveLength(1);
    expect(cut({ endNs: 9 * MS + 1 })).toEqual([]);
  });
});

describe('a response whose server sends on behind a RST in its name', () => {
  const GOES_ON: Step = { at: 11_000, is: 'data', from: 'server', bytes: 1448 };
  const forged = [rstBy('server', 9000), GOES_ON, rstBy('client', 12_000)];
  const sentOn = (
    steps: readonly Step[] = forged,
    options: ConnectionOptions = {},
    message: Partial<ResponseMessage> = {},
  ) => cut({ complete: true, endNs: 11 * MS, ...message }, steps, options);

  it('is cut by whoever wrote that', () => {
    expect(sentOn()).toMatchObject([
      { how: 'rst', goesOn: { packet: 7, atNs: 11 * MS }, lastNs: 5 * MS, pauseNs: 4 * MS },
    ]);
  });

  it('is not, where its client has not taken that RST', () => {
    expect(sentOn(forged.slice(0, 2))).toEqual([]);
    expect(sentOn([...forged.slice(0, 2), finBy('client', 12_000)])).toEqual([]);
  });

  it('is not, where segments came out of order, or the clock was set', () => {
    expect(sentOn(forged, { serverFacts: { outOfOrder: 1 } })).toEqual([]);
    expect(sentOn(forged, { clientFacts: { outOfOrder: 1 } })).toEqual([]);
    expect(sentOn(forged, { guards: { clockStepped: true } })).toEqual([]);
    expect(sentOn([rstBy('server', 9000, { sequence: 900 }), ...forged.slice(1)])).toEqual([]);
  });

  it('is not, where the RST came before or behind it, or the server is silent', () => {
    expect(sentOn(forged, {}, { startNs: 9 * MS + 1 })).toEqual([]);
    expect(sentOn(forged, {}, { endNs: 9 * MS })).toEqual([]);
    expect(sentOn([rstBy('server', 9000), rstBy('client', 12_000)])).toEqual([]);
  });
});

describe('a response over HTTP/2', () => {
  const RESET: StreamReset = { by: 'server', code: 2, packet: 8, atNs: 8 * MS, openStreams: 1 };
  const over = (
    reset: Partial<StreamReset> | null,
    ends: readonly Step[] = [],
    message: Partial<ResponseMessage> = {},
  ) => cutsOf(overH2(begun(message, ends), {}, () => ({ reset: reset === null ? null : { ...RESET, ...reset } })));

  it('is cut by a reset of its stream, with an error', () => {
    expect(over({})).toMatchObject([{ how: 'stream-reset', atNs: 8 * MS, framing: 'stream' }]);
    expect(over({ code: 0 })).toEqual([]);
    expect(over({ code: null })).toEqual([]);
    expect(over({ by: 'client' })).toEqual([]);
  });

  it('is cut by the close of the connection', () => {
    expect(over(null, [END])).toMatchObject([{ how: 'fin' }]);
    expect(over(null, [abortBy('server', 9000)])).toMatchObject([{ how: 'rst' }]);
    expect(over(null)).toEqual([]);
    expect(over(null, [finBy('client', 9000)])).toEqual([]);
  });

  it('is cut by the close before a reset behind it', () => {
    expect(over({ by: 'client', atNs: 10 * MS }, [END])).toMatchObject([{ how: 'fin' }]);
    expect(over({ by: 'client' }, [END])).toEqual([]);
  });

  it('cannot be told to be cut by the close where the RST_STREAM of its client may be among frames not seen', () => {
    const lost = { timesLost: { client: 1, server: 0 } };
    const closed = begun({}, [END]);
    expect(cutsOf(overH2(closed, lost))).toEqual([]);
    // Streams are reset once: the client had not done so before.
    const late: StreamReset = { ...RESET, by: 'client', atNs: 10 * MS };
    expect(cutsOf(overH2(closed, lost, () => ({ reset: late })))).toHaveLength(1);
    expect(cutsOf(overH2(closed, lost, () => ({ reset: RESET })))).toHaveLength(1);
    const { close } = closed;
    const segments = close.segments.map((one) => ({ ...one, deltaAcknowledgement: 13 }));
    expect(cutsOf(overH2({ ...closed, close: { ...close, segments } }))).toEqual([]);
  });

  it('is not cut where it is whole', () => {
    expect(over({}, [], { complete: true })).toEqual([]);
  });

  it('is not measured where the snap length cut anything: its last frame may stand there', () => {
    const facts = overH2(begun({}, [], { serverFacts: { lostBytes: 1, snappedBytes: 1 } }), {}, () => ({
      reset: RESET,
    }));
    expect(cutsOf(facts)).toEqual([]);
  });
});
