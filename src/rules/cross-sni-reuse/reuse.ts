/** What one connection shows: which of its requests are for another name than it was opened for. */
import { ROLES_REVERSED } from '../../facts/anomaly.js';
import type { Connection } from '../../facts/connection.js';
import type { Endpoint } from '../../facts/endpoint.js';
import type { Exchange, RequestMessage, ResponseMessage } from '../../facts/exchange.js';
import { hostNameOf } from '../../text/host-name.js';
import { isHealthCheck } from '../judgements/health-check.js';
import type { Moment } from '../tally/earliest.js';
import { rankOfText } from '../tally/rank.js';

/** Misdirected Request. RFC 9110 §15.5.20. */
export const MISDIRECTED = 421;

/** A request for another name than that of its connection. */
export interface Reuse extends Moment {
  readonly stream: number;
  readonly index: number;
  readonly client: Endpoint;
  readonly server: Endpoint;
  readonly hello: Moment;
  readonly method: string;
  readonly target: string;
  /** Status of the answer; `null`: none was seen. */
  readonly status: number | null;
  readonly answer: Moment | null;
  /** RST_STREAM of the client behind the answer. */
  readonly reset: Moment | null;
  /** In the log of exchanges: its retry has it too. */
  readonly retryKey: number;
  /** Where equal requests for the name, and for the connection's own name, are found among the answers. */
  readonly answerKey: string;
  readonly ownAnswerKey: string;
  /** Tells the content that was answered (see {@link pageOf}); `null`: none, or not known. */
  readonly page: number | null;
  readonly isHtml: boolean;
  /** It came through a gateway: it says for whom it is forwarded. */
  readonly isForwarded: boolean;
}

/** The name that a connection was opened for, where its ClientHello says it and can be trusted; `null`: not known. */
export function openedFor({ tls, anomalies }: Connection): string | null {
  // Within a tunnel the requests are those of the inner TLS; through reverse HTTP they come from the other side.
  if (tls === null || tls.inner !== null || tls.echOutcome === 'unknown') return null;
  if (anomalies.some(({ name }) => name === ROLES_REVERSED)) return null;
  return hostNameOf(tls.clientHello?.serverNames[0] ?? '');
}

/** An exchange whose request names a host of its own accord. */
export interface NamedExchange {
  readonly exchange: Exchange;
  readonly request: RequestMessage;
  readonly name: string;
}

/** The exchanges of a connection that name a host: no forward proxying, nothing within a tunnel, no health checks. */
export function namedExchanges({ exchanges }: Connection): NamedExchange[] {
  const named: NamedExchange[] = [];
  for (const exchange of exchanges) {
    const { request } = exchange;
    if (request === null) continue;
    if (opensTunnel(exchange)) break;
    const name = nameIn(exchange);
    if (name !== null) named.push({ exchange, request, name });
  }
  return named;
}

/** The host that an exchange's request names of its own accord; `null`: it names none, or another's. */
export function nameIn(exchange: Exchange): string | null {
  const { request } = exchange;
  if (request === null || request.authority === null || isTunnel(exchange)) return null;
  return request.target.startsWith('/') && !isHealthCheck(request) ? hostNameOf(request.authority) : null;
}

/** What follows is said within a tunnel. In HTTP/2 the other streams go on. */
export function opensTunnel(exchange: Exchange): boolean {
  return exchange.h2Stream === null && exchange.response?.framing === 'tunnel' && isTunnel(exchange);
}

function isTunnel({ request, h2 }: Exchange): boolean {
  return request?.method === 'CONNECT' && (h2?.protocol ?? null) === null;
}

/** Key of a request for a name at one server. */
export function answerKeyOf(server: string, name: string, request: RequestMessage): string {
  return `${server} ${name} ${rankOfText(request.target, rankOfText(request.method))}`;
}

/** Bytes below which two pages are alike by chance: an empty document, `OK`. */
const MIN_PAGE_BYTES = 32;
const LENGTHS = 2 ** 20;

/** A number for the content of a 200, by its length and first bytes; `null`: it is not whole, too short, or not known. */
export function pageOf(response: ResponseMessage | null): number | null {
  if (response === null || response.status !== 200 || !response.complete || response.lostBytes > 0) return null;
  const { bodyDigest, bodyBytes } = response;
  if (bodyDigest === null || bodyBytes < MIN_PAGE_BYTES) return null;
  return bodyDigest * LENGTHS + (bodyBytes % LENGTHS);
}

/** It is a page to be read: of styles, scripts and pictures, sites share the same. */
export function isHtml(response: ResponseMessage | null): boolean {
  const type = response?.fields.find(({ name }) => name === 'content-type')?.value ?? '';
  return /^text\/html\b/i.test(type);
}

/** A proxy, gateway or CDN sent this: it says for whom. */
export function isForwarded({ fields }: RequestMessage): boolean {
  return fields.some(({ name }) => name === 'via' || name === 'forwarded' || name === 'x-forwarded-for');
}

/**
 * Whether two names commonly are one site by convention (`example.com`, `www.example.com`): that they
 * are given one page is what their owner wants.
 */
export function areAliases(one: string, other: string): boolean {
  return one === `www.${other}` || other === `www.${one}`;
}

/** The parent domain that two names share, if they are siblings in it, as names under one wildcard are; `null`: they do not. */
export function sharedParent(one: string, other: string): string | null {
  const parent = one.slice(one.indexOf('.') + 1);
  if (one === other || parent !== other.slice(other.indexOf('.') + 1)) return null;
  const labels = parent.split('.');
  // `co.uk`, `com.au`: nobody has a wildcard for those.
  const isRegistry = labels.length < 2 || (labels.length === 2 && labels.every((label) => label.length <= 3));
  return isRegistry ? null : parent;
}

/** Whether a certificate for these subject alternative names is one for `host`. RFC 6125 §6.4. */
export function covers(alternativeNames: readonly string[], host: string): boolean {
  const parent = host.slice(host.indexOf('.') + 1);
  return alternativeNames.some((entry) => {
    const name = entry.startsWith('DNS:') ? entry.slice(4).toLowerCase() : '';
    return name === host || (name.startsWith('*.') && host.includes('.') && name.slice(2) === parent);
  });
}
