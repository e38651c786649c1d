/** Calls of gRPC in one connection, written by hand. */
import type { Connection } from '../../../src/facts/connection.js';
import type { ResponseMessage } from '../../../src/facts/exchange.js';
import type { H2Exchange } from '../../../src/facts/h2.js';
import { SIGN } from '../../../src/facts/signs.js';
import { answer, type ConnectionOptions, connection, fieldsOf, get, handshake } from '../facts.js';
import { overH2 } from '../h2-facts.js';

/** A call and its answer; what is not named is as of a call that went well, but for its status. */
export interface Call {
  readonly target?: string;
  readonly asked?: string;
  readonly agent?: string;
  readonly status?: number;
  /** The answer's content type; `null`: it names none. */
  readonly type?: string | null;
  readonly grpcStatus?: number;
  readonly fields?: Readonly<Record<string, string>>;
  readonly response?: Partial<ResponseMessage>;
  readonly h2?: Partial<H2Exchange>;
  /** Microseconds since the connection began. */
  readonly askedAt?: number;
  readonly answeredAt?: number;
}

/** The connection of these calls, over HTTP/2. */
export function calls(of: readonly Call[], options: ConnectionOptions = {}): Connection {
  const facts = overH2(overHttp1(of, options), {}, (at) => ({
    grpcStatus: of[at]?.grpcStatus ?? null,
    ...of[at]?.h2,
  }));
  return facts;
}

/** The same over HTTP/1. */
export function overHttp1(of: readonly Call[], options: ConnectionOptions = {}): Connection {
  const steps = of.flatMap((call, at) => {
    const { target = '/shop.Cart/Add', asked = 'application/grpc', agent = 'grpc-go/1.60', status = 200 } = call;
    const { type = 'application/grpc', askedAt = 1133 + 2000 * at, answeredAt = askedAt + 800 } = call;
    const fields = { 'content-type': asked, te: 'trailers', 'user-agent': agent };
    const answered = { ...(type === null ? {} : { 'content-type': type }), ...call.fields };
    return [
      get(askedAt, target, { method: 'POST', body: 12, authority: 'shop.example', fields: fieldsOf(fields) }),
      answer(answeredAt, status, 40, { fields: fieldsOf(answered), ...call.response }),
    ];
  });
  return { ...connection([...handshake(), ...steps], options), signs: SIGN.trailersTaken };
}
