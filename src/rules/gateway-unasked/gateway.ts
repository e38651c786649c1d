/** What is known of one gateway both of whose legs are captured: what it asked behind, for which requests, and when. */
import type { Endpoint } from '../../facts/endpoint.js';
import { endpointText } from '../../text/address.js';
import { isGatewayError } from '../judgements/gateway-error.js';
import type { LegPairs } from '../judgements/leg-pairing.js';
import type { LoggedExchange } from '../observation/logged-exchange.js';
import type { Conclusion } from '../rule.js';
import { type InProgress, inProgressOf } from './in-progress.js';
import type { Attempts, UnaskedTally } from './tally.js';

/** Requests whose leg behind is captured as well, before it is said of others that they have none. */
const MIN_ASKED = 3;
const ASKED_SHARE = 0.9;
/** Exchanges of the server that the log must hold: of a part of them nobody knows who asked for what meanwhile. */
const LOGGED_SHARE = 0.99;

/** A request of the gateway's client, and what was asked behind for it. */
export interface Asked {
  readonly front: LoggedExchange;
  readonly backs: readonly LoggedExchange[];
  readonly startNs: number;
  readonly endNs: number;
}

/** Where and when the leg behind was captured, as far as what the gateway's addresses did there shows. */
export interface SeenBehind {
  readonly fromNs: number;
  readonly untilNs: number;
}

/** What is known of one gateway. */
export interface Gateway {
  readonly asked: readonly Asked[];
  /** What was asked behind for at some time ({@link wantedOf}). */
  readonly wanted: ReadonlySet<string>;
  /** When first a server's own answer 502, 503 or 504 was handed on, by what was asked for and its status ({@link failedText}). */
  readonly failed: ReadonlyMap<string, number>;
  /** Addresses of clients for whom it asked. */
  readonly clients: ReadonlySet<string>;
  /** Beside those: what its addresses asked for on their own, health checks among it. */
  readonly others: readonly LoggedExchange[];
  readonly addresses: ReadonlySet<string>;
  readonly seenBehind: SeenBehind;
  readonly inProgress: InProgress;
}

/** `null`: it is none, or the capture does not show what it asks. */
export function gatewayOf(
  endpoint: Endpoint,
  pairs: LegPairs,
  { servers }: Conclusion,
  attempts: UnaskedTally['attempts'],
): Gateway | null {
  const name = endpointText(endpoint);
  const own = servedBy(pairs).get(name) ?? [];
  const known = servers.known(endpoint);
  if (known === null || own.length < LOGGED_SHARE * known.exchanges) return null;
  const asked = own.flatMap((front): Asked[] => {
    const backs = pairs.backsOf(front);
    const [first] = backs;
    if (first === undefined) return [];
    return [{ front, backs, startNs: first.startNs, endNs: Math.max(...backs.map(({ endNs }) => endNs)) }];
  });
  asked.sort((one, other) => one.startNs - other.startNs || one.front.packet - other.front.packet);
  const answered = own.filter(({ status }) => status !== null && !isGatewayError(status));
  const withLeg = answered.filter((one) => pairs.backsOf(one).length > 0).length;
  if (withLeg < MIN_ASKED || withLeg < ASKED_SHARE * answered.length) return null;
  // Where no connection's beginning was captured, nor would be that of one that was refused.
  const begins = (server: Endpoint): boolean => (servers.known(server)?.accepted ?? 0) > 0;
  if (!begins(endpoint) && !asked.some(({ backs }) => backs.some(({ server }) => begins(server)))) return null;
  const addresses = new Set(asked.flatMap(({ backs }) => backs.map(({ client }) => client.address)));
  const others = pairs.exchanges.filter(
    (one) =>
      addresses.has(one.client.address) &&
      endpointText(one.server) !== name &&
      pairs.frontOf(one) === null &&
      pairs.backsOf(one).length === 0,
  );
  const wanted = new Set(asked.map(({ front }) => wantedOf(front)));
  const clients = new Set(asked.map(({ front }) => front.client.address));
  const unread = [...addresses].flatMap((address) => attempts.entries[address] ?? []);
  const seenBehind = seenIn([...asked.flatMap(({ backs }) => backs), ...others], unread);
  const failed = failedIn(asked);
  return { asked, wanted, failed, clients, others, addresses, seenBehind, inProgress: inProgressOf(asked) };
}

function failedIn(asked: readonly Asked[]): Map<string, number> {
  const first = new Map<string, number>();
  for (const { front, backs } of asked) {
    const { status, endNs } = front;
    if (status === null || !isGatewayError(status) || !backs.some((back) => back.status === status)) continue;
    const text = failedText(front, status);
    first.set(text, Math.min(endNs, first.get(text) ?? endNs));
  }
  return first;
}

/** What was asked for, and how it was answered. */
export function failedText(front: LoggedExchange, status: number): string {
  return `${status} ${wantedOf(front)}`;
}

/** The exchanges of each server. Of a run, which is over: made once, for all servers. */
function servedBy(pairs: LegPairs): ReadonlyMap<string, readonly LoggedExchange[]> {
  const known = SERVED.get(pairs);
  if (known !== undefined) return known;
  const served = new Map<string, LoggedExchange[]>();
  for (const one of pairs.exchanges) {
    const name = endpointText(one.server);
    const of = served.get(name);
    if (of === undefined) served.set(name, [one]);
    else of.push(one);
  }
  SERVED.set(pairs, served);
  return served;
}

const SERVED = new WeakMap<LegPairs, ReadonlyMap<string, readonly LoggedExchange[]>>();

function seenIn(behind: readonly LoggedExchange[], unread: readonly Attempts[]): SeenBehind {
  const begins = [...behind.map(({ startNs }) => startNs), ...unread.map(({ firstNs }) => firstNs)];
  const ends = [...behind.map(({ endNs }) => endNs), ...unread.map(({ lastNs }) => lastNs)];
  return {
    fromNs: begins.reduce((first, one) => Math.min(first, one), Number.POSITIVE_INFINITY),
    untilNs: ends.reduce((last, one) => Math.max(last, one), Number.NEGATIVE_INFINITY),
  };
}

/** Method, path and name: a gateway of several names asks for `/` of each elsewhere. */
export function wantedOf({ key, authority }: LoggedExchange): string {
  return `${key} ${authority ?? ''}`;
}
