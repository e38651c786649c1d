/** Bad Gateway, Service Unavailable, Gateway Timeout: what a proxy says of a failure that is not its own. RFC 9110 §15.6. */
export function isGatewayError(status: number): boolean {
  return status >= 502 && status <= 504;
}
