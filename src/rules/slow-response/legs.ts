/** Which slow exchange waited for which, where both legs of a proxy are captured. */
import { endpointText } from '../../text/address.js';
import type { SlowExchange } from './slow-exchange.js';

/** Both legs of a request begin and end this close together, beside what lies between them. */
const LEG_SKEW_NS = 100_000_000;

/** Whether `one` is what a request waited for: the same, on a leg behind. */
export type IsBehind = (one: SlowExchange, front: SlowExchange) => boolean;

/**
 * Tells by all that waited. Of equal requests under way together each begins before some on the other leg and behind
 * others: which server stands behind which is told by their clients, or else by how many of its requests have
 * another before them. On the leg behind all have; in front the first has none.
 */
export function legsOf(all: readonly SlowExchange[]): IsBehind {
  const shares = new Map<string, number>();
  const servers = new Map<string, SlowExchange[]>();
  for (const one of all) {
    const known = servers.get(endpointText(one.server));
    if (known === undefined) servers.set(endpointText(one.server), [one]);
    else known.push(one);
  }
  const shareBehind = (server: SlowExchange['server'], front: SlowExchange['server']): number => {
    const [own, other] = [endpointText(server), endpointText(front)];
    const known = shares.get(`${own} ${other}`);
    if (known !== undefined) return known;
    const [ofServer, ofFront] = [servers.get(own) ?? [], servers.get(other) ?? []];
    const behind = ofServer.filter((one) => ofFront.some((before) => mayWaitFor(one, before)));
    const share = behind.length / Math.max(1, ofServer.length);
    shares.set(`${own} ${other}`, share);
    return share;
  };
  return (one, front) => {
    if (!mayWaitFor(one, front)) return false;
    const isOfFront = one.client.address === front.server.address;
    const isInFront = front.client.address === one.server.address;
    if (isOfFront !== isInFront) return isOfFront;
    return shareBehind(one.server, front.server) >= shareBehind(front.server, one.server);
  };
}

/** Whether one may be behind the other by what they ask for and when. */
function mayWaitFor(one: SlowExchange, front: SlowExchange): boolean {
  return (
    one.request !== null &&
    one.request.key === front.request?.key &&
    one.stream !== front.stream &&
    (one.startNs > front.startNs || (one.startNs === front.startNs && one.firstPacket > front.firstPacket)) &&
    isWaitedFor(one, front) &&
    endpointText(one.server) !== endpointText(front.server)
  );
}

/**
 * It had no answer when what waits for it ended: given up with it, or before it was tried again; sent on,
 * unacknowledged, when nobody waited any more; answered too late for a client that had left, or not at all.
 */
function isWaitedFor(one: SlowExchange, front: SlowExchange): boolean {
  if (one.startNs > front.atNs) return false;
  if (one.how === 'undelivered') return one.atNs + 2 * one.waitNs >= front.atNs;
  // What outlasts it may as well be another's, of many that are under way: it must have begun with it.
  const isOneBeginning = one.startNs - front.startNs <= LEG_SKEW_NS;
  if (one.how === 'pending') return front.how !== 'answered' && isOneBeginning;
  if (one.atNs > front.atNs + LEG_SKEW_NS) return front.how === 'abandoned' && isOneBeginning;
  const isTry = one.how === 'abandoned' && front.how === 'gateway-timeout';
  return isTry || one.waitNs + LEG_SKEW_NS + (one.startNs - front.startNs) >= front.waitNs;
}
