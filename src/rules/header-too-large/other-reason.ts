/**
 * What else a server may answer 400 for: it says so of whatever it does not understand, and most refuse what a
 * strict reader of RFC 9112 has to. Where there is any such thing in a request, its size is not to blame.
 */
import type { Anomaly } from '../../facts/anomaly.js';
import type { Connection } from '../../facts/connection.js';
import type { RequestMessage } from '../../facts/exchange.js';

/** Remarks of the decoder that are about size. */
const OF_SIZE: ReadonlySet<string> = new Set(['http1-line-too-long', 'http1-head-too-large']);
/** Methods that no server is a stranger to. */
const USUAL_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
/** What RFC 3986 §3.3 and §3.4 allow in a path and a query. */
const PLAIN_TARGET = /^\/(?:[\w\-.~!$&'()*+,;=:@/?]|%[0-9a-f]{2})*$/i;
/** Steps out of the root, and encodings of slashes and NUL, of which not everybody wants to know. */
const ODD_PATH = /\/\.\.(?:\/|$)|%(?:00|2f|5c)/i;
/** A name or an address, and a port. */
const PLAIN_AUTHORITY = /^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

/** Whether a strict reader may refuse the request of an exchange for what it says, not for how much. */
export function hasOtherReason(request: RequestMessage, connection: Pick<Connection, 'anomalies'>): boolean {
  const { method, target, authority, version, fields, lostBytes } = request;
  const [path = ''] = target.split('?', 1);
  return (
    // What was not seen may hold anything.
    lostBytes > 0 ||
    hasSyntaxFlaw(connection) ||
    !USUAL_METHODS.has(method) ||
    !PLAIN_TARGET.test(target) ||
    ODD_PATH.test(path) ||
    (version !== 'HTTP/1.1' && version !== 'HTTP/1.0') ||
    (authority !== null && !PLAIN_AUTHORITY.test(authority)) ||
    // A handshake that fails has reasons of its own (websocket-upgrade-failed).
    fields.some(({ name }) => name === 'upgrade')
  );
}

/** Whether anything in what the client of a connection sent is against the grammar. */
export function hasSyntaxFlaw({ anomalies }: Pick<Connection, 'anomalies'>): boolean {
  return anomalies.some(isSyntaxFlaw);
}

function isSyntaxFlaw({ name, from }: Anomaly): boolean {
  return from !== 'server' && name.startsWith('http1-') && !OF_SIZE.has(name);
}
