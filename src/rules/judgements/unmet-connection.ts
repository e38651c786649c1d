import type { Endpoint } from '../../facts/endpoint.js';
import type { Severity } from '../../facts/finding.js';
import type { ServerKnown } from '../tally/server-tally.js';
import { isWebPort } from './web-port.js';

/** So many attempts at a server that nothing else is known of are no slip. */
export const MANY_UNMET = 3;

/** So many endpoints that refuse a client, or do not answer it, are peers of all kinds. */
export const MANY_ENDPOINTS = 4;

/** Connections to one server that did not come about, refused or unanswered. */
interface Unmet {
  /** Requests in front that failed for it. */
  readonly told: readonly unknown[];
  /** Whether the clients got on by another address. */
  readonly fallsBack: boolean;
  /** Connections that the server took otherwise. */
  readonly accepted: number;
  readonly count: number;
}

/** Requests that failed for it are critical; a server that serves others, or a web server that is tried again and again, a warning. */
export function severityOfUnmet({ told, fallsBack, accepted, count }: Unmet, port: number): Severity {
  if (told.length > 0) return 'critical';
  if (fallsBack) return 'notice';
  return accepted > 0 || (count >= MANY_UNMET && isWebPort(port)) ? 'warning' : 'notice';
}

/** What is told where {@link isServedOtherwise} holds. */
export const SERVED_OTHERWISE = 'The same port is served over the other IP version, which clients take then.';

/** Whether clients that came to nothing, `count` times, have the same port over the other IP version: it is served there as often. */
export function isServedOtherwise(
  { address, port }: Endpoint,
  count: number,
  servers: readonly Pick<ServerKnown, 'address' | 'port' | 'accepted'>[],
): boolean {
  const isV6 = address.includes(':');
  return servers.some(
    (other) => other.port === port && other.accepted >= count && other.address.includes(':') !== isV6,
  );
}
