/** What the run as a whole says of each pair of names. */
import { CONFIDENCES } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { lowered } from '../judgements/capture-guards.js';
import { type LegPairs, legPairsOf } from '../judgements/leg-pairing.js';
import { RETRY_WITHIN_NS, retryOutcome } from '../judgements/retries.js';
import { type LoggedExchange, type Try, triesOf } from '../observation/logged-exchange.js';
import type { Observation } from '../observation/observation.js';
import type { Conclusion } from '../rule.js';
import { isQuicName } from '../tally/name-answers.js';
import type { Case, JudgedReuse } from './case.js';
import { helloKey } from './contacts.js';
import { MISDIRECTED, type Reuse } from './reuse.js';
import { type CrossSniReuseTally, type Pair, pairsOf } from './tally.js';
import { namesOf, verdictOf } from './verdict.js';

/** All cases of a run, in the order of the pairs. */
export function casesOf(tally: CrossSniReuseTally, conclusion: Conclusion, droppedPackets: number): Case[] {
  if (tally.pairs.size === 0) return [];
  const legs = legPairsOf(conclusion.observation);
  const behind = behindOf(legs);
  const servers = new Set(legs.exchanges.map(({ server }) => server.address));
  const surroundings = { legs, behind, servers, droppedPackets };
  return pairsOf(tally).flatMap((pair) => [
    ...refusedCases(pair, tally, conclusion, surroundings),
    ...servedCases(pair, tally, surroundings),
  ]);
}

/** What of the whole run tells of a pair. */
interface Surroundings {
  readonly legs: LegPairs;
  /** By server, name of the connection and name asked for: the back exchanges that served them. */
  readonly behind: ReadonlyMap<string, readonly LoggedExchange[]>;
  /** Addresses of all servers. */
  readonly servers: ReadonlySet<string>;
  readonly droppedPackets: number;
}

function behindOf(legs: LegPairs): Map<string, LoggedExchange[]> {
  const behind = new Map<string, LoggedExchange[]>();
  for (const front of legs.exchanges) {
    if (front.serverName === null || front.authority === null) continue;
    const back = legs.backsOf(front).at(-1);
    if (back === undefined) continue;
    const key = behindKey(endpointText(front.server), front.serverName, front.authority);
    const known = behind.get(key);
    if (known === undefined) behind.set(key, [back]);
    else known.push(back);
  }
  for (const backs of behind.values())
    backs.sort((one, other) => one.startNs - other.startNs || one.stream - other.stream);
  return behind;
}

function behindKey(server: string, openedFor: string, name: string): string {
  return `${server} ${openedFor} ${name}`;
}

/** The requests that were answered by 421: those that a retry made good, and the others. */
function refusedCases(
  pair: Pair,
  tally: CrossSniReuseTally,
  { nameAnswers, observation }: Conclusion,
  surroundings: Surroundings,
): Case[] {
  const found: Record<'rejected' | 'retried', JudgedReuse[]> = { rejected: [], retried: [] };
  let unfollowed = 0;
  for (const reuse of pair.refusedItems.items) {
    const refusedNs = reuse.answer?.atNs ?? reuse.atNs;
    const tries = triesForName(reuse, pair.name, observation);
    const hellos = tally.hellos.entries[helloKey(reuse.client.address, pair.name)]?.items ?? [];
    const followed = retryOutcome(tries, reuse.stream, refusedNs, observation.endNs);
    // A retry that nobody could read: on a connection without keys, or by QUIC.
    const mayBeUnseen =
      !tally.isWhole ||
      isQuicName(nameAnswers, pair.name) ||
      hellos.some(({ atNs }) => atNs >= reuse.atNs && atNs - refusedNs <= RETRY_WITHIN_NS);
    const outcome = followed === 'not-retried' && mayBeUnseen ? 'unknown' : followed;
    if (outcome === 'unknown') unfollowed += 1;
    const again = tries?.find(
      ({ stream, startNs, status }) =>
        stream !== reuse.stream && startNs >= refusedNs && startNs - refusedNs <= RETRY_WITHIN_NS && status > 0,
    );
    const hello = hellos.filter(({ atNs }) => again !== undefined && atNs <= again.startNs).at(-1) ?? null;
    const retry =
      outcome === 'answered' && again !== undefined
        ? { hello, atNs: again.startNs, packet: again.packet, status: again.status }
        : null;
    found[outcome === 'answered' ? 'retried' : 'rejected'].push({ reuse, back: null, contrast: null, retry });
  }
  return (['rejected', 'retried'] as const).flatMap((kind) => {
    const reuses = found[kind];
    if (reuses.length === 0) return [];
    const isFollowed = kind === 'retried' || unfollowed < reuses.length;
    const verdict = { kind, basis: 'none', confidence: isFollowed ? 'certain' : 'possible' } as const;
    return [
      caseOf(pair, verdict, reuses, surroundings, {
        occurrences: reuses.length,
        unfollowed: kind === 'rejected' ? unfollowed : 0,
      }),
    ];
  });
}

