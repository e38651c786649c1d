/** Status codes that say something of their own to a rule. RFC 9110 §15. */
export const STATUS = {
  badRequest: 400,
  /** Also sent to a connection that carried no request: the server's patience is at an end. */
  requestTimeout: 408,
  /** Only behind an Upgrade: RFC 9110 §15.5.22. */
  upgradeRequired: 426,
  badGateway: 502,
  gatewayTimeout: 504,
} as const;
