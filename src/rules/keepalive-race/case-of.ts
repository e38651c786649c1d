/**
 * What the run as a whole says of a server: its idle time-out, what it lost, or whether a loss is to come.
 */
import type { Endpoint } from '../../facts/endpoint.js';
import type { Confidence } from '../../facts/finding.js';
import { lowered } from '../judgements/capture-guards.js';
import { decideCapturePoint } from '../judgements/capture-point.js';
import type { AnsweredReuse } from '../judgements/idle-close.js';
import { idleTimeOf } from '../judgements/idle-expiry.js';
import { type IdleClose, MASS_CLOSE_NS } from '../judgements/idle-timeout.js';
import { NO_RETRIES } from '../judgements/retries.js';
import { baselineOf, type Observation } from '../observation/observation.js';
import type { Case, Timeout } from './case.js';
import { inMass, isAtExpiry, isExpiry, lossesOf, withoutMass } from './losses.js';
import { massClosesOf } from './mass-closes.js';
import type { KeepaliveRaceTally, ServerRaces } from './tally.js';

/** A request so shortly before the time-out, in parts of it and at least so long, will miss it one day. */
const NEAR_MISS_SHARE = 0.05;
const NEAR_MISS_NS = 200_000_000;
/** But never more than this part of the time-out. */
const NEAR_MOST = 0.2;
/** So many near misses are a habit. */
const HABIT = 3;

/** The case of one server; `null`: it lost nothing that the rule tells of, and nothing is to come. */
export function caseOf(
  endpoint: Endpoint,
  races: ServerRaces,
  tally: KeepaliveRaceTally,
  observation: Observation,
  droppedPackets: number,
): Case | null {
  const baseline = baselineOf(observation, endpoint);
  const longestAnswered = races.longest[0] ?? null;
  const timeout = timeoutOf(races.closes.items, longestAnswered);
  const mass = massClosesOf(races);
  const classes = Object.entries(races.classes.entries)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, each]) => each);
  const lost = classes
    .filter((each) => !isAtExpiry(each) || isExpiry(each, races))
    .map((each) => withoutMass(each, mass))
    .filter(({ count }) => count > 0);
  // That it was not read is arithmetic where the close came before it, whatever the server closed for.
  const lostInReload = classes
    .filter((each) => !isAtExpiry(each))
    .map((each) => inMass(each, mass))
    .filter(({ count }) => count > 0);
  const nearMisses = nearMissesOf(races.longest, timeout);
  const shared = {
    endpoint,
    connections: baseline.connections,
    capturePoint: decideCapturePoint(baseline.votes),
    timeout,
    clientTimeout: clientTimeoutOf(races, tally),
    announced: announcedOf(races),
    software: races.software.items[0] ?? null,
    reuses: races.reuses,
    longestAnswered,
    nearMisses,
    massClose: mass.first === null ? null : { packet: mass.first.packet, count: mass.packets.size },
    droppedPackets,
  };
  const inMassCloses = lostInReload.reduce((sum, { count }) => sum + count, 0);
  if (lost.length > 0) return { ...shared, ...lossesOf(lost, observation, droppedPackets, false), inMassCloses };
  if (inMassCloses > 0)
    return { ...shared, ...lossesOf(lostInReload, observation, droppedPackets, true), inMassCloses: 0 };
  return isOneMoment(races.closes.items) ? null : predicted(shared, observation);
}

function timeoutOf(closes: readonly IdleClose[], longest: AnsweredReuse | null): Timeout | null {
  const [first] = closes;
  const known = idleTimeOf(closes, longest?.idleNs ?? 0);
  if (first === undefined || known === null) return null;
  const { packet, atNs, stream } = first;
  return { ...known, packet, atNs, stream };
}

/** How long the clients that use this server's idle connections again keep them, where they were seen to close any. */
function clientTimeoutOf(races: ServerRaces, tally: KeepaliveRaceTally): Timeout | null {
  let longest: Timeout | null = null;
  for (const address of clientsOf(races)) {
    const closes = tally.clients.entries[address]?.items ?? [];
    const own = timeoutOf(closes, null);
    if (own?.isEstimate === true && (longest === null || own.seconds > longest.seconds)) longest = own;
  }
  return longest;
}

function clientsOf(races: ServerRaces): string[] {
  const lost = Object.values(races.classes.entries).flatMap(({ earliest: kept }) =>
    kept.items.map(({ client }) => client.address),
  );
  return [...new Set([...Object.keys(races.clients.entries), ...lost])].sort();
}

function announcedOf({ announced }: ServerRaces): Case['announced'] {
  const [said] = announced.items;
  const seconds = /(?:^|[\s,;])timeout=(\d{1,6})(?:$|[\s,;])/i.exec(said?.value ?? '')?.[1];
  return said === undefined || seconds === undefined ? null : { ...said, seconds: Number(seconds) };
}

function nearMissesOf(longest: readonly AnsweredReuse[], timeout: Timeout | null): AnsweredReuse[] {
  if (timeout === null || !timeout.isEstimate) return [];
  const timeoutNs = timeout.seconds * 1e9;
  const nearNs = Math.min(NEAR_MOST * timeoutNs, Math.max(NEAR_MISS_SHARE * timeoutNs, NEAR_MISS_NS));
  return longest.filter(({ idleNs }) => idleNs >= timeoutNs - nearNs);
}

/** Connections that were used together last, and closed together: once, which a server that is stopped does as well as a timer. */
function isOneMoment(closes: readonly IdleClose[]): boolean {
  const at = closes.map(({ atNs }) => atNs);
  return Math.max(...at) - Math.min(...at) <= MASS_CLOSE_NS;
}

type Shared = Omit<Case, keyof ReturnType<typeof lossesOf> | 'inMassCloses'>;

/** No request was lost yet, and one will be: clients use connections up to shortly before the server gives them up. */
function predicted(shared: Shared, { endNs }: Observation): Case | null {
  const { timeout, nearMisses, droppedPackets } = shared;
  if (timeout === null || nearMisses.length === 0) return null;
  const sure: Confidence = nearMisses.length >= HABIT ? 'likely' : 'possible';
  return {
    ...shared,
    kind: 'predicted',
    confidence: lowered(sure, droppedPackets > 0 ? 1 : 0),
    incidents: [],
    occurrences: nearMisses.length,
    sorts: { race: 0, stalePool: 0, abort: 0, expiry: 0 },
    encrypted: 0,
    healthChecks: 0,
    lastNs: Math.min(endNs, Math.max(...nearMisses.map(({ atNs }) => atNs))),
    inMassCloses: 0,
    lostReuse: null,
    requestsBefore: [],
    idempotent: 0,
    figures: 0,
    retries: NO_RETRIES,
    fronts: [],
  };
}
