import { describe, expect, it } from 'vitest';
import { weigh } from '../../../src/rules/argument/cause.js';
import { answerOf, answerText } from '../../../src/rules/protocol-mismatch/answer.js';
import { CAUSES } from '../../../src/rules/protocol-mismatch/causes.js';
import type { Mismatch, Others } from '../../../src/rules/protocol-mismatch/mismatch.js';

const ENDS = { client: { address: '10.0.1.49', port: 40_000 }, server: { address: '10.0.1.43', port: 80 } };

function argued(given: Pick<Mismatch, 'kind' | 'begun' | 'answer'>, others: Others | null) {
  const first: Mismatch = {
    stream: 0,
    steps: 0,
    ...ENDS,
    packet: 12,
    atNs: 2000,
    index: null,
    startNs: 500,
    asked: { packet: 11, atNs: 1000 },
    ...given,
  };
  return Object.fromEntries(
    weigh(CAUSES, { first, others }).map(({ cause, verdict, because }) => [cause, `${verdict}: ${because}`]),
  );
}

const SPEAKS_TLS: Others = { say: 'with others it speaks TLS', by: { packet: 6, atNs: 500 } };

describe('which two protocols meet', () => {
  it('is told by the answer, where that is of another protocol', () => {
    expect(argued({ kind: 'http1-to-http2', begun: 'http/1', answer: answerOf('http2') }, null)).toMatchObject({
      'http1-to-http2': 'supported: the client begins with HTTP/1 in clear (#11), answered by HTTP/2 in clear (#12)',
      'tls-to-plain': 'ruled-out: the client begins with HTTP/1 in clear (#11)',
      'plain-to-tls': 'ruled-out: the answer is HTTP/2 in clear (#12)',
      'proxy-header-missing': 'ruled-out: the answer is HTTP/2 in clear (#12)',
    });
  });

  it.each(['refused', 'fin'] as const)('is told by others, where the answer is %s', (kind) => {
    const answer = answerOf(kind);
    expect(argued({ kind: 'plain-to-tls', begun: 'http/1', answer }, SPEAKS_TLS)).toMatchObject({
      'plain-to-tls': `supported: the client begins with HTTP/1 in clear (#11), answered by ${answerText(answer)} (#12); with others it speaks TLS (#6)`,
      'http1-to-http2': 'ruled-out: with others it speaks TLS (#6)',
      'http2-to-http1': 'ruled-out: the client begins with HTTP/1 in clear (#11)',
      'proxy-header-missing': 'ruled-out: with others it speaks TLS (#6)',
    });
  });

  it('stays open among what begins alike, where nobody else is seen to speak with the server', () => {
    expect(argued({ kind: 'plain-to-tls', begun: 'http/1', answer: answerOf('fin') }, null)).toMatchObject({
      'http1-to-http2': 'open: the server just closes, and nobody else is seen to speak with it',
      'proxy-header-missing': 'open: the server just closes, and nobody else is seen to speak with it',
      'tls-to-plain': 'ruled-out: the client begins with HTTP/1 in clear (#11)',
    });
  });

  it('may be a header that is missing before whatever else the client begins with', () => {
    const proxied: Others = { say: 'it answers behind a PROXY header alone', by: { packet: 89, atNs: 9000 } };
    expect(argued({ kind: 'proxy-header-missing', begun: 'tls', answer: answerOf('rst') }, proxied)).toMatchObject({
      'proxy-header-missing':
        'supported: the client begins with a TLS handshake, and no PROXY header before it (#11), answered by RST without a byte (#12); it answers behind a PROXY header alone (#89)',
      'tls-to-plain': 'ruled-out: it answers behind a PROXY header alone (#89)',
      'plain-to-tls': 'ruled-out: the client begins with a TLS handshake (#11)',
    });
  });
});
