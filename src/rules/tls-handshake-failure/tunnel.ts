/** A tunnel in which TLS is spoken: a proxy takes a CONNECT, and hands on what comes behind it. RFC 9110 §9.3.6. */
import type { Connection } from '../../facts/connection.js';
import type { Exchange } from '../../facts/exchange.js';

/** Where a tunnel leads, as the client said, and how many bytes the proxy's answer to that has. */
export interface Tunnel {
  readonly target: string;
  readonly answerBytes: number;
}

/** The first that a proxy of HTTP/1 has opened; `null`: none. */
export function tunnelIn({ exchanges, exchangeOffset }: Connection): Tunnel | null {
  const [first] = exchanges;
  if (first === undefined || exchangeOffset > 0 || !isTunnel(first)) return null;
  const { request, response, h2Stream } = first;
  if (request === null || response === null || h2Stream !== null) return null;
  return { target: request.target, answerBytes: response.headBytes + response.bodyBytes };
}

/** What is asked within TLS: the CONNECT that opens a tunnel is not. */
export function askedWithin({ exchanges }: Connection): readonly Exchange[] {
  const [first] = exchanges;
  return first !== undefined && isTunnel(first) ? exchanges.filter((one) => !isTunnel(one)) : exchanges;
}

function isTunnel({ request, response }: Exchange): boolean {
  return request?.method === 'CONNECT' && response !== null && response.status >= 200 && response.status < 300;
}
