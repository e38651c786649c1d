/**
 * Which exchange on the back leg of a proxy served which on its front leg, where one run shows both
 * (docs/judging.md). Once it is known, what befell a back exchange (a reset, a wrong server) explains
 * what the client was told.
 *
 * Two exchanges are legs of one request when the back one lies within the front one (its request not
 * before the front's, its answer not behind; without an answer, the front's tells of a failure, or came to nothing not long before), asks for the same by the same method, and the two are
 * kin: the same request id; or the back one is forwarded for the front one's client; or the same
 * User-Agent. That alone may be chance, so that the hosts must be linked too: the front's server is
 * the back's client; or a request id or X-Forwarded-For says so; or all that a host asks for (or a
 * server is asked for), and no less than {@link MIN_NESTED}, lies within exchanges of that front, for
 * the same name (or address and port) or over the loopback interface.
 * Where several exchanges could be the front of one, nothing is said of it; but where that one failed, and a single
 * one of them tells of a failure, and could tell of no other, this is its front.
 */
import type { Endpoint } from '../../facts/endpoint.js';
import { endpointText } from '../../text/address.js';
import { type LoggedExchange, loggedExchanges } from '../observation/logged-exchange.js';
import type { Observation } from '../observation/observation.js';
import { isGatewayError } from './gateway-error.js';

/** So many exchanges, each of them nested, are no chance any more. */
const MIN_NESTED = 3;
/** Exchanges of one key under way at a time that are told apart; of more, none is paired. */
const MAX_OPEN = 64;

/** A proxy whose client has left leaves its server this soon. */
const LEFT_WITHIN_NS = 1_000_000_000;

/** A proxy that does not try again tells its client of a failure this soon. */
const TOLD_WITHIN_NS = 1_000_000_000;

/** What names an exchange: its connection and its place there. */
type ExchangeId = Pick<LoggedExchange, 'stream' | 'index'>;

/** See the head of this file. */
export interface LegPairs {
  /** The exchanges that served this one, in order of time: several where the proxy tried again. None: not known. */
  backsOf(front: ExchangeId): readonly LoggedExchange[];
  /** The exchange that this one served; `null`: not known. */
  frontOf(back: ExchangeId): LoggedExchange | null;
  /**
   * Whether one may have served the other, by their ends and by what both carry; that they lie in time
   * within one another is not asked. Nothing speaks against one that is not kept.
   */
  mayServe(front: ExchangeId, back: ExchangeId): boolean;
  /** The exchange itself; `null`: it is not kept. */
  exchangeOf(id: ExchangeId): LoggedExchange | null;
  /** All exchanges among which they were found. */
  readonly exchanges: readonly LoggedExchange[];
}

/** A back exchange and one that may be its front. */
interface Proposal {
  readonly front: LoggedExchange;
  readonly back: LoggedExchange;
}

/** The pairs of a run, which is over: made once, for all rules. */
export function legPairsOf({ exchanges, failures }: Pick<Observation, 'exchanges' | 'failures'>): LegPairs {
  const known = PAIRS.get(exchanges);
  if (known !== undefined) return known;
  const pairs = pairLegs(loggedExchanges(exchanges, failures));
  PAIRS.set(exchanges, pairs);
  return pairs;
}

const PAIRS = new WeakMap<Observation['exchanges'], LegPairs>();

/** Pairs all legs that are kept. */
function pairLegs(items: readonly LoggedExchange[]): LegPairs {
  const proposals = proposalsOf(items);
  const links = linksOf(items, proposals);
  const fronts = new Map<string, LoggedExchange>();
  const backs = new Map<string, LoggedExchange[]>();
  const pair = (front: LoggedExchange, back: LoggedExchange): void => {
    fronts.set(idOf(back), front);
    const known = backs.get(idOf(front));
    if (known === undefined) backs.set(idOf(front), [back]);
    else known.push(back);
  };
  const untold: (readonly Proposal[])[] = [];
  for (const group of proposals.values()) {
    const linked = nearestOf(group.filter((one) => links.has(linkOf(one))));
    const front = frontAmong(linked, links);
    const back = linked[0]?.back;
    if (back === undefined) continue;
    if (front !== null) pair(front, back);
    else if (back.status === null) untold.push(linked);
  }
  for (const { front, back } of toldOnce(untold, (front) => backs.has(idOf(front)))) pair(front, back);
  for (const served of backs.values()) served.sort(byTime);
  let byId: ReadonlyMap<string, LoggedExchange> | null = null;
  const exchangeOf = (id: ExchangeId): LoggedExchange | null => {
    byId ??= new Map(items.map((item) => [idOf(item), item]));
    return byId.get(idOf(id)) ?? null;
  };
  return {
    backsOf: (front) => backs.get(idOf(front)) ?? [],
    frontOf: (back) => fronts.get(idOf(back)) ?? null,
    mayServe: (front, back) => {
      const [before, behind] = [exchangeOf(front), exchangeOf(back)];
      return before === null || behind === null || (canBeLegs(behind, before) && !isOfAnother(behind, before));
    },
    exchangeOf,
    exchanges: items,
  };
}