/** All tries of a request for a name, wherever they were sent. A 421 is no answer: it asks for another try. */
function triesForName(reuse: Reuse, name: string, { exchanges }: Observation): Try[] | null {
  const tries = triesOf(exchanges, reuse.retryKey);
  if (tries === null) return null;
  return tries
    .filter(({ authority }) => authority === name)
    .map((one) => (one.status === MISDIRECTED ? { ...one, status: 0 } : one));
}

/** The requests that were answered otherwise, or not at all. */
function servedCases(pair: Pair, tally: CrossSniReuseTally, surroundings: Surroundings): Case[] {
  const { legs, behind, servers } = surroundings;
  const { items } = pair.servedItems;
  if (items.length === 0) return [];
  const server = endpointText(pair.server);
  const reused = behind.get(behindKey(server, pair.openedFor, pair.name)) ?? [];
  const right = behind.get(behindKey(server, pair.name, pair.name)) ?? [];
  const own = behind.get(behindKey(server, pair.openedFor, pair.openedFor)) ?? [];
  const verdict = verdictOf(pair, tally, { reused, right, own });
  const isQuiet = pair.forwarded > 0 || pair.offered > 0 || pair.withOwn === 0 || isClientServer(pair, servers);
  // A gateway's pool, what the server offered, a fixed name in a proxy's configuration: meant to be so.
  if (isQuiet && verdict.kind !== 'misrouted') return [];
  const reuses = items.map((reuse) => ({
    reuse,
    back: legs.backsOf(reuse).at(-1) ?? null,
    contrast: verdict.contrasts.get(reuse) ?? null,
    retry: null,
  }));
  return [
    caseOf(pair, verdict, reuses, surroundings, {
      occurrences: pair.served,
      backends: { reused: namesOf(reused), right: namesOf(right), own: namesOf(own) },
      ownBack: own[0] ?? null,
      passesThrough: passedThrough(items, legs),
    }),
  ];
}

/** The clients are servers of other connections: proxies. */
function isClientServer({ servedItems, refusedItems }: Pair, servers: ReadonlySet<string>): boolean {
  return [...servedItems.items, ...refusedItems.items].every(
    ({ client, server }) => client.address !== server.address && servers.has(client.address),
  );
}

/** The back leg carries the same TLS: a ClientHello with the same name and of the same length, the same stream, a head of the same length. */
function passedThrough(items: readonly Reuse[], legs: LegPairs): LoggedExchange | null {
  for (const reuse of items)
    for (const back of legs.backsOf(reuse)) {
      const front = legs.frontOf(back);
      if (front === null || front.serverName === null || back.serverName !== front.serverName) continue;
      if (back.shape === front.shape) return back;
    }
  return null;
}

function caseOf(
  pair: Pair,
  { kind, basis, confidence }: Pick<Case, 'kind' | 'basis' | 'confidence'>,
  reuses: readonly JudgedReuse[],
  { servers, droppedPackets }: Surroundings,
  more: Pick<Case, 'occurrences'> & Partial<Pick<Case, 'backends' | 'ownBack' | 'passesThrough' | 'unfollowed'>>,
): Case {
  const steps = Math.min(pair.steps + (droppedPackets > 0 ? 1 : 0), CONFIDENCES.length - 1);
  const { server, openedFor, name, covering, notCovering, lastNs } = pair;
  return {
    kind,
    basis,
    pair: { server, openedFor, name, covering, notCovering, lastNs, isOffered: pair.offered > 0 },
    confidence: lowered(confidence, steps),
    reuses,
    isGateway: pair.forwarded > 0 || isClientServer(pair, servers),
    backends: { reused: [], right: [], own: [] },
    ownBack: null,
    passesThrough: null,
    servedAt: pair.servedItems.items.find(({ answer }) => answer !== null)?.answer ?? null,
    refusedAt: pair.refusedItems.items[0]?.answer ?? null,
    droppedPackets,
    unfollowed: 0,
    ...more,
  };
}
