/** A request as a command that makes it again. */
import type { Connection } from '../../facts/connection.js';
import type { RequestMessage } from '../../facts/exchange.js';
import { endpointText } from '../../text/address.js';
import { HIDDEN, isSecretField, UNSALTED } from '../../text/redaction.js';
import { shellWord } from '../../text/shell-word.js';
import { visible } from '../../text/visible.js';

/** Fields that curl writes itself, or that belong to the connection. RFC 9110 §7.6.1. */
const ITS_OWN = new Set(['host', 'content-length', 'connection', 'transfer-encoding', 'keep-alive', 'te', 'upgrade']);

/** For a POSIX shell; fields that carry secrets are left out, those in the target hidden. */
export function curlCommand(request: RequestMessage, { server, tls }: Connection): string {
  const { method, target, authority, fields } = request;
  const scheme = tls === null ? 'http' : 'https';
  const host = authority === null ? endpointText(server.endpoint) : UNSALTED.authority(authority);
  const path = UNSALTED.target(target);
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(path)
    ? path
    : `${scheme}://${host}${path.startsWith('/') ? path : `/${path}`}`;
  const words = ['curl', '-v'];
  if (method !== 'GET') words.push('-X', quoted(method));
  for (const { name, value } of fields) {
    if (ITS_OWN.has(name) || name.startsWith(':') || isSecretField(name)) continue;
    const shown = UNSALTED.field(name, value);
    if (!shown.includes(HIDDEN)) words.push('-H', quoted(`${name}: ${shown}`));
  }
  const resolved = server.endpoint.address;
  const [name] = host.split(':');
  if (authority !== null && name !== undefined && name !== resolved && !host.startsWith('['))
    words.push(
      '--connect-to',
      quoted(`::${resolved.includes(':') ? `[${resolved}]` : resolved}:${server.endpoint.port}`),
    );
  words.push(quoted(url));
  return words.join(' ');
}

function quoted(word: string): string {
  return shellWord(visible(word));
}
