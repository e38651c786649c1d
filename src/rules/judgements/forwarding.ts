/**
 * What a request says of the hops that it came by: whom it was forwarded for, and how that one had
 * asked. RFC 7239, and the fields that came before it.
 */
import type { Field } from '../../facts/field.js';
import { fieldValue } from './field-values.js';

/** See the head of this file; `null`: nothing is said. */
export interface Forwarding {
  /** A proxy put something into it. */
  readonly isForwarded: boolean;
  /** The scheme that the client in front used. */
  readonly scheme: 'https' | 'http' | null;
  /** The host that it had asked for. */
  readonly host: string | null;
  /** The first address that it was forwarded for. */
  readonly client: string | null;
}

const PROTOCOL = /(?:^|[;,\s])proto="?(https?)\b/i;
const HOST = /(?:^|[;,\s])host=(?:"([^"]*)"|([^;,\s]*))/i;
const FOR = /(?:^|[;,\s])for=(?:"([^"]*)"|([^;,\s]*))/i;
const ON = /^(?:on|1|true|yes|https)$/i;

/** Reads the fields of a request. */
export function forwardingOf(fields: readonly Field[]): Forwarding {
  let isForwarded = false;
  let scheme: Forwarding['scheme'] = null;
  let host: string | null = null;
  let client: string | null = null;
  for (const { name, value } of fields) {
    switch (name) {
      case 'via':
      case 'x-real-ip':
      case 'x-client-ip':
        isForwarded = true;
        break;
      case 'forwarded':
        isForwarded = true;
        scheme ??= schemeOf(PROTOCOL.exec(value)?.[1] ?? '');
        host ??= group(HOST.exec(value));
        client ??= group(FOR.exec(value));
        break;
      case 'x-forwarded-for':
        isForwarded = true;
        client ??= first(value);
        break;
      case 'x-forwarded-host':
        isForwarded = true;
        host ??= first(value);
        break;
      case 'x-forwarded-proto':
      case 'cloudfront-forwarded-proto':
        isForwarded = true;
        scheme ??= schemeOf(first(value) ?? '');
        break;
      case 'x-forwarded-ssl':
      case 'front-end-https':
        isForwarded = true;
        if (ON.test(value)) scheme ??= 'https';
        break;
      case 'x-forwarded-port':
        isForwarded = true;
        if (value === '443') scheme ??= 'https';
    }
  }
  return { isForwarded, scheme, host, client };
}

/** Who asked, as far as it can be told: whom a request was forwarded for, else the client of the connection. */
export function askerOf(fields: readonly Field[], clientAddress: string): string {
  const value = fieldValue(fields, 'x-forwarded-for');
  return value === null ? clientAddress : (first(value)?.slice(0, MAX_ADDRESS) ?? clientAddress);
}

/** Longer than any address. */
const MAX_ADDRESS = 64;

function schemeOf(text: string): Forwarding['scheme'] {
  const scheme = text.toLowerCase();
  return scheme === 'https' || scheme === 'http' ? scheme : null;
}

function first(list: string): string | null {
  const comma = list.indexOf(',');
  const value = (comma < 0 ? list : list.slice(0, comma)).trim();
  return value === '' ? null : value;
}

function group(match: RegExpExecArray | null): string | null {
  const value = match?.[1] ?? match?.[2] ?? '';
  return value === '' ? null : value;
}
