import { describe, expect, it } from 'vitest';
import type { CloseSegment } from '../../../src/facts/close.js';
import type { Connection } from '../../../src/facts/connection.js';
import type { RecordShape, TlsAlert, TlsSideFacts } from '../../../src/facts/tls.js';
import { abruptEndOf } from '../../../src/rules/judgements/abrupt-end.js';
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
const CLOSE = fieldsOf({ connection: 'close' });

function end(steps: readonly Step[], options: ConnectionOptions = {}, facts: Partial<Connection> = {}) {
  return abruptEndOf({ ...connection([...handshake(), ...steps], options), ...facts });
}

const ANSWERED = [get(1133), answer(3000)];
const END = finBy('server', 203_000);

describe('a server that ends a connection without a word', () => {
  it('ends an idle one: how long its client had been silent, and since when it was open', () => {
    expect(end([...ANSWERED, END])).toMatchObject({
      ...{ atNs: 203 * MS, ageNs: 200 * MS, openedNs: 0, inWork: false, isTls: false, client: '10.0.0.1' },
      isOwn: false,
    });
  });

  it('ends one with a request in progress: how old that was', () => {
    expect(end([...ANSWERED, get(103_000), END])).toMatchObject({ ageNs: 100 * MS, inWork: true });
    expect(end([get(1133), answer(3000, 200, 500, { complete: false }), END])).toMatchObject({ inWork: true });
  });

  it('ends one in reserve, upon which nobody had said anything', () => {
    expect(end([END])).toMatchObject({ ageNs: 203 * MS - 986_000, inWork: false });
    expect(end([END], { clientFacts: { payloadBytes: 1 } })).toBeNull();
    expect(end([END], { serverFacts: { payloadBytes: 1 } })).toBeNull();
  });

  it('may be its own client', () => {
    expect(end([...ANSWERED, END], { client: '10.0.1.43' })).toMatchObject({ isOwn: true });
  });

  it('aborts a socket, and is not whoever resets otherwise', () => {
    expect(end([...ANSWERED, abortBy('server', 203_000)])).not.toBeNull();
    expect(end([...ANSWERED, rstBy('server', 203_000)])).toBeNull();
    const ttl = { client: 64, server: 57 };
    expect(end([...ANSWERED, abortBy('server', 203_000, { hand: { window: 502, ttl: 61 } })], { ttl })).toBeNull();
    expect(end([...ANSWERED, abortBy('server', 203_000)], { ttl })).not.toBeNull();
  });

  it('closes first, and behind all that was seen of it', () => {
    expect(end([...ANSWERED, finBy('client', 200_000), END])).toBeNull();
    expect(end(ANSWERED)).toBeNull();
    const facts = connection([...handshake(), ...ANSWERED, END]);
    const closed = (end: Partial<CloseSegment>) => abruptEndOf(withEnds(facts, () => end));
    expect(closed({})).not.toBeNull();
    expect(closed({ deltaSequence: 1 })).toBeNull();
    expect(closed({ deltaSequence: -1 })).toBeNull();
    expect(closed({ deltaAcknowledgement: 1 })).toBeNull();
    expect(closed({ deltaAcknowledgement: -100 })).not.toBeNull();
    expect(closed({ deltaAcknowledgement: null })).toBeNull();
  });

  it('is not told of a batch of a connection that goes on, of one side, or by a clock that was set', () => {
    expect(end([...ANSWERED, END], {}, { goesOn: true })).toBeNull();
    expect(end([...ANSWERED, END], { guards: { oneSided: true } })).toBeNull();
    expect(end([...ANSWERED, END], { guards: { clockStepped: true } })).toBeNull();
  });

  it('ends what it has just answered for a reason of that answer', () => {
    expect(end([...ANSWERED, finBy('server', 53_000)])).not.toBeNull();
    expect(end([...ANSWERED, finBy('server', 52_999)])).toBeNull();
  });

  it('had exchanges before, in other batches', () => {
    const later = { exchangeOffset: 9 };
    const spoke = (lastPayloadNs: number | null) => ({ ...later, serverFacts: { payloadBytes: 9, lastPayloadNs } });
    expect(end([END], spoke(3 * MS))).toMatchObject({ ageNs: 200 * MS, inWork: false });
    expect(end([END], spoke(null))).toBeNull();
    expect(end([END], spoke(204 * MS))).toBeNull();
  });
});

