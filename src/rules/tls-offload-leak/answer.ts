/** An answer that sends its client away from TLS, or lets a session cookie out of it. */
import type { Connection } from '../../facts/connection.js';
import type { Exchange } from '../../facts/exchange.js';
import { forwardingOf } from '../judgements/forwarding.js';
import { isHealthCheck } from '../judgements/health-check.js';
import { cookiesOf, hostPortOf, urlReferencesOf } from '../judgements/references.js';
import { type AnsweredLeg, answeredLegOf } from '../judgements/request-legs.js';

/** Characters kept of what is shown. */
const MAX_TEXT = 300;

/** What an answer leaks. */
export type Leak = 'location' | 'content-location' | 'refresh' | 'cookie';

/** One answer on one leg; its packet and time are those of the answer. */
export interface Answer extends AnsweredLeg {
  readonly target: string;
  /** The leg itself is TLS. */
  readonly isTls: boolean;
  /** The scheme that a proxy says its client used; `null`: it says nothing. */
  readonly scheme: 'https' | 'http' | null;
  readonly leaks: readonly Leak[];
  /** The first URL that leaks, as sent; `null`: only cookies do. */
  readonly url: string | null;
  /** Session cookies without Secure, by name; and of all that are set, those without HttpOnly. */
  readonly cookies: readonly string[];
  readonly withoutHttpOnly: number;
}

/**
 * The answer, where it has a URL or a cookie and its request is known: of a TLS leg whether or not
 * it leaks (it shows what the proxy made of it), of a plain one only if it does. `null`: neither.
 */
export function answerOf(exchange: Exchange, connection: Connection): Answer | null {
  const { index, request, response } = exchange;
  if (request === null || response === null || request.method === 'CONNECT' || !request.target.startsWith('/'))
    return null;
  const asked = request.authority === null ? null : hostPortOf(request.authority);
  if (asked === null) return null;
  if (!response.fields.some(({ name }) => TELLING.has(name))) return null;
  const isTls = connection.tls !== null;
  const { scheme, host } = forwardingOf(request.fields);
  const forwarded = host === null ? null : hostPortOf(host);
  const leaks: Leak[] = [];
  let url: string | null = null;
  for (const reference of urlReferencesOf(response.fields)) {
    const { scheme: to, host: place, port } = reference.url;
    const isOwn = place === asked.host || place === forwarded?.host;
    // Another port is the proxy's own address that leaks: proxy-header-leak.
    if (to !== 'http' || !isOwn || (port !== null && port !== 80)) continue;
    leaks.push(reference.field);
    url ??= reference.value.slice(0, MAX_TEXT);
  }
  const sessions = cookiesOf(response.fields).filter((one) => one.isSession && !one.isDeletion);
  const insecure = sessions.filter(({ isSecure }) => !isSecure).map(({ name }) => name.slice(0, MAX_TEXT));
  if (insecure.length > 0) leaks.push('cookie');
  if ((leaks.length === 0 && !isTls) || isHealthCheck(request)) return null;
  return {
    ...answeredLegOf(connection, index, request, response),
    target: request.target.slice(0, MAX_TEXT),
    isTls,
    scheme,
    leaks,
    url,
    cookies: insecure,
    withoutHttpOnly: sessions.filter(({ isHttpOnly }) => !isHttpOnly).length,
  };
}

const TELLING: ReadonlySet<string> = new Set(['location', 'content-location', 'refresh', 'set-cookie']);
