import { meaningsOf } from '../argument/cause.js';
import type { RuleMeta } from '../rule.js';
import { CAUSES } from './causes.js';

/** What the rule says of itself; docs/rules/protocol-mismatch.md says the same at length. */
export const META: RuleMeta = {
  id: 'protocol-mismatch',
  severity: 'critical',
  title: 'Two sides speak different protocols',
  feels:
    'OpenSSL: "wrong version number", "packet length too long"; nginx: "400 The plain HTTP request was sent to HTTPS port", "broken header"; Envoy: 503 UC or UPE; curl: "Received HTTP/0.9 when not allowed"; gRPC: UNIMPLEMENTED or UNKNOWN, "Received http2 header with status: 404", "unexpected HTTP status code", "Call ended without gRPC status".',
  shows:
    'The first bytes of client and server belong to different protocols; or a PROXY header is answered with 400, or by a close without a byte; or plain HTTP, a ClientHello or the preface of HTTP/2 is, by a server that speaks otherwise with others, and so with nobody; or plain HTTP is answered 400 in words that ask for TLS; or calls of gRPC are answered by a page, or without grpc-status.',
  needs: ['tcp.handshake'],
  hypotheses: meaningsOf(CAUSES),
  lookAlikes: {
    'same-protocol': 'Both speak the same, whatever else goes wrong.',
    'bad-request':
      'A 400 where nobody speaks TLS with that port, which is not 443; words that ask for TLS may be handed on from a server behind it.',
    'proxy-header-understood': 'The PROXY header is understood on other connections.',
    'mid-stream': 'The capture begins in the middle: first bytes were not seen.',
    'hung-up':
      'A close without a byte, of a server that answers such requests of others, or is not seen to speak otherwise.',
    'own-status':
      'A call of gRPC that fails with a grpc-status, or by an error of a gateway (401, 403, 413, 429, 5xx).',
    'unknown-protocol': 'One side speaks something that is not known here.',
  },
  limits: [
    'A server that just closes is told by what it speaks with others: where everybody makes the same mistake, it is empty-response, rst-after-request or tls-handshake-failure, or, of HTTP/2 that is hung up on, no more than possible.',
    'Only the outermost protocol is looked at.',
  ],
  references: [
    { title: 'RFC 8446 §5.1 Record Layer', url: 'https://www.rfc-editor.org/rfc/rfc8446#section-5.1' },
    { title: 'RFC 9113 §3.4 HTTP/2 Connection Preface', url: 'https://www.rfc-editor.org/rfc/rfc9113#section-3.4' },
    { title: 'The PROXY protocol', url: 'https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt' },
  ],
};
