/** What the opening handshake says. RFC 6455 §4, RFC 7692 §5. */
import { createHash } from 'node:crypto';
import type { RequestMessage, ResponseMessage } from '../../facts/exchange.js';
import type { Field } from '../../facts/field.js';
import type { WebSocketFacts } from '../../facts/websocket.js';

/** RFC 6455 §1.3. */
const ACCEPT_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** What the handshake agreed to, as facts have it. */
export type Handshake = Pick<
  WebSocketFacts,
  'h2Stream' | 'handshakePacket' | 'accept' | 'subprotocol' | 'extensions' | 'hasDeflate'
>;

/** The Sec-WebSocket-Accept that a key demands. RFC 6455 §4.2.2 step 5.4. */
export function acceptOf(key: string): string {
  return createHash('sha1').update(`${key}${ACCEPT_SUFFIX}`, 'latin1').digest('base64');
}

/**
 * Reads the handshake of a conversation.
 *
 * @param request As sent; `null` when it was not seen.
 * @param h2Stream Stream of the extended CONNECT; `null` over HTTP/1.
 */
export function handshakeOf(
  request: RequestMessage | null,
  response: ResponseMessage,
  h2Stream: number | null,
): Handshake {
  const extensions = fieldValue(response.fields, 'sec-websocket-extensions');
  return {
    h2Stream,
    handshakePacket: response.headPacket,
    accept: h2Stream === null ? acceptance(request, response) : 'unneeded',
    subprotocol: fieldValue(response.fields, 'sec-websocket-protocol'),
    extensions,
    hasDeflate: /(?:^|[,\s])permessage-deflate(?:$|[;,\s])/i.test(extensions ?? ''),
  };
}

function acceptance(request: RequestMessage | null, response: ResponseMessage): Handshake['accept'] {
  const key = request === null ? null : fieldValue(request.fields, 'sec-websocket-key');
  // Without the whole head, a missing field may be a lost one.
  if (key === null || response.lostBytes > 0) return 'unknown';
  const accept = fieldValue(response.fields, 'sec-websocket-accept');
  if (accept === null) return 'missing';
  return accept === acceptOf(key) ? 'right' : 'wrong';
}

function fieldValue(fields: readonly Field[], name: string): string | null {
  return fields.find((field) => field.name === name)?.value ?? null;
}