/** Whether one exchange may have served another but for their times: by their ends, and by what both carry. */
export function mayBeLegs(back: LoggedExchange, front: LoggedExchange): boolean {
  return canBeLegs(back, front) && isKin(back, front);
}

/** For each exchange that lies within others and is kin to them, those others. */
function proposalsOf(items: readonly LoggedExchange[]): Map<string, Proposal[]> {
  const byKey = new Map<number, LoggedExchange[]>();
  for (const item of items) {
    const known = byKey.get(item.key);
    if (known === undefined) byKey.set(item.key, [item]);
    else known.push(item);
  }
  const proposals = new Map<string, Proposal[]>();
  for (const group of byKey.values()) {
    if (group.length < 2) continue;
    group.sort(byTime);
    let open: LoggedExchange[] = [];
    for (const back of group) {
      open = open.filter(({ endNs }) => endNs >= back.startNs);
      const found = open.length > MAX_OPEN ? [] : open.filter((front) => isWithin(back, front) && isKin(back, front));
      if (found.length > 0)
        proposals.set(
          idOf(back),
          found.map((front) => ({ front, back })),
        );
      open.push(back);
    }
  }
  return proposals;
}

function isWithin(back: LoggedExchange, front: LoggedExchange): boolean {
  if (!canBeLegs(back, front) || front.startNs > back.startNs) return false;
  return back.endNs <= front.endNs || isGivenUp(back, front);
}

/**
 * A proxy told its client that it gave up: its kernel may go on to send what nobody acknowledges, or close later;
 * or its client left, and the proxy does so soon after.
 */
function isGivenUp(back: LoggedExchange, front: LoggedExchange): boolean {
  if (back.status !== null || back.startNs > front.endNs) return false;
  return front.status === null ? back.endNs <= front.endNs + LEFT_WITHIN_NS : isGatewayError(front.status);
}

/** Whether a proxy may have legs with these ends. */
function canBeLegs(back: LoggedExchange, front: LoggedExchange): boolean {
  if (back.stream === front.stream || endpointText(back.server) === endpointText(front.server)) return false;
  // A client that asks two servers at once is no proxy, unless both live on its own host.
  return back.client.address !== front.client.address || back.client.address === front.server.address;
}

function isKin(back: LoggedExchange, front: LoggedExchange): boolean {
  if (isSaid(back, front)) return true;
  if (isOfAnother(back, front) || back.agent !== front.agent) return false;
  return isSameName(back, front) || back.agent !== null;
}

/** What both carry says that they are not of one request: another id, another program. */
function isOfAnother(back: LoggedExchange, front: LoggedExchange): boolean {
  if (isSaid(back, front)) return false;
  const haveAgents = back.agent !== null && front.agent !== null;
  return (back.trace !== null && front.trace !== null) || (haveAgents && back.agent !== front.agent);
}

/** Whether a field of the back exchange says whose it is. */
export function isSaid(back: LoggedExchange, front: LoggedExchange): boolean {
  if (back.trace !== null && back.trace === front.trace) return true;
  return back.forwardedFor === front.client.address && back.client.address !== front.client.address;
}

/** Forwarded for the front's client, or for whom the front was: a proxy may add its client or not. */
function isForwardedAlike(back: LoggedExchange, front: LoggedExchange): boolean {
  return back.forwardedFor === front.client.address || back.forwardedFor === front.forwardedFor;
}

function isSameName(back: LoggedExchange, front: LoggedExchange): boolean {
  return back.authority !== null && back.authority === front.authority;
}

/** Front endpoint and back client that belong together. */
function linksOf(items: readonly LoggedExchange[], proposals: ReadonlyMap<string, readonly Proposal[]>): Set<string> {
  const links = new Set<string>();
  for (const group of proposals.values())
    for (const one of group) {
      const { front, back } = one;
      const isOneHost = front.server.address === back.client.address && !isLoopback(front.server);
      if (isOneHost || isSaid(back, front)) links.add(linkOf(one));
    }
  for (const groupOf of [
    ({ client }: LoggedExchange) => client.address,
    ({ server }: LoggedExchange) => endpointText(server),
  ])
    addNested(items, proposals, groupOf, links);
  return links;
}

