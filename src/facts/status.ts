/** Status codes that say something of their own to a rule. RFC 9110 §15. */
export const STATUS = {
  badRequest: 400,
  /** Also sent to a connection that carried no request: the server's patience is at an end. */
  requestTimeout: 408,
  gatewayTimeout: 504,
} as const;
