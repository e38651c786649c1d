import type { InOrder } from '../../bytes/in-order.js';
import type { Side } from '../../facts/endpoint.js';
import type { Exchange, RequestMessage, ResponseMessage } from '../../facts/exchange.js';

/** What the HTTP/1 decoder of one connection tells. */
export interface Http1Listener {
  /** An exchange ended, or the connection did with it unfinished; in order of the request. */
  exchange(exchange: Exchange): void;
  /** Something the bytes did wrong, by its stable name. */
  anomaly(name: string, from: Side, packet: number): void;
  /**
   * HTTP/1 ends here: CONNECT was answered 2xx or an Upgrade 101. What both sides send from now on
   * goes to what this returns; `null` drops it. `protocol` is the Upgrade token in lower case,
   * `connect` for CONNECT. `request` is `null` when it was not seen, or not yet;
   * `response` is `null` when it was not seen and the client goes on as if it had been.
   */
  handOver(
    protocol: string,
    request: RequestMessage | null,
    response: ResponseMessage | null,
  ): { readonly client: InOrder; readonly server: InOrder } | null;
}
