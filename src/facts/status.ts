/** Status codes that say something of their own to a rule. RFC 9110 §15. */
export const STATUS = {
  badRequest: 400,
  /** Also sent to a connection that carried no request: the server's patience is at an end. */
  requestTimeout: 408,
  /** Only behind an Upgrade: RFC 9110 §15.5.22. */
  upgradeRequired: 426,
  /** The server does not know the method: RFC 9110 §15.6.2. */
  notImplemented: 501,
  badGateway: 502,
  gatewayTimeout: 504,
  /** RFC 9110 §15.6.6. */
  versionNotSupported: 505,
} as const;
