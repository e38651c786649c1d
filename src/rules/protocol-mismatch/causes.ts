/**
 * Which two protocols meet: the one is supported, and each other ruled out by what tells it apart. That
 * is the client's first bytes, where it would have begun otherwise; else the server's, where it said
 * something; else how the server gets on with others.
 */
import { type Cause, type Causes, claim, ruledOutBy, supportedBy } from '../argument/cause.js';
import { packetText } from '../argument/figures.js';
import { answerText, isSaid, isTelling } from './answer.js';
import type { MismatchKind } from './facts.js';
import type { Begun, Mismatch, MismatchCase } from './mismatch.js';

const BEGINS: Readonly<Record<Begun, string>> = {
  tls: 'the client begins with a TLS handshake',
  'http/1': 'the client begins with HTTP/1 in clear',
  'http/2': 'the client begins with HTTP/2 in clear',
  'proxy-header': 'the client begins with a PROXY header',
  fastcgi: 'the client begins with a request of FastCGI',
  ajp: 'the client begins with a request of AJP',
  uwsgi: 'the client begins with a request of uwsgi',
  grpc: 'the client calls by gRPC',
};

/** How a client begins that meets each of them. */
const BEGUN: Readonly<Record<MismatchKind, readonly Begun[]>> = {
  'tls-to-plain': ['tls'],
  'plain-to-tls': ['http/1', 'http/2'],
  'http2-to-http1': ['http/2'],
  'http1-to-http2': ['http/1'],
  'gateway-to-http': ['fastcgi', 'ajp', 'uwsgi'],
  'grpc-to-http': ['grpc'],
  'proxy-header-unexpected': ['proxy-header'],
  'proxy-header-missing': ['tls', 'http/1', 'http/2'],
};

/** How the client begins, and what is missing before it. */
export function beginsText({ kind, begun }: Pick<Mismatch, 'kind' | 'begun'>): string {
  return kind === 'proxy-header-missing' ? `${BEGINS[begun]}, and no PROXY header before it` : BEGINS[begun];
}

/** Nobody else is answered, and the server said nothing: that HTTP/2 is not spoken is no more than may be. */
export function isUngreeted({ kind, answer }: Mismatch, others: MismatchCase['others']): boolean {
  return kind === 'http2-to-http1' && others === null && !isSaid(answer);
}

function mismatchOf(kind: MismatchKind, means: string): Cause<MismatchCase> {
  return {
    means,
    grounds: [
      supportedBy(({ first, others }) => {
        if (first.kind !== kind || isUngreeted(first, others)) return null;
        const elsewhere =
          others === null || isTelling(first.answer) ? '' : `; ${others.say} (${packetText(others.by.packet)})`;
        return claim(
          [first.asked.packet, first.packet],
          (asked, answer) =>
            `${beginsText(first)} (${asked}), answered by ${answerText(first.answer)} (${answer})${elsewhere}`,
        );
      }),
      ruledOutBy(({ first }) =>
        BEGUN[kind].includes(first.begun)
          ? null
          : claim([first.asked.packet], (asked) => `${BEGINS[first.begun]} (${asked})`),
      ),
      ruledOutBy(({ first }) =>
        isTelling(first.answer)
          ? claim([first.packet], (answer) => `the answer is ${answerText(first.answer)} (${answer})`)
          : null,
      ),
      ruledOutBy(({ others }) => others && claim([others.by.packet], (packet) => `${others.say} (${packet})`)),
    ],
    otherwise: ({ first }) =>
      isSaid(first.answer)
        ? 'the server refuses, and nobody else is seen to speak with it'
        : 'the server just closes, and nobody else is seen to speak with it',
  };
}

/** See the head of this file. */
export const CAUSES: Causes<MismatchCase> = {
  'tls-to-plain': mismatchOf('tls-to-plain', 'TLS is spoken to a server that speaks plain HTTP.'),
  'plain-to-tls': mismatchOf('plain-to-tls', 'Plain HTTP is spoken to a server that speaks TLS.'),
  'http2-to-http1': mismatchOf(
    'http2-to-http1',
    'HTTP/2 is spoken, with prior knowledge, to a server that speaks HTTP/1.',
  ),
  'http1-to-http2': mismatchOf('http1-to-http2', 'HTTP/1 is spoken to a server that speaks HTTP/2 alone.'),
  'gateway-to-http': mismatchOf('gateway-to-http', 'FastCGI, AJP or uwsgi is spoken to a server that speaks HTTP.'),
  'grpc-to-http': mismatchOf(
    'grpc-to-http',
    'gRPC is spoken to what answers in HTTP alone, or hands on no trailers, where the call’s status is.',
  ),
  'proxy-header-unexpected': mismatchOf(
    'proxy-header-unexpected',
    'A PROXY header is sent to a server that expects none.',
  ),
  'proxy-header-missing': mismatchOf('proxy-header-missing', 'None is sent to a server that expects one.'),
};
