import type { RequestMessage } from '../../facts/exchange.js';

/** Characters of a target's end that are looked at. */
const MAX_END = 64;

/**
 * What a request has alike on both legs of a proxy, which may put another prefix before its path:
 * the method, and the target from its path's last segment on.
 */
export function legKey({ method, target }: Pick<RequestMessage, 'method' | 'target'>): string {
  const question = target.indexOf('?');
  const slash = target.lastIndexOf('/', question < 0 ? target.length : question);
  return `${method} ${target.slice(slash + 1).slice(-MAX_END)}`;
}
