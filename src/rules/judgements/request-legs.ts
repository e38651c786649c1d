/**
 * The legs of a request that are found by what it asks for (judgements/leg-key), which others may ask for
 * at the same time: by their ends and by what both carry they must be of one proxy (judgements/leg-pairing).
 *
 * Wider than the pairs of leg-pairing, which know a target by its whole path: a proxy may put another
 * prefix before it.
 */
import type { Connection } from '../../facts/connection.js';
import type { RequestMessage, ResponseMessage } from '../../facts/exchange.js';
import type { Observation } from '../observation/observation.js';
import { type KeyedLegs, type Leg, legBehind, legInFront, type MayServe } from '../tally/keyed-legs.js';
import type { Occurrence } from '../tally/occurrences.js';
import { guardSteps } from './capture-guards.js';
import { httpRoles } from './http-roles.js';
import { legKey } from './leg-key.js';
import { legPairsOf } from './leg-pairing.js';

/** One leg of a request. */
export interface RequestLeg extends Leg {
  /** Place of the exchange in its connection. */
  readonly index: number;
  /** What it has alike on both legs. */
  readonly leg: string;
}

/** A leg that was answered, where what the answer says is the occurrence: its packet and time are those of the answer's head. */
export interface AnsweredLeg extends Occurrence, RequestLeg {
  readonly method: string;
  readonly status: number;
}

/** The answered leg that an exchange of this connection is. */
export function answeredLegOf(
  connection: Connection,
  index: number,
  request: RequestMessage,
  response: ResponseMessage,
): AnsweredLeg {
  const { client, server } = httpRoles(connection);
  return {
    packet: response.headPacket,
    atNs: response.startNs,
    stream: connection.stream,
    index,
    client: client.endpoint,
    server: server.endpoint,
    steps: guardSteps(connection),
    requestPacket: request.firstPacket,
    requestNs: request.startNs,
    answerPacket: response.firstPacket,
    answerNs: response.startNs,
    leg: legKey(request),
    method: request.method,
    status: response.status,
  };
}

/** See the head of this file; `null`: not captured. */
export interface RequestLegs<T extends RequestLeg> {
  inFrontOf(leg: T): T | null;
  behind(leg: T): T | null;
}

/** The legs of a run, which is over. */
export function requestLegs<T extends RequestLeg>(table: KeyedLegs<T>, observation: Observation): RequestLegs<T> {
  // Asked for only where times fit: pairs are not made for nothing.
  const mayServe: MayServe<T> = (front, back) => legPairsOf(observation).mayServe(front, back);
  return {
    inFrontOf: (leg) => legInFront(table, leg.leg, leg, mayServe),
    behind: (leg) => legBehind(table, leg.leg, leg, mayServe),
  };
}