/**
 * Links by nesting alone: all exchanges of a group lie within exchanges of one front, for the same name; on
 * the loopback interface for whichever, since a proxy may ask by a name of its own (nginx does unless told).
 */
function addNested(
  items: readonly LoggedExchange[],
  proposals: ReadonlyMap<string, readonly Proposal[]>,
  groupOf: (item: LoggedExchange) => string,
  links: Set<string>,
): void {
  const groups = new Map<string, { total: number; readonly nested: Map<string, Proposal[]> }>();
  for (const item of items) {
    const id = groupOf(item);
    let group = groups.get(id);
    if (group === undefined) {
      group = { total: 0, nested: new Map() };
      groups.set(id, group);
    }
    group.total += 1;
    const fronts = new Set<string>();
    for (const one of proposals.get(idOf(item)) ?? []) {
      const front = endpointText(one.front.server);
      if ((!isSameName(one.back, one.front) && !isOnItsHost(one)) || fronts.has(front)) continue;
      fronts.add(front);
      const known = group.nested.get(front);
      if (known === undefined) group.nested.set(front, [one]);
      else known.push(one);
    }
  }
  for (const { total, nested } of groups.values())
    for (const found of nested.values())
      if (found.length >= MIN_NESTED && found.length === total) for (const one of found) links.add(linkOf(one));
}

/**
 * Of failed exchanges, each with the fronts that it may have: those whose front alone tells of a failure soon after,
 * and of which no other one may be the reason.
 */
function toldOnce(untold: readonly (readonly Proposal[])[], isTaken: (front: LoggedExchange) => boolean): Proposal[] {
  const told = untold.map((group) => group.filter((one) => tellsOf(one) && !isTaken(one.front)));
  const times = new Map<LoggedExchange, number>();
  for (const { front } of told.flat()) times.set(front, (times.get(front) ?? 0) + 1);
  return told.flatMap((group) => {
    const [only] = group;
    return only !== undefined && group.length === 1 && times.get(only.front) === 1 ? [only] : [];
  });
}

/** The front failed as what is behind it had. */
function tellsOf({ front, back }: Proposal): boolean {
  const { status, endNs } = front;
  return status !== null && isGatewayError(status) && endNs >= back.endNs && endNs - back.endNs <= TOLD_WITHIN_NS;
}

/** Those of the possible fronts for which most speaks. */
function nearestOf(found: readonly Proposal[]): readonly Proposal[] {
  let left = found;
  for (const isBetter of [
    ({ back, front }: Proposal) => back.trace !== null && back.trace === front.trace,
    ({ back, front }: Proposal) => back.client.address === front.server.address,
    ({ back, front }: Proposal) => back.forwardedFor !== null && isForwardedAlike(back, front),
    ({ back, front }: Proposal) => isSameName(back, front),
  ]) {
    const better = left.filter(isBetter);
    if (better.length > 0) left = better;
  }
  return left;
}

/** The front among those that are possible: the only one; or, through several proxies, the innermost. */
function frontAmong(left: readonly Proposal[], links: ReadonlySet<string>): LoggedExchange | null {
  const innermost = left.reduce<Proposal | null>(
    (best, one) => (best === null || byTime(best.front, one.front) < 0 ? one : best),
    null,
  );
  if (innermost === null) return null;
  const isInAll = left.every(
    ({ front }) =>
      front === innermost.front ||
      (isWithin(innermost.front, front) && links.has(linkOf({ front, back: innermost.front }))),
  );
  return isInAll ? innermost.front : null;
}

function linkOf({ front, back }: Proposal): string {
  return `${endpointText(front.server)} ${back.client.address}`;
}

function idOf({ stream, index }: ExchangeId): string {
  return `${stream} ${index}`;
}

function byTime(one: LoggedExchange, other: LoggedExchange): number {
  return one.startNs - other.startNs || one.stream - other.stream || one.index - other.index;
}

/** The back leg is within the host that has the front's address, as far as a capture can tell. */
function isOnItsHost({ front, back }: Proposal): boolean {
  return isLoopback(back.client) && !isLoopback(front.server);
}

function isLoopback({ address }: Endpoint): boolean {
  return address.startsWith('127.') || address === '::1';
}
