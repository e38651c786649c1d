/** Which two protocols meet: the one supported, all others ruled out, by the first bytes of both sides. */
import { type Cause, type Causes, claim, ruledOutBy, supportedBy } from '../argument/cause.js';
import type { MismatchKind } from './facts.js';
import type { Mismatch } from './mismatch.js';

/** How the client begins, kind by kind. */
export const BEGINS: Readonly<Record<MismatchKind, string>> = {
  'tls-to-plain': 'the client begins with a TLS handshake',
  'plain-to-tls': 'the client begins with plain HTTP',
  'http2-to-http1': 'the client begins with the HTTP/2 preface',
  'http1-to-http2': 'the client begins with HTTP/1',
  'proxy-header-unexpected': 'the client begins with a PROXY header',
  'proxy-header-missing': 'the client begins without a PROXY header',
};

function mismatchOf(kind: MismatchKind, means: string): Cause<Mismatch> {
  return {
    means,
    grounds: [
      supportedBy((first) =>
        first.kind === kind
          ? claim(
              [first.asked.packet, first.packet],
              (asked, answer) => `${BEGINS[kind]} (${asked}), answered by ${first.answer} (${answer})`,
            )
          : null,
      ),
      ruledOutBy((first) => claim([first.asked.packet], (asked) => `${BEGINS[first.kind]} (${asked})`)),
    ],
    otherwise: () => 'the first bytes were not seen',
  };
}

/** See the head of this file. */
export const CAUSES: Causes<Mismatch> = {
  'tls-to-plain': mismatchOf('tls-to-plain', 'TLS is spoken to a server that speaks plain HTTP.'),
  'plain-to-tls': mismatchOf('plain-to-tls', 'Plain HTTP is spoken to a server that speaks TLS.'),
  'http2-to-http1': mismatchOf(
    'http2-to-http1',
    'HTTP/2 is spoken, with prior knowledge, to a server that speaks HTTP/1.',
  ),
  'http1-to-http2': mismatchOf('http1-to-http2', 'HTTP/1 is spoken to a server that speaks HTTP/2 alone.'),
  'proxy-header-unexpected': mismatchOf(
    'proxy-header-unexpected',
    'A PROXY header is sent to a server that expects none.',
  ),
  'proxy-header-missing': mismatchOf('proxy-header-missing', 'None is sent to a server that expects one.'),
};
