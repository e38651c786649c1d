/** What the rule keeps of a run: per server its handshakes, those that failed by how, and who fared better. */
import type { Connection } from '../../facts/connection.js';
import type { TlsFacts } from '../../facts/tls.js';
import { type BoundedTable, boundedTable, entryOf, mergeKeys, mergeTable, noteKey } from '../tally/bounded-table.js';
import { addEarliest, type Earliest, earliest, type Moment, mergeEarliest } from '../tally/earliest.js';
import { absorbOccurrences, addOccurrence, newOccurrences, type Occurrences } from '../tally/occurrences.js';
import { mergePerServer, type PerServer, perServer, tallyOf } from '../tally/per-server.js';
import { goesWithout } from './certificate-answer.js';
import {
  CERTIFICATE_ALERTS,
  type Failure,
  failureOf,
  isHttp2Alone,
  leavingOf,
  succeeded,
  unchosenOf,
  unusedOf,
} from './failure.js';
import { askedWithin, tunnelIn } from './tunnel.js';
import { addFailure, MAX_FAILURES, mergeWay, newWay, type Way } from './way.js';

/** Clients and names told apart at one server. */
const MAX_VISITORS = 256;
/** Successes that a failure is compared with. */
const MAX_SUCCESSES = 16;

/** A client offers the versions that it speaks: who is refused with so many different sets of them looks for what the server takes. */
const SCANNED_OFFERS = 3;

/** How one client fared with one server name. */
interface Visitor {
  failed: number;
  lastFailedNs: number;
  lastSucceededNs: number;
}

/** A handshake that succeeded, by what may have decided it. */
export interface Success extends Moment {
  readonly serverName: string | null;
  readonly version: string | null;
}

/** One server, or all that is spoken in the tunnels of one proxy. */
export interface ServerTally {
  handshakes: number;
  succeeded: number;
  readonly successes: Earliest<Success>;
  /** The first connection in which HTTP/2 was chosen, or a client that offers nothing else went on. */
  readonly http2: Earliest<Moment>;
  /** By server name: answers other than 400 to clients that showed no certificate though one was asked for. */
  readonly without: BoundedTable<true>;
  /** By sign, sender and alert; where that cannot be read, by the client's certificate. */
  readonly failures: Record<string, Way>;
  /** Handshakes that went well and were not used, of which it is to be seen whether they failed. */
  readonly unused: Occurrences<Failure>;
  /** By client and what it called. */
  readonly visitors: BoundedTable<Visitor>;
  /** By client address: the sets of versions with which it was refused, at most {@link SCANNED_OFFERS}. */
  readonly offers: BoundedTable<string[]>;
}

/** The rule's tally. */
export interface HandshakeTally {
  readonly servers: PerServer<ServerTally>;
  /** By proxy. */
  readonly tunnels: PerServer<ServerTally>;
}

/** Nothing seen yet. */
export function newTally(): HandshakeTally {
  return { servers: perServer(), tunnels: perServer() };
}

/** Enters the handshakes of a connection, those within a tunnel too. */
export function noteConnection(connection: Connection, tally: HandshakeTally): void {
  for (let tls: TlsFacts | null = connection.tls; tls !== null; tls = tls.inner) {
    const where = tunnelIn(tls, connection) === null ? tally.servers : tally.tunnels;
    const server = tallyOf(where, connection.server.endpoint, newServer);
    if (server === null) continue;
    const refusal =
      succeeded(tls) && tls.alertCount === 0 && !isQuestionable(tls, connection) ? null : failureOf(tls, connection);
    if (goesWithout(tls, connection)) noteWithout(server, tls.clientHello?.serverNames[0] ?? null);
    const unused = refusal === null && tls === connection.tls ? unusedOf(tls, connection) : null;
    if (unused !== null) addOccurrence(server.unused, unused);
    const failure = refusal ?? leavingOf(tls, connection) ?? unchosenOf(tls, connection);
    if (failure === null) {
      if (succeeded(tls)) noteSuccess(tls, connection, server);
      if (tls.clientHello !== null) server.handshakes += 1;
      continue;
    }
    server.handshakes += 1;
    const key = `${failure.sign} ${failure.from} ${shownOf(failure)}`;
    let known = server.failures[key];
    if (known === undefined) {
      known = newWay();
      server.failures[key] = known;
    }
    addFailure(known, failure);
    const offers = entryOf<string[]>(server.offers, failure.client.address, () => []);
    if (offers !== null) noteOffer(offers, failure.versions.join(' '));
    const visitor = entryOf(server.visitors, visitorKey(failure.client.address, calledIn(failure)), newVisitor);
    if (visitor === null) continue;
    visitor.failed += 1;
    visitor.lastFailedNs = Math.max(visitor.lastFailedNs, failure.atNs);
  }
}

function noteWithout({ without }: ServerTally, serverName: string | null): void {
  noteKey(without, serverName ?? '');
}

/** Whether clients of the same name are answered without a certificate. */
export function isAnsweredWithout({ without }: ServerTally, { serverName }: Failure): boolean {
  return without.entries[serverName ?? ''] !== undefined;
}

