import { domainToASCII } from 'node:url';

/** A host name in lower case without its last dot: RFC 1123 §2.1, and the underscore that is met in practice. */
const HOST_NAME = /^[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_-])?$/;
/** The last label of no name is a number: such an authority is an IPv4 address in one of its spellings. */
const ENDS_IN_NUMBER = /(?:^|\.)(?:\d+|0x[0-9a-f]*)$/;
const ASCII = /^[ -~]*$/;

/**
 * The name in an authority, so that equal names are equal texts: `Serv1.Example.:8080` as
 * `serv1.example`, `bücher.example` (in the bytes of UTF-8, as captured, or in Unicode) as
 * `xn--bcher-kva.example`. RFC 9110 §4.2.3, RFC 5891 §4.4. `null` for what is no name: an address,
 * garbage, nothing.
 */
export function hostNameOf(authority: string): string | null {
  const known = remembered.get(authority);
  if (known !== undefined) return known;
  const name = nameIn(authority);
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(authority, name);
  return name;
}

/** The same few names are asked for again and again. */
const remembered = new Map<string, string | null>();
const MAX_REMEMBERED = 1024;

function nameIn(authority: string): string | null {
  const host = authority.replace(/:\d*$/, '').replace(/\.$/, '');
  const ascii = ASCII.test(host) ? host.toLowerCase() : domainToASCII(fromLatin1(host));
  return HOST_NAME.test(ascii) && !ENDS_IN_NUMBER.test(ascii) ? ascii : null;
}

/** Text whose characters are bytes of UTF-8, decoded; any other as it is. */
function fromLatin1(text: string): string {
  const decoded = Buffer.from(text, 'latin1').toString('utf8');
  return decoded.includes('\ufffd') || Buffer.from(decoded, 'utf8').toString('latin1') !== text ? text : decoded;
}
