/** Where a response sends its client, and what it has it remember: absolute URLs and cookies. RFC 9110 §10.2.2, RFC 6265. */
import type { Field } from '../../facts/field.js';

/** An authority, taken apart. */
export interface HostPort {
  /** In lower case, without a last dot; an IPv6 address without its brackets. */
  readonly host: string;
  /** `null`: none is written. */
  readonly port: number | null;
}

/** A URL that says its scheme and host. */
export interface AbsoluteUrl extends HostPort {
  readonly scheme: 'http' | 'https';
  /** From its first slash; `/` where there is none. */
  readonly path: string;
}

/** A field that holds one. */
export interface UrlReference {
  readonly field: 'location' | 'content-location' | 'refresh';
  readonly url: AbsoluteUrl;
  /** As sent. */
  readonly value: string;
}

const ABSOLUTE = /^(https?):\/\/([^/?#]*)([^#]*)/i;
const AUTHORITY = /^(?:[^@]*@)?(?:\[([0-9a-f:.%]+)\]|([^:[\]]*))(?::(\d{1,5}))?$/i;
const REFRESH_URL = /^\s*\d[\d.]*\s*[;,]\s*(?:url\s*=\s*)?["']?([^"']*)/i;

/** Takes an authority apart; `null`: it is none. */
export function hostPortOf(authority: string): HostPort | null {
  const match = AUTHORITY.exec(authority.trim());
  if (match === null) return null;
  const host = (match[1] ?? match[2] ?? '').toLowerCase().replace(/\.$/, '');
  return host === '' ? null : { host, port: match[3] === undefined ? null : Number(match[3]) };
}

/** Reads a URL; `null`: a relative reference, or of another scheme. */
export function absoluteUrlOf(value: string): AbsoluteUrl | null {
  const match = ABSOLUTE.exec(value.trim());
  const place = match === null ? null : hostPortOf(match[2] ?? '');
  if (match === null || place === null) return null;
  const rest = match[3] ?? '';
  return {
    ...place,
    scheme: match[1]?.toLowerCase() === 'https' ? 'https' : 'http',
    path: rest.startsWith('/') ? rest : `/${rest}`,
  };
}

/** The fields of a response that hold an absolute URL. */
export function urlReferencesOf(fields: readonly Field[]): UrlReference[] {
  const references: UrlReference[] = [];
  for (const { name, value } of fields) {
    if (name !== 'location' && name !== 'content-location' && name !== 'refresh') continue;
    const url = absoluteUrlOf(name === 'refresh' ? (REFRESH_URL.exec(value)?.[1] ?? '') : value);
    if (url !== null) references.push({ field: name, url, value });
  }
  return references;
}

/** The port that a scheme has by itself. */
export function defaultPort(scheme: 'http' | 'https'): number {
  return scheme === 'https' ? 443 : 80;
}

/** A cookie that a response sets; its value is never known (http/kept-fields). */
export interface CookieSet {
  readonly name: string;
  /** In lower case, without a leading dot; `null`: none. */
  readonly domain: string | null;
  readonly path: string | null;
  readonly isSecure: boolean;
  readonly isHttpOnly: boolean;
  /** It is set to be forgotten. */
  readonly isDeletion: boolean;
  /** Its name is that of a session or a login. */
  readonly isSession: boolean;
}

const SESSION =
  /^(?:__secure-|__host-)|^(?:jsessionid|phpsessid|asp\.net_sessionid|\.aspnetcore\.|connect\.sid|laravel_session|ci_session|sid$)|session|auth(?!or)|login|sso/i;
const LONG_AGO = /\b19[679]\d\b/;

/** The cookies that a response sets. */
export function cookiesOf(fields: readonly Field[]): CookieSet[] {
  const cookies: CookieSet[] = [];
  for (const { name, value } of fields) {
    if (name !== 'set-cookie') continue;
    const equals = value.indexOf('=');
    const attributes = new Map(
      value
        .split(';')
        .slice(1)
        .map((one) => {
          const [key = '', ...rest] = one.split('=');
          return [key.trim().toLowerCase(), rest.join('=').trim()] as const;
        }),
    );
    const cookie = equals < 0 ? '' : value.slice(0, equals).trim();
    const domain = attributes.get('domain')?.toLowerCase().replace(/^\./, '') ?? '';
    cookies.push({
      name: cookie,
      domain: domain === '' ? null : domain,
      path: attributes.get('path') ?? null,
      isSecure: attributes.has('secure'),
      isHttpOnly: attributes.has('httponly'),
      isDeletion:
        /^(?:0+|-\d+)$/.test(attributes.get('max-age') ?? '') || LONG_AGO.test(attributes.get('expires') ?? ''),
      isSession: SESSION.test(cookie) || attributes.get('samesite')?.toLowerCase() === 'none',
    });
  }
  return cookies;
}

/** Whether a cookie of this domain is taken from this host. RFC 6265 §5.1.3. */
export function domainMatches(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`);
}
