import type { Severity } from '../../facts/finding.js';
import { isWebPort } from './web-port.js';

/** So many attempts at a server that nothing else is known of are no slip. */
export const MANY_UNMET = 3;

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
