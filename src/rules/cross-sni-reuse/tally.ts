/**
 * What the rule keeps of a run: plain data whose merge is associative and commutative.
 *
 * Requests for another name are counted by server, name of the connection and name asked for; the
 * earliest of each are kept whole. Beside them stand what they are compared with: the answers on
 * connections of the right name, the legs of proxies, the requests that may be retries; and, for
 * connections that nobody could decrypt, whom each client had to do with.
 */
import type { Connection } from '../../facts/connection.js';
import type { Endpoint } from '../../facts/endpoint.js';
import { CONFIDENCES } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { hostNameOf } from '../../text/host-name.js';
import { guardSteps } from '../judgements/capture-guards.js';
import { requestKey } from '../observation/request-key.js';
import { type BoundedTable, boundedTable, entriesInOrder, entryOf, mergeTable } from '../tally/bounded-table.js';
import { addEarliest, type Earliest, earlierOf, earliest, type Moment, mergeEarliest } from '../tally/earliest.js';
import { type OpenConnections, openConnections, recalled, remembered } from '../tally/open-connections.js';
import { rankOfText } from '../tally/rank.js';
import { noteValue } from '../tally/server-baseline.js';
import { type Contacts, mergeContacts, newContacts, noteClearNames, noteContact } from './contacts.js';
import {
  answerKeyOf,
  covers,
  isForwarded,
  isHtml,
  MISDIRECTED,
  type NamedExchange,
  namedExchanges,
  openedFor,
  pageOf,
  type Reuse,
} from './reuse.js';

/** Pairs of names that are told apart, with up to {@link MAX_KEPT} requests of half a kilobyte of each kind. */
const MAX_PAIRS = 256;
const MAX_KEPT = 64;
/** Names of one connection that it is judged by as a whole. */
const MAX_NAMES = 64;
/** Requests whose answers are known for comparison: some 2 MB. */
const MAX_ANSWERS = 8192;
/** The requests for one name on connections of another, at one server. */
export interface Pair {
  readonly server: Endpoint;
  readonly openedFor: string;
  readonly name: string;
  /** Answered otherwise than by 421, or not at all. */
  served: number;
  readonly servedItems: Earliest<Reuse>;
  refused: number;
  readonly refusedItems: Earliest<Reuse>;
  /** Of them all, those that came through a gateway. */
  forwarded: number;
  /** Connections (or batches of exchanges) that carry requests for their own name too. */
  withOwn: number;
  /** Whether certificates that could be read are for both names. */
  covering: Moment | null;
  notCovering: Moment | null;
  /** The server said in an ORIGIN frame that it serves the name there. */
  offered: number;
  /** Steps that the capture's guards take from what is said of it: of the best-seen request. */
  steps: number;
  lastNs: number;
}

/** How a request is answered on connections of its own name. */
export interface OwnAnswers {
  found: number;
  missing: number;
  /** What it was given (see pageOf), no more than four. */
  readonly pages: number[];
  first: (Moment & { readonly stream: number }) | null;
}

/** What a connection was asked for. */
interface Shown {
  /** Names other than its own, a few. */
  readonly names: string[];
  hasOwn: boolean;
}

/** The rule's tally: plain data. */
export interface CrossSniReuseTally extends Contacts {
  reuses: number;
  readonly pairs: BoundedTable<Pair>;
  readonly answers: BoundedTable<OwnAnswers>;
  /** What connections that go on showed so far. */
  readonly open: OpenConnections<Shown>;
}

/** Nothing seen yet. */
export function newTally(): CrossSniReuseTally {
  return {
    reuses: 0,
    pairs: boundedTable(MAX_PAIRS),
    answers: boundedTable(MAX_ANSWERS),
    ...newContacts(),
    open: openConnections(),
  };
}

/** Enters a connection, or a batch of its exchanges. */
export function observe(connection: Connection, tally: CrossSniReuseTally): void {
  if (connection.exchangeOffset === 0) noteContact(connection, tally);
  const name = openedFor(connection);
  if (name === null) {
    if (connection.tls === null) noteClearNames(connection, tally);
    return;
  }
  const named = namedExchanges(connection);
  const server = endpointText(connection.server.endpoint);
  const { stream, goesOn, exchangeOffset } = connection;
  const shown = (exchangeOffset > 0 || goesOn ? remembered(tally.open, stream, newShown) : null) ?? newShown();
  for (const one of named) {
    if (one.name === name) {
      shown.hasOwn = true;
      noteOwn(one, server, stream, tally);
    } else if (noteReuse(one, connection, name, tally)) noteName(shown.names, one.name);
  }
  if (goesOn) return;
  recalled(tally.open, stream);
  for (const other of shown.names) {
    const pair = pairOf(tally, connection, name, other);
    if (pair !== null) notePair(pair, connection, shown.hasOwn);
  }
}

function pairOf(tally: CrossSniReuseTally, { server }: Connection, name: string, other: string): Pair | null {
  const { endpoint } = server;
  return entryOf(tally.pairs, `${endpointText(endpoint)} ${name} ${other}`, () => newPair(endpoint, name, other));
}

/** Adds all of `from`. */
export function mergeTally(into: CrossSniReuseTally, from: CrossSniReuseTally): void {
  into.reuses += from.reuses;
  mergeTable(into.pairs, from.pairs, ({ server, openedFor, name }) => newPair(server, openedFor, name), mergePair);
  mergeTable(into.answers, from.answers, newAnswers, mergeAnswers);
  mergeContacts(into, from);
}

