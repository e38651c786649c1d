import { describe, expect, it } from 'vitest';
import type { TlsAlert, TlsFacts } from '../../../src/facts/tls.js';
import {
  hasClientSaidGoodbye,
  isSealed,
  sealedTurnsOf,
  speaksHttp,
  turnText,
  unansweredTurnOf,
} from '../../../src/rules/judgements/sealed-turn.js';
import { clientHelloFacts, tlsFacts } from '../../findings/connections.js';
import { type SealedOptions, sealed, turn } from '../sealed-facts.js';

const TURN = turn(5000, 9000);
const of = (options: SealedOptions = {}) => sealedTurnsOf(sealed(TURN, [], options));
const alert = (level: TlsAlert['level'], description: number | null): TlsAlert => ({
  ...{ from: 'server', packet: 8, atNs: 8_000_000, basis: 'clear', name: null },
  ...{ level, description },
});

describe('whether TLS carries HTTP', () => {
  const at = (port: number) => ({ endpoint: { address: '10.0.1.43', port } });
  const serverHello = (alpn: string | null): Partial<TlsFacts> => ({
    serverHello: { packet: 5, atNs: 0, version: 'TLS 1.2', cipherSuite: null, alpn },
  });
  const offering = (...alpn: readonly string[]) => ({ clientHello: clientHelloFacts({ alpn }) });

  it('is said by what the server chose, or else by what the client offers', () => {
    expect(speaksHttp(tlsFacts(offering('h2')), at(9999))).toBe('said');
    expect(speaksHttp(tlsFacts(offering('http/1.1')), at(9999))).toBe('said');
    expect(speaksHttp(tlsFacts({ ...offering('h2', 'imap'), ...serverHello('imap') }), at(443))).toBeNull();
    expect(speaksHttp(tlsFacts({ ...offering('imap'), ...serverHello('http/1.1') }), at(9999))).toBe('said');
    expect(speaksHttp(tlsFacts(offering('imap')), at(443))).toBeNull();
  });

  it('is told by the port where neither says anything', () => {
    expect(speaksHttp(tlsFacts(offering()), at(443))).toBe('port');
    expect(speaksHttp(tlsFacts(), at(8443))).toBe('port');
    expect(speaksHttp(tlsFacts(), at(993))).toBeNull();
  });
});

describe('TLS that no key opens', () => {
  it('is that without a key, with a wrong one, or without means', () => {
    for (const decryption of ['no-key', 'wrong-key', 'unsupported'] as const)
      expect(isSealed(tlsFacts({ decryption }))).toBe(true);
    for (const decryption of ['whole', 'partial', 'nothing-protected', 'no-hello'] as const)
      expect(isSealed(tlsFacts({ decryption }))).toBe(false);
    expect(isSealed(tlsFacts({ inner: tlsFacts() }))).toBe(false);
  });

  it('shows turns', () => {
    expect(of()).toMatchObject({ speaks: 'said', last: { bytes: 180 } });
  });

  it('shows none where it was opened, or speaks no HTTP', () => {
    expect(of({ tls: { decryption: 'whole' } })).toBeNull();
    expect(of({ alpn: ['imap'] })).toBeNull();
    const facts = sealed(TURN, []);
    expect(sealedTurnsOf({ ...facts, protocol: 'http/1.1' })).toBeNull();
    expect(sealedTurnsOf({ ...facts, tls: facts.tls && { ...facts.tls, turns: null } })).toBeNull();
  });

  it('shows none where a side goes on without the other', () => {
    expect(of({ turns: { wentOn: { client: 1, server: 0 } } })).toBeNull();
    expect(of({ turns: { wentOn: { client: 0, server: 1 } } })).toBeNull();
  });

  it('shows none without the hello of its server, or with early data', () => {
    expect(of({ tls: { serverHello: null } })).toBeNull();
    for (const earlyData of ['sent', 'accepted'] as const) expect(of({ tls: { earlyData } })).toBeNull();
    for (const earlyData of ['offered', 'rejected'] as const) expect(of({ tls: { earlyData } })).not.toBeNull();
  });

  it('shows none where records may be missing, or times are not to be trusted', () => {
    for (const guard of ['oneSided', 'clockStepped', 'midStream'] as const)
      expect(of({ guards: { [guard]: true } })).toBeNull();
    expect(of({ clientFacts: { lostBytes: 1 } })).toBeNull();
    expect(of({ serverFacts: { lostBytes: 1 } })).toBeNull();
    const facts = sealed(TURN, []);
    expect(sealedTurnsOf({ ...facts, handshake: { ...facts.handshake, kind: 'partial' } })).toBeNull();
  });

  it('shows none behind an alert, but for one that closes', () => {
    expect(of({ tls: { alerts: [alert('fatal', 0)] } })).toBeNull();
    expect(of({ tls: { alerts: [alert('warning', 90)] } })).toBeNull();
    expect(of({ tls: { alerts: [alert('warning', 0)] } })).not.toBeNull();
    expect(of({ tls: { alerts: [alert(null, null)] } })).not.toBeNull();
  });
});

describe('a turn without an answer', () => {
  /** The client sends another short record so many microseconds behind its last turn, which is the `count`-th. */
  const unanswered = (laterUs: number, count: number) => {
    const asked = turn(5000, null);
    const lastApplication = { packet: 6, atNs: asked.endNs + laterUs * 1000, contentType: 23, length: 40 };
    const found = sealedTurnsOf(sealed(asked, [], { turns: { count }, clientSide: { lastApplication } }));
    return found && unansweredTurnOf(found);
  };

  it('is the last, behind which the client sent nothing', () => {
    expect(unanswered(0, 2)).toMatchObject({ bytes: 180 });
    expect(unanswered(1, 2)).toBeNull();
  });

  it('may be followed by what confirms the greeting of HTTP/2 where it is the first', () => {
    expect(unanswered(100_000, 1)).not.toBeNull();
    expect(unanswered(100_001, 1)).toBeNull();
  });

  it('is none where there is an answer', () => {
    const found = of();
    expect(found && unansweredTurnOf(found)).toBeNull();
  });
});

describe('a client’s farewell in TLS without keys', () => {
  const last = (contentType: number, length: number, atNs = 5000) =>
    tlsFacts({ client: { ...tlsFacts().client, lastRecord: { packet: 5, atNs, contentType, length } } });

  it('is an alert, or a record as long as one of TLS 1.3', () => {
    expect(hasClientSaidGoodbye(last(21, 26), 5000)).toBe(true);
    expect(hasClientSaidGoodbye(last(23, 19), 5000)).toBe(true);
    expect(hasClientSaidGoodbye(last(23, 20), 5000)).toBe(false);
  });

  it('came before the moment', () => {
    expect(hasClientSaidGoodbye(last(21, 26, 5001), 5000)).toBe(false);
    expect(hasClientSaidGoodbye(tlsFacts(), 5000)).toBe(false);
  });
});

it('a note says how many bytes of records there were', () => {
  expect(turnText({ bytes: 12_517 })).toBe('application data, 12,517 bytes of records: likely a request');
});
