/** What an answer names that its request did not ask for. */
import type { Connection } from '../../facts/connection.js';
import type { Exchange } from '../../facts/exchange.js';
import { endpointText } from '../../text/address.js';
import { forwardingOf } from '../judgements/forwarding.js';
import { isHealthCheck } from '../judgements/health-check.js';
import { httpRoles } from '../judgements/http-roles.js';
import { isAddress, isInternalHost } from '../judgements/internal-host.js';
import {
  type CookieSet,
  cookiesOf,
  defaultPort,
  domainMatches,
  type HostPort,
  hostPortOf,
  type UrlReference,
  urlReferencesOf,
} from '../judgements/references.js';
import { type AnsweredLeg, answeredLegOf } from '../judgements/request-legs.js';

/** Characters kept of what is shown, and leaks of one answer. */
const MAX_TEXT = 300;
const MAX_LEAKS = 8;

/** `host`: an inner address or name; `port`: the server's own; `cookie-domain`: not the client's host; `cookie-path`: maybe the server's prefix. */
export interface Leak {
  readonly kind: 'host' | 'port' | 'cookie-domain' | 'cookie-path';
  /** `location`, ..., or the cookie's name. */
  readonly where: string;
  /** The value as sent, or the attribute. */
  readonly value: string;
  /** Scheme, host and port of a URL, the port of `port`; `null`: a cookie. */
  readonly origin: string | null;
  readonly port: number | null;
}

/** One answer on one leg; its packet and time are those of the answer. */
export interface Answer extends AnsweredLeg {
  readonly target: string;
  readonly authority: string;
  readonly isForwarded: boolean;
  readonly leaks: readonly Leak[];
}

/** The answer, where it names a host or a place of a cookie at all; `null`: it does not. */
export function answerOf(exchange: Exchange, connection: Connection): Answer | null {
  const { index, request, response } = exchange;
  if (request === null || response === null || request.method === 'CONNECT' || !request.target.startsWith('/'))
    return null;
  const urls = urlReferencesOf(response.fields);
  const cookies = cookiesOf(response.fields).filter(
    ({ domain, path, isDeletion }) => !isDeletion && (domain !== null || (path !== null && path !== '/')),
  );
  if (urls.length === 0 && cookies.length === 0) return null;
  const asked = request.authority === null ? null : hostPortOf(request.authority);
  // Where part of the head is missing, nobody knows what else it asked for, nor whom it was forwarded for.
  if (asked === null || request.lostBytes > 0 || isHealthCheck(request)) return null;
  const { isForwarded, host } = forwardingOf(request.fields);
  const forwarded = host === null ? null : hostPortOf(host);
  const { server } = httpRoles(connection);
  const hosts = forwarded === null ? [asked] : [asked, forwarded];
  const leaks = [
    ...urls.flatMap((reference) => urlLeak(reference, hosts, server.endpoint)),
    ...cookies.flatMap((cookie) => cookieLeak(cookie, hosts, request.target)),
  ].slice(0, MAX_LEAKS);
  return {
    ...answeredLegOf(connection, index, request, response),
    target: request.target.slice(0, MAX_TEXT),
    authority: (request.authority ?? '').slice(0, MAX_TEXT),
    isForwarded,
    leaks,
  };
}

/** A URL to a place that the client did not ask for, and cannot know. */
function urlLeak(
  { field, url, value }: UrlReference,
  hosts: readonly HostPort[],
  server: { readonly address: string; readonly port: number },
): Leak[] {
  const port = url.port ?? defaultPort(url.scheme);
  const leak = {
    where: field,
    value: value.slice(0, MAX_TEXT),
    origin: `${url.scheme}://${endpointText({ address: url.host, port }).replace(/:(?:80|443)$/, '')}`,
    port,
  };
  const same = hosts.filter(({ host }) => host === url.host);
  if (same.length > 0) {
    const isAsked = same.some((one) => url.port === null || one.port === url.port);
    return isAsked || url.port === defaultPort(url.scheme) ? [] : [{ ...leak, kind: 'port' }];
  }
  // Who asks for an inner name is inside, where others may be reached too.
  if (hosts.some(({ host }) => isInternalHost(host))) return [];
  const isServer = url.host === server.address && hosts.every(({ host }) => !isAddress(host));
  return isServer || isInternalHost(url.host) ? [{ ...leak, kind: 'host' }] : [];
}

function cookieLeak({ name, domain, path, isSession }: CookieSet, hosts: readonly HostPort[], target: string): Leak[] {
  const leaks: Leak[] = [];
  const where = name.slice(0, MAX_TEXT);
  if (domain !== null && !hosts.some(({ host }) => domainMatches(host, domain)))
    leaks.push({ kind: 'cookie-domain', where, value: domain.slice(0, MAX_TEXT), origin: null, port: null });
  if (isSession && path?.startsWith('/') === true && path !== '/' && !target.startsWith(path.replace(/\/$/, '')))
    leaks.push({ kind: 'cookie-path', where, value: path.slice(0, MAX_TEXT), origin: null, port: null });
  return leaks;
}
