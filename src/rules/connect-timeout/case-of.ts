/** One server's silences, with what the run knows of that server: whom it accepts, when it was alive, and who may speak in the name of its clients. */
import { isSameCapture } from '../../facts/packet-reference.js';
import { fisherExact, SIGNIFICANCE } from '../judgements/chance.js';
import { closedInFront, toldInFront, toldOfEach } from '../judgements/front-failures.js';
import { estimateTimer } from '../judgements/timer-estimate.js';
import { isServedOtherwise } from '../judgements/unmet-connection.js';
import { loggedExchanges } from '../observation/logged-exchange.js';
import { baselineOf } from '../observation/observation.js';
import type { Conclusion } from '../rule.js';
import { type Activity, nextActivity } from '../tally/activity.js';
import { laterOf, type Moment } from '../tally/earliest.js';
import type { ServerOccurrences } from '../tally/occurrences.js';
import { macsOf, type Presence, signsBetween } from '../tally/presence.js';
import type { ServerBaseline } from '../tally/server-baseline.js';
import { MAX_ACCEPTED_CLIENTS } from '../tally/server-figures.js';
import type { GatewayFailure, ServerKnown, ServersKnown } from '../tally/server-tally.js';
import { anyBetween, countFrom } from '../tally/time-counts.js';
import type { Case } from './case.js';
import type { Silence } from './incident.js';

/** What a host said on its link holds so long: neighbours remember it for about as long (RFC 4861 §10, RFC 1122 §2.3.2.1). */
const SHOWN_BEFORE_NS = 60_000_000_000;

/** A neighbour that is there answers within. */
const ANSWERED_WITHIN_NS = 1_000_000_000;

/** TTLs that hosts begin with: no router lies between. */
const OWN_TTLS: readonly number[] = [64, 128, 255];

/** The case of one server; see the head of this file. */
export function caseOf(one: ServerOccurrences<Silence>, { servers, presence, observation }: Conclusion): Case {
  const { items, first, count, lastNs, endpoint } = one;
  const known = servers.known(endpoint);
  const clients = [...new Set(items.map(({ client }) => client.address))].sort();
  const ports = servers.portsOf(endpoint.address);
  const meanwhile = amidAttempts(
    items,
    ports.map((port) => baselineOf(observation, port).activity),
  );
  const alive = meanwhile ?? latest(ports.flatMap(({ lastAccept, lastAnswer }) => [lastAccept, lastAnswer]));
  const accepted = known?.acceptedClients ?? [];
  const alsoAccepted = clients.some((client) => accepted.includes(client));
  const attempts = items.map(({ atNs, lastNs: endNs }) => ({
    beginNs: atNs,
    endNs,
    patienceNs: endNs - atNs,
    server: endpoint,
  }));
  const told = toldInFront(servers.gatewayFailures(), attempts);
  const toldOf = toldOfEach(told, attempts);
  const untilTold = items.flatMap(({ atNs }, at) => {
    const failure = toldOf[at] ?? null;
    return failure === null ? [] : [{ ageNs: failure.atNs - atNs, atNs: failure.atNs }];
  });
  return {
    silences: items,
    first,
    count,
    clients,
    known,
    alive,
    aliveWhen:
      alive === null
        ? null
        : alive.atNs <= first.atNs
          ? 'before'
          : alive.atNs <= Math.max(...items.map(({ lastNs: endNs }) => endNs))
            ? 'meanwhile'
            : 'afterwards',
    ...signsOf(one, presence, servers.all()),
    bySource:
      known !== null &&
      !alsoAccepted &&
      accepted.length > 0 &&
      accepted.length < MAX_ACCEPTED_CLIENTS &&
      anyBetween(known.acceptedAt, first.atNs, lastNs) !== false &&
      known.lastAccept !== null &&
      known.lastAccept.atNs > first.atNs,
    alsoAccepted,
    barred: known === null ? null : barredOf(one, known, baselineOf(observation, endpoint)),
    lastTaken:
      alsoAccepted && known?.lastAccept != null && known.lastAccept.atNs <= first.atNs ? known.lastAccept : null,
    borrower: borrowerOf(clients, one, known, servers.all()),
    mayBorrow: mayBorrowOf(clients, first, told, servers),
    fallsBack: (known?.accepted ?? 0) === 0 && isServedOtherwise(endpoint, count, servers.all()),
    told,
    toldOf,
    closed:
      told.length === 0
        ? []
        : closedInFront(loggedExchanges(observation.exchanges, observation.failures), told, attempts),
    timer: estimateTimer(untilTold, 0),
  };
}

