/** A tunnel in which TLS is spoken: a proxy takes a CONNECT, and hands on what comes behind it. RFC 9110 §9.3.6. */
import type { Connection } from '../../facts/connection.js';
import type { Exchange } from '../../facts/exchange.js';
import type { TlsFacts } from '../../facts/tls.js';

/** Where a tunnel leads, as the client said, and how many bytes the proxy had said until it was open. */
export interface Tunnel {
  readonly target: string;
  readonly answerBytes: number;
}

/** The tunnel that a proxy of HTTP/1 had opened when TLS began; `null`: none. Before it the proxy may have refused (407). */
export function tunnelIn(
  { clientHello }: Pick<TlsFacts, 'clientHello'>,
  { exchanges, exchangeOffset }: Connection,
): Tunnel | null {
  const at = exchangeOffset > 0 ? -1 : openerIn(exchanges);
  const request = exchanges[at]?.request ?? null;
  // The TLS in which a proxy is asked is in no tunnel itself.
  if (request === null || (clientHello !== null && clientHello.atNs < request.startNs)) return null;
  let answerBytes = 0;
  for (const { response } of exchanges.slice(0, at + 1))
    if (response !== null) answerBytes += response.headBytes + response.bodyBytes;
  return { target: request.target, answerBytes };
}

/** What is asked within TLS: the CONNECT that opens a tunnel is not, nor what the proxy was asked before it. */
export function askedWithin({ exchanges }: Connection): readonly Exchange[] {
  const at = openerIn(exchanges);
  return at < 0 ? exchanges.filter((one) => !isTunnel(one)) : exchanges.slice(at + 1);
}

/** Where the exchange is that opens a tunnel for all that comes behind it: in HTTP/2 it is one for its own stream. -1: none. */
function openerIn(exchanges: readonly Exchange[]): number {
  return exchanges.findIndex((one) => one.h2Stream === null && isTunnel(one));
}

function isTunnel({ request, response }: Exchange): boolean {
  return request?.method === 'CONNECT' && response !== null && response.status >= 200 && response.status < 300;
}
