/** A redirection to the very URL that was asked for, but for its scheme. */
import type { Connection } from '../../facts/connection.js';
import type { Exchange } from '../../facts/exchange.js';
import { announcesClose } from '../judgements/closing-message.js';
import { fieldValue } from '../judgements/field-values.js';
import { askerOf, forwardingOf } from '../judgements/forwarding.js';
import { isHealthCheck } from '../judgements/health-check.js';
import { absoluteUrlOf, defaultPort, hostPortOf } from '../judgements/references.js';
import { type AnsweredLeg, answeredLegOf } from '../judgements/request-legs.js';
import { keptTarget } from '../tally/kept-target.js';

const REDIRECTIONS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** One turn of what may be a loop; its packet and time are those of the answer. */
export interface Turn extends AnsweredLeg {
  readonly target: string;
  readonly host: string;
  readonly location: string;
  /** The leg itself is TLS. */
  readonly isTls: boolean;
  /** The scheme that a proxy says its client used; `null`: it says nothing. */
  readonly scheme: 'https' | 'http' | null;
  readonly isForwarded: boolean;
  /** The scheme that it leads to; `null`: the same, by a relative reference. */
  readonly to: 'https' | 'http' | null;
  readonly setsCookie: boolean;
  /** The answer leaves the connection open for what follows. */
  readonly isKept: boolean;
  /** Who asked, as far as it can be told. */
  readonly asker: string;
}

/** The turn that an exchange is; `null`: none. */
export function turnOf({ index, request, response }: Exchange, connection: Connection): Turn | null {
  if (request === null || response === null || !REDIRECTIONS.has(response.status)) return null;
  // After a POST, the same page again is how forms work (RFC 9110 §15.4.4).
  if (request.method !== 'GET' && request.method !== 'HEAD') return null;
  const location = fieldValue(response.fields, 'location');
  const asked = request.authority === null ? null : hostPortOf(request.authority);
  if (location === null || asked === null || !request.target.startsWith('/')) return null;
  const { scheme, isForwarded, host } = forwardingOf(request.fields);
  const url = absoluteUrlOf(location);
  if (url === null) {
    if (location.split('#', 1)[0] !== request.target) return null;
  } else {
    const forwarded = host === null ? null : hostPortOf(host);
    const isSame =
      (url.host === asked.host && isSamePort(url.port, asked.port, url.scheme)) ||
      (forwarded !== null && url.host === forwarded.host && isSamePort(url.port, forwarded.port, url.scheme));
    if (!isSame || url.path !== request.target) return null;
  }
  if (isHealthCheck(request)) return null;
  const leg = answeredLegOf(connection, index, request, response);
  return {
    ...leg,
    target: keptTarget(request.target),
    host: asked.host,
    location: keptTarget(location),
    isTls: connection.tls !== null,
    scheme,
    isForwarded,
    to: url === null ? null : url.scheme,
    setsCookie: response.fields.some(({ name }) => name === 'set-cookie'),
    isKept: !announcesClose(request) && !announcesClose(response),
    asker: askerOf(request.fields, leg.client.address),
  };
}

/** Whether the client was answered otherwise when it followed: a visitor whose cookie was asked for, and came. */
export function isResolved({ isForwarded, target }: Turn, next: Exchange | undefined): boolean {
  // Requests of a proxy that follow each other are those of different clients.
  if (isForwarded || next?.request == null || next.response === null) return false;
  return keptTarget(next.request.target) === target && !REDIRECTIONS.has(next.response.status);
}

/** A port that is not written is the scheme's; another one in the URL than was asked for is another place. */
function isSamePort(port: number | null, asked: number | null, scheme: 'http' | 'https'): boolean {
  return (port ?? defaultPort(scheme)) === (asked ?? defaultPort(scheme)) || (port === null && asked === null);
}
