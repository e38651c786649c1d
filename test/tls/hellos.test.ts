import { describe, expect, it } from 'vitest';
import { Hellos } from '../../src/tls/hellos.js';
import { TLS_1_2, TLS_1_3 } from '../../src/tls/version.js';
import { answer, offer } from './hello-of.js';

/** The hellos after a ClientHello in packet 4 that offers these protocols. */
function offering(...names: readonly string[]): Hellos {
  const hellos = new Hellos();
  hellos.begin(offer(...names), 99, 4, 5, 40);
  return hellos;
}

describe('the hellos of a connection', () => {
  it('keep the first ClientHello, with its packets and its bytes', () => {
    const hellos = offering('h2');
    hellos.begin(offer('http/1.1'), 50, 8, 8, 80);
    expect(hellos.client).toMatchObject({ firstPacket: 4, lastPacket: 5, atNs: 40, bytes: 99, alpn: ['h2'] });
  });

  it('keep the first answer, while a renegotiation may choose another version', () => {
    const hellos = offering('h2');
    hellos.agree(answer(TLS_1_2), 6, 60);
    hellos.agree(answer(TLS_1_3), 9, 90);
    expect([hellos.server?.packet, hellos.server?.version, hellos.is13]).toEqual([6, 'TLS 1.2', true]);
  });

  it('know the version from a HelloRetryRequest, which is no answer', () => {
    const hellos = offering('h2');
    expect(hellos.is13).toBe(false);
    hellos.retry(answer(TLS_1_3), 6);
    expect([hellos.server, hellos.retryRequest, hellos.is13]).toEqual([null, 6, true]);
  });

  it('tell whether HTTP/2 may be spoken: by what was chosen, or else by what was offered', () => {
    expect(offering('http/1.1').mayBeH2).toBe(false);
    const hellos = offering('h2', 'http/1.1');
    expect(hellos.mayBeH2).toBe(true);
    hellos.agree(answer(TLS_1_2), 6, 60);
    expect(hellos.mayBeH2).toBe(true);
    hellos.chooseAlpn('http/1.1');
    hellos.chooseAlpn('h2');
    expect([hellos.server?.alpn, hellos.mayBeH2]).toEqual(['http/1.1', false]);
  });
});