describe('a server that said so before', () => {
  it('announced it with its answer, or was asked to', () => {
    expect(end([get(1133), answer(3000, 200, 500, { fields: CLOSE }), END])).toBeNull();
    expect(end([get(1133, '/', { fields: CLOSE }), answer(3000), END])).toBeNull();
  });

  it('answered 408, or opened a tunnel', () => {
    expect(end([get(1133), answer(3000, 408), END])).toBeNull();
    expect(end([get(1133), answer(3000, 200, 500, { framing: 'tunnel' }), END])).toBeNull();
    expect(end([...ANSWERED, END], { protocol: 'websocket' })).toBeNull();
  });

  it('announced nothing with what was asked behind its end', () => {
    expect(end([...ANSWERED, END, get(203_100, '/', { fields: CLOSE })])).not.toBeNull();
  });

  it('sent a GOAWAY', () => {
    const goAway = { from: 'server', packet: 9, atNs: 203 * MS, lastStream: 1, code: 0, debug: '' } as const;
    const over = (one: Partial<typeof goAway> | { from: 'client' }) =>
      abruptEndOf(overH2(connection([...handshake(), ...ANSWERED, END]), { goAways: [{ ...goAway, ...one }] }));
    expect(over({})).toBeNull();
    expect(over({ from: 'client' })).not.toBeNull();
    expect(
      abruptEndOf(overH2(connection([...handshake(), ...ANSWERED, END]), { goAways: [{ ...goAway, atNs: 204 * MS }] })),
    ).not.toBeNull();
  });
});

describe('a server that ends TLS', () => {
  const record = (atNs: number): RecordShape => ({ packet: 5, atNs, contentType: 23, length: 500 });
  const tls = (server: Partial<TlsSideFacts> = {}, client: Partial<TlsSideFacts> = {}, facts = {}) => {
    const { client: side } = tlsFacts();
    return tlsFacts({
      client: { ...side, lastApplication: record(2 * MS), ...client },
      server: { ...side, lastApplication: record(3 * MS), ...server },
      ...facts,
    });
  };
  const sealedEnd = (facts: ReturnType<typeof tls>) => end([END], { protocol: 'tls' }, { tls: facts });
  const alert = (from: TlsAlert['from']): TlsAlert => ({
    ...{ from, packet: 8, atNs: 8 * MS, basis: 'clear', level: 'warning', description: 0, name: 'close_notify' },
  });

  it('is told by the last records of both', () => {
    expect(sealedEnd(tls())).toMatchObject({ ageNs: 200 * MS, inWork: false, isTls: true });
    expect(sealedEnd(tls({ lastApplication: record(1 * MS) }))).toMatchObject({ ageNs: 201 * MS, inWork: true });
    expect(sealedEnd(tls({ lastApplication: null }))).toMatchObject({ inWork: true });
    expect(sealedEnd(tls({ lastApplication: null }, { lastApplication: null }))).toBeNull();
    expect(sealedEnd(tls({ lastApplication: record(204 * MS) }))).toBeNull();
  });

  it('said so by close_notify or another alert', () => {
    for (const closeNotify of ['seen', 'probable'] as const) expect(sealedEnd(tls({ closeNotify }))).toBeNull();
    for (const closeNotify of ['none', 'unknown'] as const) expect(sealedEnd(tls({ closeNotify }))).not.toBeNull();
    expect(sealedEnd(tls({}, {}, { alerts: [alert('server')] }))).toBeNull();
    expect(sealedEnd(tls({}, {}, { alerts: [alert('client')] }))).not.toBeNull();
  });

  it('may have ended a tunnel within it', () => {
    expect(sealedEnd(tls({}, {}, { inner: tlsFacts() }))).toBeNull();
  });
});