/** Whether somebody has begun to drop what comes from these clients: a ban, after they had been served. */
function barredOf(
  { items, first, count }: ServerOccurrences<Silence>,
  { acceptedAt }: ServerKnown,
  { clients: { entries, size, limit } }: ServerBaseline,
): Case['barred'] {
  const since = new Map<string, number>();
  for (const { client, atNs } of items) if (!since.has(client.address)) since.set(client.address, atNs);
  const lasts = [...since].map(([address, fromNs]) => {
    const last = entries[address]?.lastAccept ?? null;
    return last !== null && last.atNs < fromNs ? last : null;
  });
  const last = latest(lasts);
  const other = latest(
    Object.entries(entries).map(([address, { lastAccept }]) => (since.has(address) ? null : lastAccept)),
  );
  // Of more clients than are kept, nobody can say that none of these was accepted since.
  if (last === null || lasts.includes(null) || other === null || other.atNs <= first.atNs || size >= limit) return null;
  // That all of these are dropped and none of the others may be chance where they are few.
  return fisherExact(count, 0, 0, countFrom(acceptedAt, first.atNs)) < SIGNIFICANCE ? { last, other } : null;
}

/** What its host showed beside TCP: shortly before the first SYN, or until the last try. */
function signsOf(
  { items, first, endpoint: { address } }: ServerOccurrences<Silence>,
  presence: Presence,
  all: readonly ServerKnown[],
): Pick<Case, 'shown' | 'station' | 'askedInVain'> {
  const fromNs = first.atNs - SHOWN_BEFORE_NS;
  const untilNs = Math.max(...items.map(({ lastNs }) => lastNs)) + ANSWERED_WITHIN_NS;
  const macs = macsOf(presence, address);
  const stations =
    macs.length === 0
      ? []
      : all.filter(({ firstAccept }) => firstAccept?.mac != null && macs.includes(firstAccept.mac));
  // A router that speaks for hosts behind it says nothing of them.
  const isRouter = stations.some(({ firstAccept }) => hasCrossedRouter(firstAccept?.ttl ?? null));
  const onLink = isRouter ? [] : signsBetween(presence, address, 'neighbour', fromNs, untilNs);
  const last = onLink.at(-1) ?? null;
  const ping = signsBetween(presence, address, 'echo', fromNs, untilNs).at(-1) ?? null;
  const station = stations.find((other) => other.address !== address);
  // Asked just now, it may still answer.
  const sinceNs = Math.max(fromNs, last?.atNs ?? fromNs);
  const asked = signsBetween(presence, address, 'asked', sinceNs, untilNs - ANSWERED_WITHIN_NS);
  return {
    shown:
      ping !== null && (last === null || ping.atNs > last.atNs)
        ? { ...ping, how: 'ping' }
        : last && { ...last, how: 'link' },
    station:
      station?.firstAccept == null || isRouter ? null : { address: station.address, accept: station.firstAccept },
    askedInVain: isRouter || ping !== null ? [] : asked,
  };
}

/**
 * A server to which several of these clients are connected: it asks in their names. Link-layer addresses say so,
 * within one capture; whoever sends the SYNs is on the link, or they would have crossed a router.
 */
function borrowerOf(
  clients: readonly string[],
  { first, items }: ServerOccurrences<Silence>,
  own: ServerKnown | null,
  all: readonly ServerKnown[],
): Case['borrower'] {
  const { mac, ttl, packet } = first;
  if (clients.length < 2 || mac === null || hasCrossedRouter(ttl)) return null;
  const lastNs = Math.max(...items.map((silence) => silence.lastNs));
  for (const { address, port, firstAccept, acceptedClients } of all) {
    if (address === own?.address || firstAccept?.clientMac == null) continue;
    if (!isSameCapture(firstAccept.packet, packet) || firstAccept.atNs > lastNs) continue;
    // The clients themselves would send with the link-layer source that they have elsewhere.
    if (firstAccept.clientMac === mac) continue;
    const borrowed = clients.filter((client) => acceptedClients.includes(client));
    if (borrowed.length >= 2) return { address, port, accept: firstAccept };
  }
  return null;
}

/** See {@link Case.mayBorrow}. */
function mayBorrowOf(
  clients: readonly string[],
  { mac, ttl, packet }: Silence,
  told: readonly GatewayFailure[],
  servers: ServersKnown,
): Case['mayBorrow'] {
  if (hasCrossedRouter(ttl)) return null;
  for (const failure of told) {
    const front = servers.known(failure);
    if (front?.firstAccept == null) continue;
    const { firstAccept } = front;
    if (mac !== null && firstAccept.clientMac !== null && isSameCapture(firstAccept.packet, packet)) continue;
    const borrowed = clients.filter((client) => front.acceptedClients.includes(client));
    if (borrowed.length >= 2) return { address: front.address, port: front.port, accept: firstAccept };
  }
  return null;
}

function hasCrossedRouter(ttl: number | null): boolean {
  return ttl !== null && !OWN_TTLS.includes(ttl);
}

/** The first sign of life while the client of an attempt waited for an answer. */
function amidAttempts(items: readonly Silence[], activities: readonly Activity[]): Moment | null {
  for (const { atNs, lastNs } of items)
    for (const activity of activities)
      for (const kind of ['answer', 'accept'] as const) {
        const sign = nextActivity(activity, kind, atNs, lastNs - atNs);
        if (sign !== null) return sign;
      }
  return null;
}

function latest(moments: readonly (Moment | null)[]): Moment | null {
  const last = moments.reduce<Moment | null>(laterOf, null);
  return last === null ? null : { atNs: last.atNs, packet: last.packet };
}
