/**
 * How a server fared as a client of others while it had a request: where it is a proxy, and fails because of a
 * server behind it, that lies within.
 */
import type { Endpoint } from '../../facts/endpoint.js';
import type { LoggedExchange } from '../observation/logged-exchange.js';
import type { Observation } from '../observation/observation.js';
import { nextActivity } from '../tally/activity.js';
import type { Moment } from '../tally/earliest.js';
import { REORDERED_NS } from './moments.js';

/** See the head of this file; `null`: nothing of that kind is known. */
export interface Behind {
  readonly failed: Moment | null;
  readonly answered: Moment | null;
}

/** A request that a server had, and when it was over for its client. */
export interface Held {
  readonly client: Endpoint;
  readonly server: Endpoint;
  readonly startNs: number;
  readonly endNs: number;
}

/** What the server met under the address at which it was asked; `null`: that is no client here. */
export function metMeanwhile({ client, server, startNs, endNs }: Held, { clients }: Observation): Behind | null {
  // On a host that calls itself nobody can tell its clients from what it asks behind: the loss itself is among them.
  const fared = client.address === server.address ? undefined : clients.entries[server.address];
  if (fared === undefined) return null;
  const fromNs = startNs - REORDERED_NS;
  const withinNs = endNs + REORDERED_NS - fromNs;
  return {
    failed: nextActivity(fared, 'refusal', fromNs, withinNs),
    answered: nextActivity(fared, 'answer', fromNs, withinNs),
  };
}

/**
 * A connection of a server's own that did not come about while it had one of a client, and none that did. One of
 * another address tells nothing: whoever polls a dead port would be met at any time.
 */
export function unmetMeanwhile(held: Held, observation: Observation): Moment | null {
  const met = metMeanwhile(held, observation);
  return met === null || met.answered !== null ? null : met.failed;
}

/** When an exchange behind was over: its answer, the close that came instead, or where nothing more was seen of it. */
export function overAt({ answerPacket, packet, endNs }: LoggedExchange): Moment {
  return { packet: answerPacket ?? packet, atNs: endNs };
}
