/**
 * What the messages of a connection have about them that is not everyday, as bits of
 * {@link Connection.signs} (facts/connection).
 *
 * A rule that looks for something rare asks for its sign first, and looks at no exchange where it
 * is missing. A sign is conservative: where it is not set, no message has it; where it is, one has
 * had it, maybe in an earlier batch of exchanges.
 */
export const SIGN = {
  /** A field of WebSocket's handshake, Upgrade, or `:protocol`. RFC 6455 §11.3, RFC 8441 §4. */
  upgrade: 1,
  /** Location, Content-Location or Refresh. */
  location: 2,
  /** Set-Cookie. */
  cookieSet: 4,
  /** Expect. RFC 9110 §10.1.1. */
  expect: 8,
  /** A final response of 3xx. */
  redirection: 16,
  /** A final response of 4xx or 5xx. */
  refusal: 32,
  /** A head of {@link LARGE_HEAD_BYTES} or more. */
  largeHead: 64,
  /** A response that began before its request had ended, or whose request did not. */
  earlyResponse: 128,
  /** A request without a response. */
  unanswered: 256,
  /** A response without a request. */
  unasked: 512,
  /** Transfer-Encoding. */
  transferCoding: 1024,
  /** A field by which a proxy says how its client came: X-Forwarded-Proto and its like. */
  forwarded: 2048,
  /** A field by which a proxy says that it stands between: X-Forwarded-For, Forwarded, Via. */
  proxied: 4096,
  /** TE, which all calls of gRPC have. RFC 9110 §10.1.4. */
  trailersTaken: 8192,
} as const;

/** The smallest default limit of a proxy for a response's head is 4 KB (nginx, one memory page). */
export const LARGE_HEAD_BYTES = 4096;

/** By name, the signs that single fields are. */
export const FIELD_SIGNS: Readonly<Record<string, number>> = {
  upgrade: SIGN.upgrade,
  ':protocol': SIGN.upgrade,
  'sec-websocket-key': SIGN.upgrade,
  'sec-websocket-version': SIGN.upgrade,
  location: SIGN.location,
  'content-location': SIGN.location,
  refresh: SIGN.location,
  'set-cookie': SIGN.cookieSet,
  expect: SIGN.expect,
  'transfer-encoding': SIGN.transferCoding,
  te: SIGN.trailersTaken,
  forwarded: SIGN.forwarded | SIGN.proxied,
  via: SIGN.proxied,
  'x-forwarded-for': SIGN.proxied,
  'x-forwarded-proto': SIGN.forwarded,
  'x-forwarded-ssl': SIGN.forwarded,
  'x-forwarded-port': SIGN.forwarded,
  'front-end-https': SIGN.forwarded,
  'cloudfront-forwarded-proto': SIGN.forwarded,
};
