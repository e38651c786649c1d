import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/facts/connection.js';
import type { TlsFacts } from '../../../src/facts/tls.js';
import { certificateAnswerIn, goesWithout } from '../../../src/rules/tls-handshake-failure/certificate-answer.js';
import { tlsFacts } from '../../findings/connections.js';
import { answer, connection, fieldsOf, finBy, get, handshake, type Step } from '../facts.js';
import { overH2 } from '../h2-facts.js';

const ASKED: Partial<TlsFacts> = { certificateRequested: true, clientCertificate: 'empty' };
/** nginx's page for a certificate that is missing, and for one that it does not take. */
const [MISSING, REFUSED] = [225, 203];

const refusing = (at: number, status = 400, length = MISSING + 'nginx'.length, server = 'nginx'): Step[] => [
  get(at),
  answer(at + 400, status, length, { contentLength: length, fields: fieldsOf({ server }) }),
];
const made = (...steps: readonly Step[]): Connection => connection([...handshake(), ...steps], { serverPort: 443 });
const isTold = (facts: Connection, tls: Partial<TlsFacts> = {}): boolean =>
  certificateAnswerIn(tlsFacts({ ...ASKED, ...tls }), facts) !== null;

describe('an answer refuses the client’s certificate', () => {
  it('over HTTP/1: 400, and the server closes behind the only one', () => {
    expect(isTold(made(...refusing(1500), finBy('server', 2000)))).toBe(true);
    expect(isTold(made(...refusing(1500), finBy('client', 2000)))).toBe(false);
    expect(isTold(made(...refusing(1500), ...refusing(2500), finBy('server', 4000)))).toBe(false);
  });

  it('over HTTP/2: nginx’s page each time, and it keeps the connection', () => {
    expect(isTold(overH2(made(...refusing(1500), ...refusing(2500), finBy('client', 4000))))).toBe(true);
    expect(isTold(overH2(made(...refusing(1500, 400, REFUSED + 402 + 12, 'nginx/1.22.1'))))).toBe(true);
  });

  it.each([
    ['another status', refusing(1500, 403)],
    ['a page of another length', refusing(1500, 400, 100)],
    ['another server', refusing(1500, 400, MISSING + 'envoy'.length, 'envoy')],
    ['another answer besides', [...refusing(1500), get(2500), answer(2900)]],
    ['no answer', [get(1500)]],
    ['no request', []],
  ])('not over HTTP/2 with %s', (_what, steps) => {
    expect(isTold(overH2(made(...steps)))).toBe(false);
  });

  it('not where none was asked for, or the client’s was not seen', () => {
    const facts = made(...refusing(1500), finBy('server', 2000));
    expect(isTold(facts, { certificateRequested: false })).toBe(false);
    expect(isTold(facts, { certificateRequested: null })).toBe(false);
    expect(isTold(facts, { clientCertificate: null })).toBe(false);
  });

  it('not of a connection that is told in batches: others may be answered otherwise', () => {
    const facts = made(...refusing(1500), finBy('server', 2000));
    expect([isTold({ ...facts, goesOn: true }), isTold({ ...facts, exchangeOffset: 1 })]).toEqual([false, false]);
  });
});

describe('a client without a certificate', () => {
  const goes = (facts: Connection, tls: Partial<TlsFacts> = {}): boolean =>
    goesWithout(tlsFacts({ ...ASKED, ...tls }), facts);

  it('is answered: none is demanded', () => {
    expect(goes(made(get(1500), answer(1900)))).toBe(true);
    expect(goes(made(...refusing(1500)))).toBe(false);
    expect(goes(made(get(1500)))).toBe(false);
  });

  it('says nothing where it has one, or none was asked for', () => {
    const facts = made(get(1500), answer(1900));
    expect(goes(facts, { clientCertificate: 'sent' })).toBe(false);
    expect(goes(facts, { clientCertificate: 'probably-empty' })).toBe(false);
    expect(goes(facts, { certificateRequested: false })).toBe(false);
  });
});
