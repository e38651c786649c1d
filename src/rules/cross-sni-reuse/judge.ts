/** What the run as a whole says of each pair of names. */
import type { Confidence } from '../../facts/finding.js';
import { CONFIDENCES } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { lowered } from '../judgements/capture-guards.js';
import { fisherExact, SIGNIFICANCE } from '../judgements/chance.js';
import { type LegPairs, legPairsOf } from '../judgements/leg-pairing.js';
import { RETRY_WITHIN_NS, retryOutcome } from '../judgements/retries.js';
import { type LoggedExchange, type Try, triesOf } from '../observation/logged-exchange.js';
import type { Observation } from '../observation/observation.js';
import type { Conclusion } from '../rule.js';
import { isQuicName } from '../tally/name-answers.js';
import type { Basis, Case, JudgedReuse, ReuseKind } from './case.js';
import { helloKey } from './contacts.js';
import { areAliases, MISDIRECTED, type Reuse } from './reuse.js';
import { type CrossSniReuseTally, isMissing, type OwnAnswers, type Pair, pairsOf } from './tally.js';

/** Pages known of a name's own answers, beyond which it makes a new one each time. */
const MANY_PAGES = 4;

/** All cases of a run, in the order of the pairs. */
export function casesOf(tally: CrossSniReuseTally, conclusion: Conclusion, droppedPackets: number): Case[] {
  if (tally.pairs.size === 0) return [];
  const legs = legPairsOf(conclusion.observation);
  const behind = behindOf(legs);
  const servers = new Set(legs.exchanges.map(({ server }) => server.address));
  return pairsOf(tally).flatMap((pair) => [
    ...refusedCases(pair, tally, conclusion, servers, droppedPackets),
    ...servedCases(pair, tally, { legs, behind, servers }, droppedPackets),
  ]);
}

