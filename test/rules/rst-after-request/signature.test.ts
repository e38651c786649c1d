import { describe, expect, it } from 'vitest';
import type { RecordShape } from '../../../src/facts/tls.js';
import { incidentOf } from '../../../src/rules/rst-after-request/signature.js';
import { tlsFacts } from '../../findings/connections.js';
import { connection, get, handshake, rstBy } from '../facts.js';

const record = (atNs: number): RecordShape => ({ packet: 9, atNs, contentType: 23, length: 300 });

describe('a request within decrypted TLS that got no answer', () => {
  // The server's handshake, and its session tickets after the request was sent.
  const decrypted = connection([
    ...handshake(),
    { at: 1100, is: 'data', from: 'client', bytes: 517 },
    { at: 1400, is: 'data', from: 'server', bytes: 3000 },
    get(2500),
    { at: 2550, is: 'data', from: 'server', bytes: 500 },
    rstBy('server', 2600),
  ]);
  const side = tlsFacts().server;

  it('is the first of its connection: a handshake and tickets are no words of the server', () => {
    const incident = incidentOf({ ...decrypted, tls: tlsFacts({ decryption: 'whole', server: side }) });
    expect(incident).toMatchObject({ requestIsFirst: true, pauseNs: null, requestSpan: null });
  });

  it('is none where the server’s application data followed it', () => {
    const answered = { ...side, firstApplication: record(2_550_000), lastApplication: record(2_550_000) };
    expect(incidentOf({ ...decrypted, tls: tlsFacts({ decryption: 'whole', server: answered }) })).toBeNull();
    expect(incidentOf(decrypted)).toBeNull();
  });

  it('has no place in the sequence: plaintext is shorter than what carries it', () => {
    const plain = connection([...handshake(), get(1100), rstBy('server', 1200)]);
    expect(incidentOf(plain)?.requestSpan).toMatchObject({ start: 1 });
    expect(incidentOf({ ...plain, tls: tlsFacts({ decryption: 'whole' }) })?.requestSpan).toBeNull();
  });
});