/** The pairs, in an order that does not depend on who came first. */
export function pairsOf({ pairs }: CrossSniReuseTally): Pair[] {
  return entriesInOrder(pairs);
}

function noteName(names: string[], name: string): void {
  if (names.length < MAX_NAMES && !names.includes(name)) names.push(name);
}

function newShown(): Shown {
  return { names: [], hasOwn: false };
}

function noteOwn(
  { exchange, request, name }: NamedExchange,
  server: string,
  stream: number,
  tally: CrossSniReuseTally,
): void {
  const { response } = exchange;
  if (response === null) return;
  const answers = entryOf(tally.answers, answerKeyOf(server, name, request), newAnswers);
  if (answers === null) return;
  if (response.status >= 200 && response.status < 400) answers.found += 1;
  if (isMissing(response.status)) answers.missing += 1;
  const page = pageOf(response);
  if (page !== null) noteValue(answers.pages, page);
  answers.first = earlierOf(answers.first, { atNs: response.startNs, packet: response.firstPacket, stream });
}

/** The server knows no such thing: what a wrong one says. */
export function isMissing(status: number | null): boolean {
  return status === 404 || status === 400;
}

function noteReuse(
  { exchange, request, name }: NamedExchange,
  connection: Connection,
  openedForName: string,
  tally: CrossSniReuseTally,
): boolean {
  tally.reuses += 1;
  const { stream, client, server, tls, h2: spoken } = connection;
  const pair = pairOf(tally, connection, openedForName, name);
  const hello = tls?.clientHello ?? null;
  if (pair === null || hello === null) return false;
  const where = endpointText(server.endpoint);
  const { response, index, h2 } = exchange;
  const late = spoken?.lateResets.find((one) => one.h2Stream === exchange.h2Stream);
  const reset = h2?.reset ?? late ?? null;
  const reuse: Reuse = {
    atNs: request.startNs,
    packet: request.firstPacket,
    stream,
    index,
    client: client.endpoint,
    server: server.endpoint,
    hello: { atNs: hello.atNs, packet: hello.lastPacket },
    method: request.method,
    target: request.target,
    status: response?.status ?? null,
    answer: response === null ? null : { atNs: response.startNs, packet: response.firstPacket },
    reset: reset?.by === 'client' ? { atNs: reset.atNs, packet: reset.packet } : null,
    retryKey: requestKey(rankOfText(client.endpoint.address), request),
    answerKey: answerKeyOf(where, name, request),
    ownAnswerKey: answerKeyOf(where, openedForName, request),
    page: pageOf(response),
    isHtml: isHtml(response),
    isForwarded: isForwarded(request),
  };
  if (reuse.isForwarded) pair.forwarded += 1;
  pair.lastNs = Math.max(pair.lastNs, reuse.answer?.atNs ?? reuse.atNs);
  if (reuse.status === MISDIRECTED) {
    pair.refused += 1;
    addEarliest(pair.refusedItems, reuse);
  } else {
    pair.served += 1;
    addEarliest(pair.servedItems, reuse);
  }
  return true;
}

/** What the connection as a whole says of its pairs. */
function notePair(pair: Pair, connection: Connection, hasOwn: boolean): void {
  const { tls, h2 } = connection;
  if (hasOwn) pair.withOwn += 1;
  pair.steps = Math.min(pair.steps, guardSteps(connection));
  const isOffered = h2?.origins?.some((origin) => hostNameOf(origin.replace(/^https?:\/\//i, '')) === pair.name);
  if (isOffered === true) pair.offered += 1;
  const [leaf] = tls?.certificates.server ?? [];
  const serverHello = tls?.serverHello ?? null;
  if (leaf === undefined || serverHello === null) return;
  const moment = { atNs: serverHello.atNs, packet: serverHello.packet };
  const isForBoth = [pair.name, pair.openedFor].every((name) => covers(leaf.alternativeNames, name));
  if (isForBoth) pair.covering = earlierOf(pair.covering, moment);
  else if (leaf.alternativeNameCount === leaf.alternativeNames.length && leaf.alternativeNameCount > 0)
    pair.notCovering = earlierOf(pair.notCovering, moment);
}

function newPair(server: Endpoint, openedForName: string, name: string): Pair {
  return {
    server,
    openedFor: openedForName,
    name,
    served: 0,
    servedItems: earliest(MAX_KEPT),
    refused: 0,
    refusedItems: earliest(MAX_KEPT),
    forwarded: 0,
    withOwn: 0,
    covering: null,
    notCovering: null,
    offered: 0,
    steps: CONFIDENCES.length,
    lastNs: Number.NEGATIVE_INFINITY,
  };
}

function mergePair(into: Pair, from: Pair): void {
  into.served += from.served;
  into.refused += from.refused;
  into.forwarded += from.forwarded;
  into.withOwn += from.withOwn;
  into.offered += from.offered;
  mergeEarliest(into.servedItems, from.servedItems);
  mergeEarliest(into.refusedItems, from.refusedItems);
  into.covering = earlierOf(into.covering, from.covering);
  into.notCovering = earlierOf(into.notCovering, from.notCovering);
  into.steps = Math.min(into.steps, from.steps);
  into.lastNs = Math.max(into.lastNs, from.lastNs);
}

function newAnswers(): OwnAnswers {
  return { found: 0, missing: 0, pages: [], first: null };
}

function mergeAnswers(into: OwnAnswers, from: OwnAnswers): void {
  into.found += from.found;
  into.missing += from.missing;
  for (const page of from.pages) noteValue(into.pages, page);
  into.first = earlierOf(into.first, from.first);
}
