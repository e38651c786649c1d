/** What was made of the requests for one name on connections opened for another: led astray, or harmless. */
import type { Confidence } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { fisherExact, SIGNIFICANCE } from '../judgements/chance.js';
import type { LoggedExchange } from '../observation/logged-exchange.js';
import type { Basis, JudgedReuse, ReuseKind } from './case.js';
import { areAliases, type Reuse } from './reuse.js';
import { type CrossSniReuseTally, isMissing, type OwnAnswers, type Pair } from './tally.js';

/** Pages known of a name's own answers, beyond which it makes a new one each time. */
const MANY_PAGES = 4;

/** What it is, and by what. */
export interface Verdict {
  readonly kind: Extract<ReuseKind, 'misrouted' | 'harmless' | 'undecided'>;
  readonly basis: Basis;
  readonly confidence: Confidence;
  readonly contrasts: ReadonlyMap<Reuse, JudgedReuse['contrast']>;
}

/** The back exchanges of a proxy that served requests. */
export interface Behind {
  /** For the name, on connections that were opened for the other. */
  readonly reused: readonly LoggedExchange[];
  /** For the name, on connections of its own. */
  readonly right: readonly LoggedExchange[];
  /** For the name that the connections were opened for, on those. */
  readonly own: readonly LoggedExchange[];
}

/** The verdict on the requests of a pair that were answered otherwise than by 421, or not at all. */
export function verdictOf(pair: Pair, tally: CrossSniReuseTally, behind: Behind): Verdict {
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

/** The servers of exchanges, each once, as text. */
export function namesOf(backs: readonly LoggedExchange[]): string[] {
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
