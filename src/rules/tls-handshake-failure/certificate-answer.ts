/** What HTTP says within TLS of the client's certificate, where the handshake lets everybody in. */
import type { Connection } from '../../facts/connection.js';
import type { Exchange } from '../../facts/exchange.js';
import { STATUS } from '../../facts/status.js';
import type { TlsFacts } from '../../facts/tls.js';
import { fieldValue } from '../judgements/field-values.js';
import type { Moment } from '../tally/earliest.js';
import { askedWithin } from './tunnel.js';

/** nginx ends the handshake well, and answers each request with 400 where the client's certificate is not to its liking. */
export function certificateAnswerIn(tls: TlsFacts, connection: Connection): Moment | null {
  const { exchangeOffset, goesOn } = connection;
  const exchanges = askedWithin(connection);
  if (tls.certificateRequested !== true || tls.clientCertificate === null || exchanges.length === 0) return null;
  if (exchangeOffset > 0 || goesOn || !exchanges.every(isBadRequest)) return null;
  const response = exchanges[0]?.response;
  const isClosing = connection.close.segments[0]?.from === 'server' && exchanges.length === 1;
  if (response == null || !(connection.protocol === 'h2' ? exchanges.every(isOfNginx) : isClosing)) return null;
  return { packet: response.firstPacket, atNs: response.startNs };
}

function isBadRequest({ request, response }: Exchange): boolean {
  return request !== null && response?.status === STATUS.badRequest;
}

/** nginx, and what is made of it, by their own name. */
const NGINX = /^(?:nginx|openresty|tengine|angie|freenginx)\b/i;
/**
 * Bytes of the pages by which it says so (its codes 495 and 496), beside the name of the server, which they end with;
 * it fills them up for Chrome, which else shows one of its own. Measured, nginx 1.22.
 */
const REFUSAL_PAGES: ReadonlySet<number> = new Set([203, 225, 203 + 402, 225 + 402]);

/** Over HTTP/2 nginx keeps the connection, as it does where a server behind it says 400: that it is its own page its length tells. */
function isOfNginx({ response }: Exchange): boolean {
  const name = response === null ? null : fieldValue(response.fields, 'server');
  if (response === null || name === null || !NGINX.test(name)) return false;
  return REFUSAL_PAGES.has((response.contentLength ?? response.bodyBytes) - name.length);
}

/** A client that showed no certificate, though one was asked for, was answered otherwise than by 400: none is demanded. */
export function goesWithout(tls: TlsFacts, connection: Connection): boolean {
  if (tls.certificateRequested !== true || tls.clientCertificate !== 'empty') return false;
  return askedWithin(connection).some(({ response }) => response !== null && response.status !== STATUS.badRequest);
}
