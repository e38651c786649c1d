/** Whether something on the way may have forgotten the idle connection, so that what came next was reset (idle-drop). */
import { durationText } from '../../text/duration.js';
import { packetText } from '../argument/figures.js';
import { SHORTEST_WAY_TIMER_NS } from '../judgements/idleness.js';
import { resetShapeOf } from '../judgements/reset-shape.js';
import { hasForeignSource } from '../judgements/sender-ttl.js';
import type { Case } from './case.js';
import { oneHopOff } from './foreign-hand.js';
import type { Incident } from './incident.js';

/**
 * The link-layer source, another than the server's till then, of a bare reset behind half a minute of idleness and
 * more; `null`: it is no such. What forgets idle connections on the way is known by it (idle-drop), unless the server
 * has that source elsewhere: its address has moved to another station, or it is behind two gateways.
 */
export function otherSourceOf({
  isAfterIdle,
  pauseNs,
  serverReset,
  server,
}: Pick<Incident, 'isAfterIdle' | 'pauseNs' | 'serverReset' | 'server'>): number | null {
  if (!isAfterIdle || pauseNs === null || pauseNs < SHORTEST_WAY_TIMER_NS) return null;
  return resetShapeOf(serverReset) !== 'B' && hasForeignSource(serverReset, server) ? serverReset.mac : null;
}

/**
 * What speaks for it; `null`: nothing does. The server's kernel answers so itself where a NAT that has forgotten the
 * connection takes the next segment for a new one, and gives it another port: the server knows none such.
 */
export function forgottenText({ tests, shape, incident }: Pick<Case, 'tests' | 'shape' | 'incident'>): string | null {
  const { isAfterIdle, pauseNs, serverReset, server, packet } = incident;
  if (!isAfterIdle || pauseNs === null || shape !== 'A') return null;
  const distance = oneHopOff({ tests, incident });
  if (distance !== null) return `${distance}: what forgets idle connections resets so what comes next`;
  if (hasForeignSource(serverReset, server))
    return `the link-layer source of ${packetText(packet)} is not the one that the server had till then: what forgets idle connections on the way resets so what comes next, and so does the station that takes the server’s address over`;
  return pauseNs < SHORTEST_WAY_TIMER_NS
    ? null
    : `no close of the server was seen before ${packetText(packet)}: a NAT that forgets a connection within ${durationText(pauseNs)} of idleness gives it another port, of which the server knows nothing`;
}
