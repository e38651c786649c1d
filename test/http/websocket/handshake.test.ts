import { describe, expect, it } from 'vitest';
import type { RequestMessage, ResponseMessage } from '../../../src/facts/exchange.js';
import type { Field } from '../../../src/facts/field.js';
import { acceptOf, handshakeOf } from '../../../src/http/websocket/handshake.js';

const MESSAGE = {
  firstPacket: 4,
  lastPacket: 4,
  headPacket: 4,
  startNs: 0,
  endNs: 0,
  version: 'HTTP/1.1',
  headBytes: 100,
  bodyBytes: 0,
  contentLength: null,
  framing: 'none',
  complete: true,
  lostBytes: 0,
  longestPauseNs: 0,
} as const;

const fieldsOf = (fields: Readonly<Record<string, string>>): Field[] =>
  Object.entries(fields).map(([name, value]) => ({ name, value }));
const request = (fields: Readonly<Record<string, string>>): RequestMessage => ({
  ...MESSAGE,
  method: 'GET',
  target: '/chat',
  authority: 'a',
  fields: fieldsOf(fields),
});
const response = (fields: Readonly<Record<string, string>>, lostBytes = 0): ResponseMessage => ({
  ...MESSAGE,
  lostBytes,
  status: 101,
  reason: '',
  bodyDigest: null,
  fields: fieldsOf(fields),
});

/** RFC 6455 §1.3. */
const KEY = { 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' };
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

describe('the opening handshake', () => {
  it('RFC 6455 §1.3: the accept value that a key demands', () => {
    expect(acceptOf(KEY['sec-websocket-key'])).toBe(ACCEPT);
  });

  it.each([
    ['right', request(KEY), response({ 'sec-websocket-accept': ACCEPT })],
    ['wrong', request(KEY), response({ 'sec-websocket-accept': 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' })],
    ['missing', request(KEY), response({})],
    ['unknown', request(KEY), response({}, 100)],
    ['unknown', request({}), response({ 'sec-websocket-accept': ACCEPT })],
    ['unknown', null, response({ 'sec-websocket-accept': ACCEPT })],
  ])('the accept value is %s', (accept, asked, answered) => {
    expect(handshakeOf(asked, answered, null)).toMatchObject({ accept, h2Stream: null, handshakePacket: 4 });
  });

  it('over HTTP/2 there is none: RFC 8441 §5', () => {
    expect(handshakeOf(request({}), response({}), 7)).toMatchObject({ accept: 'unneeded', h2Stream: 7 });
  });

  it.each([
    ['permessage-deflate', true],
    ['x-other, permessage-deflate; client_max_window_bits=15', true],
    ['PERMESSAGE-DEFLATE;server_no_context_takeover', true],
    ['x-permessage-deflate-frame', false],
  ])('extensions %s: deflate %s', (extensions, hasDeflate) => {
    expect(handshakeOf(null, response({ 'sec-websocket-extensions': extensions }), null)).toMatchObject({
      extensions,
      hasDeflate,
    });
  });

  it('no extensions: no deflate', () => {
    expect(handshakeOf(null, response({}), null)).toMatchObject({ extensions: null, hasDeflate: false });
  });

  it('the subprotocol is what the server agreed to', () => {
    expect(handshakeOf(null, response({ 'sec-websocket-protocol': 'chat' }), null).subprotocol).toBe('chat');
  });
});