interface Surroundings {
  readonly legs: LegPairs;
  /** By server, name of the connection and name asked for: the back exchanges that served them. */
  readonly behind: ReadonlyMap<string, readonly LoggedExchange[]>;
  readonly servers: ReadonlySet<string>;
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
  servers: ReadonlySet<string>,
  droppedPackets: number,
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
    const sure = isFollowed ? 'certain' : 'possible';
    return [
      caseOf(pair, kind, 'none', sure, reuses, servers, droppedPackets, {
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
function servedCases(
  pair: Pair,
  tally: CrossSniReuseTally,
  { legs, behind, servers }: Surroundings,
  droppedPackets: number,
): Case[] {
  const { items } = pair.servedItems;
  if (items.length === 0) return [];
  const server = endpointText(pair.server);
  const reused = behind.get(behindKey(server, pair.openedFor, pair.name)) ?? [];
  const right = behind.get(behindKey(server, pair.name, pair.name)) ?? [];
  const own = behind.get(behindKey(server, pair.openedFor, pair.openedFor)) ?? [];
  const { kind, basis, confidence, contrasts } = verdictOf(pair, tally, { reused, right, own });
  const isQuiet = pair.forwarded > 0 || pair.offered > 0 || pair.withOwn === 0 || isClientServer(pair, servers);
  // A gateway's pool, what the server offered, a fixed name in a proxy's configuration: meant to be so.
  if (isQuiet && kind !== 'misrouted') return [];
  const reuses = items.map((reuse) => ({
    reuse,
    back: legs.backsOf(reuse).at(-1) ?? null,
    contrast: contrasts.get(reuse) ?? null,
    retry: null,
  }));
  return [
    caseOf(pair, kind, basis, confidence, reuses, servers, droppedPackets, {
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

interface Verdict {
  readonly kind: Extract<ReuseKind, 'misrouted' | 'harmless' | 'undecided'>;
  readonly basis: Basis;
  readonly confidence: Confidence;
  readonly contrasts: ReadonlyMap<Reuse, JudgedReuse['contrast']>;
}

interface Behind {
  readonly reused: readonly LoggedExchange[];
  readonly right: readonly LoggedExchange[];
  readonly own: readonly LoggedExchange[];
}

function verdictOf(pair: Pair, tally: CrossSniReuseTally, behind: Behind): Verdict {
  const { openedFor, name } = pair;
  const { items } = pair.servedItems;
  const byServers = byServersBehind(behind, openedFor, name);
  const answers = items.map((reuse) => ({
    reuse,
    right: tally.answers.entries[reuse.answerKey] ?? null,
    own: tally.answers.entries[reuse.ownAnswerKey] ?? null,
  }));
  const given = answers.filter(({ reuse, own }) => reuse.isHtml && isPageOf(reuse, own));
  // The same place, and other content there: what answers does tell the names apart.
  const isToldApart = answers.some(({ reuse, own }) => isKnownOtherwise(reuse, own));
  const isOthersPage = given.filter(({ reuse, right }) => isKnownOtherwise(reuse, right));
  if (byServers !== null) {
    // Two things that have nothing to do with each other say the same: who answered, and with what.
    const isShownTwice = byServers.kind === 'misrouted' && isOthersPage.length > 0;
    const contrasts = new Map(items.map((reuse) => [reuse, byServers.contrast]));
    return { ...byServers, confidence: isShownTwice ? 'certain' : byServers.confidence, contrasts };
  }
  const contrastOf = (found: readonly { reuse: Reuse; right: OwnAnswers | null; own: OwnAnswers | null }[]) =>
    new Map(found.map(({ reuse, right, own }) => [reuse, contrastIn(reuse, right, own, pair)]));
  const isSameServer = behind.reused.length > 0 && isWithin(behind.reused, behind.own) && behind.right.length === 0;
  if (isOthersPage.length > 0)
    return {
      kind: 'misrouted',
      basis: 'other-page',
      confidence: isSameServer ? 'certain' : 'likely',
      contrasts: contrastOf(isOthersPage),
    };
  const missed = answers.filter(
    ({ reuse, right }) => isMissing(reuse.status) && right !== null && right.found > 0 && right.missing === 0,
  );
  const contradicting = answers.some(
    ({ reuse, right }) => reuse.status !== null && reuse.status < 400 && right !== null && right.found > 0,
  );
  if (missed.length > 0 && !contradicting)
    return {
      kind: 'misrouted',
      basis: 'not-found',
      confidence: missed.length > 1 ? 'likely' : 'possible',
      contrasts: contrastOf(missed),
    };
  const equal = answers.filter(({ reuse, right }) => isPageOf(reuse, right));
  if (equal.length > 0)
    return { kind: 'harmless', basis: 'same-answer', confidence: 'likely', contrasts: contrastOf(equal) };
  if (given.length > 0 && !isToldApart && !areAliases(openedFor, name)) {
    const basis = isSameServer ? 'same-page-and-server' : 'same-page';
    return {
      kind: isSameServer ? 'misrouted' : 'undecided',
      basis,
      confidence: isSameServer ? 'likely' : 'possible',
      contrasts: contrastOf(given),
    };
  }
  return { kind: 'undecided', basis: 'none', confidence: 'possible', contrasts: new Map() };
}

/** What the servers behind say; `null`: nothing that decides. */
function byServersBehind(
  { reused, right, own }: Behind,
  openedFor: string,
  name: string,
): (Omit<Verdict, 'contrasts'> & { readonly contrast: JudgedReuse['contrast'] }) | null {
  if (reused.length === 0) return null;
  const [firstRight, firstOwn] = [right[0], own[0]];
  if (firstRight !== undefined && isApart(reused, right) && isApart(own, right) && isWithin(reused, own)) {
    // Chance would have to send all that comes on connections of the one name to one place, and all of the other's to another.
    const p = fisherExact(reused.length + own.length, 0, 0, right.length);
    return {
      kind: 'misrouted',
      basis: 'other-server',
      confidence: p < SIGNIFICANCE ? 'certain' : 'likely',
      contrast: contrastAt(
        firstRight,
        `on a connection of its own, ${name} is served by ${endpointText(firstRight.server)}`,
      ),
    };
  }
  if (firstRight !== undefined && isWithin(reused, right) && !isWithin(reused, own))
    return {
      kind: 'harmless',
      basis: 'same-server',
      confidence: 'certain',
      contrast: contrastAt(firstRight, `${name} on a connection of its own, served by the same server`),
    };
  if (firstOwn !== undefined && isApart(reused, own))
    return {
      kind: 'harmless',
      basis: 'by-name',
      confidence: fisherExact(reused.length, 0, 0, own.length) < SIGNIFICANCE ? 'certain' : 'likely',
      contrast: contrastAt(firstOwn, `${openedFor} itself is served by ${endpointText(firstOwn.server)}`),
    };
  return null;
}

function contrastAt(exchange: LoggedExchange, note: string): JudgedReuse['contrast'] {
  return { atNs: exchange.startNs, packet: exchange.packet, note, elsewhere: true };
}

function contrastIn(
  reuse: Reuse,
  right: OwnAnswers | null,
  own: OwnAnswers | null,
  { name, openedFor }: Pair,
): JudgedReuse['contrast'] {
  if (right?.first != null) {
    const same = isPageOf(reuse, right) ? 'the same page' : right.found > 0 ? 'another answer' : 'an answer';
    const { packet, atNs } = right.first;
    return { packet, atNs, note: `${same} for ${name} on a connection of its own`, elsewhere: true };
  }
  if (own?.first == null) return null;
  const { packet, atNs, stream } = own.first;
  const note = `the same page, byte for byte as far as compared, for ${openedFor}`;
  return { packet, atNs, note, ...(stream === reuse.stream ? {} : { elsewhere: true as const }) };
}

/** What is given there is known, does not change each time, and is something else. */
function isKnownOtherwise(reuse: Reuse, answers: OwnAnswers | null): boolean {
  if (reuse.page === null || answers === null) return false;
  return answers.pages.length > 0 && answers.pages.length < MANY_PAGES && !answers.pages.includes(reuse.page);
}

function isPageOf({ page }: Reuse, answers: OwnAnswers | null): boolean {
  return page !== null && (answers?.pages.includes(page) ?? false);
}

function namesOf(backs: readonly LoggedExchange[]): string[] {
  return [...new Set(backs.map(({ server }) => endpointText(server)))].sort();
}

function isWithin(some: readonly LoggedExchange[], all: readonly LoggedExchange[]): boolean {
  const known = namesOf(all);
  return namesOf(some).every((server) => known.includes(server));
}

function isApart(some: readonly LoggedExchange[], others: readonly LoggedExchange[]): boolean {
  const known = namesOf(others);
  return namesOf(some).every((server) => !known.includes(server));
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
  kind: ReuseKind,
  basis: Basis,
  sure: Confidence,
  reuses: readonly JudgedReuse[],
  servers: ReadonlySet<string>,
  droppedPackets: number,
  more: Pick<Case, 'occurrences'> & Partial<Pick<Case, 'backends' | 'ownBack' | 'passesThrough' | 'unfollowed'>>,
): Case {
  const steps = Math.min(pair.steps + (droppedPackets > 0 ? 1 : 0), CONFIDENCES.length - 1);
  const { server, openedFor, name, covering, notCovering, lastNs } = pair;
  return {
    kind,
    basis,
    pair: { server, openedFor, name, covering, notCovering, lastNs, isOffered: pair.offered > 0 },
    confidence: lowered(sure, steps),
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
