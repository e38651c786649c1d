/**
 * That a server was ending while a connection of its waited: the kernel takes connections for a process until
 * that is gone, and then ends those that it never looked at, without a word.
 */
import type { PacketReference } from '../../facts/packet-reference.js';
import { baselineOf, type Observation } from '../observation/observation.js';
import { nextActivity } from '../tally/activity.js';
import type { Moment } from '../tally/earliest.js';
import { type Ending, stretchesOfServer } from '../tally/endings.js';
import type { Held } from './behind.js';
import { ONE_MOMENT_NS, REFUSED_WITHIN_NS } from './moments.js';

/** What showed it: another connection that ended with a request in progress, or a SYN that was refused soon after. */
export interface ServerEnd extends Moment {
  readonly how: 'cut' | 'refused';
}

/** See the head of this file, of a connection that ended in `packet`; `null`: it may have gone on. */
export function endOfServerAround(
  held: Held & { readonly packet: PacketReference },
  observation: Observation,
): ServerEnd | null {
  const { server, startNs, endNs, packet } = held;
  const { activity } = baselineOf(observation, server);
  const goesOn = (kind: 'accept' | 'answer', fromNs: number, untilNs: number): boolean =>
    nextActivity(activity, kind, fromNs, untilNs - fromNs) !== null;
  const isTogether = ({ inWork, atNs, packet: other }: Ending): boolean =>
    inWork && other !== packet && atNs >= startNs - ONE_MOMENT_NS && atNs <= endNs + ONE_MOMENT_NS;
  const cut = stretchesOfServer(observation.endings, server).flat().filter(isTogether).at(-1);
  if (cut !== undefined && !goesOn('answer', Math.min(cut.atNs, endNs), endNs))
    return { atNs: cut.atNs, packet: cut.packet, how: 'cut' };
  const refused = nextActivity(activity, 'refusal', endNs, REFUSED_WITHIN_NS);
  if (refused === null || goesOn('accept', endNs, refused.atNs) || goesOn('answer', endNs, refused.atNs)) return null;
  return { atNs: refused.atNs, packet: refused.packet, how: 'refused' };
}