function noteOffer(into: string[], offer: string): void {
  if (into.length < SCANNED_OFFERS && !into.includes(offer)) into.push(offer);
}

/** Whether a client tries what a server takes: it is refused with several offers, and gets in with another. */
export function isScanner({ offers, visitors }: ServerTally, failure: Failure): boolean {
  const { client } = failure;
  const visitor = visitors.entries[visitorKey(client.address, calledIn(failure))];
  return (
    (offers.entries[client.address]?.length ?? 0) >= SCANNED_OFFERS &&
    visitor !== undefined &&
    visitor.lastSucceededNs > Number.NEGATIVE_INFINITY
  );
}

/** What tells failures of one sign apart. Go’s servers have one alert for a certificate that is missing and one that is bad. */
function shownOf({ sign, from, alert, isChoiceKnown, clientCertificate }: Failure): string {
  if (alert !== null) {
    const isMissing = from === 'server' && clientCertificate === 'empty' && CERTIFICATE_ALERTS.has(alert);
    return isMissing ? `${alert} ${clientCertificate}` : String(alert);
  }
  if (sign === 'silent') return '';
  return sign === 'unchosen' ? String(isChoiceKnown) : String(clientCertificate);
}

/** Only where a client certificate was asked for may an answer say that the handshake failed. */
function isQuestionable(tls: TlsFacts, connection: Connection): boolean {
  return tls.certificateRequested === true && askedWithin(connection).length > 0;
}

function noteSuccess(tls: TlsFacts, connection: Connection, server: ServerTally): void {
  const { client, startNs, firstPacket } = connection;
  server.succeeded += 1;
  if (tls.serverHello?.alpn === 'h2' || isHttp2Alone(tls.clientHello?.alpn ?? []))
    addEarliest(server.http2, { atNs: startNs, packet: tls.serverHello?.packet ?? firstPacket });
  const serverName = tls.clientHello?.serverNames[0] ?? null;
  if (server.successes.items.length < MAX_SUCCESSES || startNs < (server.successes.items.at(-1)?.atNs ?? 0))
    addEarliest(server.successes, {
      atNs: startNs,
      packet: tls.serverHello?.packet ?? firstPacket,
      serverName: serverName?.slice(0, 255) ?? null,
      version: tls.serverHello?.version ?? null,
    });
  const visitor = entryOf(
    server.visitors,
    visitorKey(client.endpoint.address, tunnelIn(tls, connection)?.target ?? serverName),
    newVisitor,
  );
  if (visitor !== null) visitor.lastSucceededNs = Math.max(visitor.lastSucceededNs, startNs);
}

/** What the client called: in a tunnel where that leads, else the server's name. */
export function calledIn({ tunnel, serverName }: Pick<Failure, 'tunnel' | 'serverName'>): string | null {
  return tunnel ?? serverName;
}

/** What {@link ServerTally.visitors} are kept by. */
export function visitorKey(client: string, serverName: string | null): string {
  return `${client} ${serverName ?? ''}`;
}

/** Adds all of `from`. */
export function mergeTally(into: HandshakeTally, from: HandshakeTally): void {
  mergeServers(into.servers, from.servers);
  mergeServers(into.tunnels, from.tunnels);
}

function mergeServers(into: PerServer<ServerTally>, from: PerServer<ServerTally>): void {
  mergePerServer(into, from, newServer, (server, part) => {
    server.handshakes += part.handshakes;
    server.succeeded += part.succeeded;
    mergeEarliest(server.successes, part.successes);
    mergeEarliest(server.http2, part.http2);
    absorbOccurrences(server.unused, part.unused);
    mergeKeys(server.without, part.without);
    for (const [key, failures] of Object.entries(part.failures)) {
      const known = server.failures[key] ?? newWay();
      mergeWay(known, failures);
      server.failures[key] = known;
    }
    mergeTable(server.visitors, part.visitors, newVisitor, (visitor, other) => {
      visitor.failed += other.failed;
      visitor.lastFailedNs = Math.max(visitor.lastFailedNs, other.lastFailedNs);
      visitor.lastSucceededNs = Math.max(visitor.lastSucceededNs, other.lastSucceededNs);
    });
    mergeTable<string[]>(
      server.offers,
      part.offers,
      () => [],
      (offers, other) => {
        for (const offer of other) noteOffer(offers, offer);
      },
    );
  });
}

function newServer(): ServerTally {
  return {
    handshakes: 0,
    succeeded: 0,
    successes: earliest(MAX_SUCCESSES),
    http2: earliest(1),
    without: boundedTable(MAX_VISITORS),
    failures: {},
    unused: newOccurrences<Failure>(MAX_FAILURES),
    visitors: boundedTable(MAX_VISITORS),
    offers: boundedTable(MAX_VISITORS),
  };
}

function newVisitor(): Visitor {
  return { failed: 0, lastFailedNs: Number.NEGATIVE_INFINITY, lastSucceededNs: Number.NEGATIVE_INFINITY };
}
