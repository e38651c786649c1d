/** What the rule keeps of a run: plain data, bounded, merged in any order. */
import type { Connection } from '../../facts/connection.js';
import type { Endpoint } from '../../facts/endpoint.js';
import { MAX_EVIDENCE } from '../../facts/finding.js';
import { type AnsweredReuse, answeredReusesOf, clientIdleCloseOf, idleCloseOf } from '../judgements/idle-close.js';
import type { IdleClose } from '../judgements/idle-timeout.js';
import type { SuddenClose } from '../judgements/sudden-close.js';
import { requestKey } from '../observation/request-key.js';
import { type BoundedTable, boundedTable, entryOf, mergeTable } from '../tally/bounded-table.js';
import { addEarliest, type Earliest, earliest, type Moment, mergeEarliest } from '../tally/earliest.js';
import { mergePerServer, type PerServer, perServer, serversOf, tallyOf } from '../tally/per-server.js';
import { rankOfText } from '../tally/rank.js';
import { addToSample, mergeSample, type Sample, sample } from '../tally/sample.js';
import type { Incident, RaceSort } from './incident.js';

/** Idle closes kept per server, and per client: the earliest; enough for any estimate. */
const MAX_CLOSES = 128;
const MAX_CLIENT_CLOSES = 32;
/** Closes in the midst of work kept per server: more than a server has at the moment of a reload. */
const MAX_SUDDEN = 1024;
/** Client addresses of which it is kept how long they hold an idle connection. */
const MAX_CLIENTS = 512;
/** The longest idle times that were still answered, per server. */
const MAX_REUSES = 16;
/** Incidents of a class whose figures and retries are looked at one by one. */
const MAX_FIGURES = 64;
const MAX_CLASSES = 12;

/** What is kept of each incident, beside the earliest in full. */
export interface Figures extends Moment {
  readonly stream: number;
  /** When the client could know of the failure at the earliest. */
  readonly failedNs: number;
  readonly closePacket: number;
  readonly closedNs: number;
  readonly idleNs: number;
  readonly reuseNs: number;
  readonly requestsBefore: number;
  readonly isIdempotent: boolean;
  /** Key in the log of exchanges, and place in its connection; `null` in TLS. */
  readonly key: number | null;
  readonly index: number | null;
}

/** Incidents of one server and sort. */
export interface IncidentClass {
  readonly sort: RaceSort;
  readonly isEncrypted: boolean;
  readonly steps: number;
  /** They met closes in the midst of work, which count only where a reload explains them. */
  readonly isSudden: boolean;
  count: number;
  healthChecks: number;
  lastNs: number;
  readonly earliest: Earliest<Incident>;
  readonly figures: Sample<Figures>;
}

/** A value that a server said of itself, where it was seen first. */
export interface Said extends Moment {
  readonly value: string;
}

/** One server. */
export interface ServerRaces {
  readonly closes: Earliest<IdleClose>;
  /** Closes in the midst of work, whether a request met them or not. */
  readonly sudden: Earliest<SuddenClose>;
  /** Requests that were answered after an idle time, and the longest of these. */
  reuses: number;
  longest: AnsweredReuse[];
  readonly classes: BoundedTable<IncidentClass>;
  /** `Server` field and `Keep-Alive` field: what it is said to be, and what it announces. */
  readonly software: Earliest<Said>;
  readonly announced: Earliest<Said>;
  /** The client that reused idle connections, and closed none before this server did; by address. */
  readonly clients: BoundedTable<{ reuses: number }>;
}

/** The rule's tally. */
export interface KeepaliveRaceTally {
  readonly servers: PerServer<ServerRaces>;
  readonly clients: BoundedTable<Earliest<IdleClose>>;
}

/** Nothing seen yet. */
export function newTally(): KeepaliveRaceTally {
  return {
    servers: perServer(),
    clients: boundedTable(MAX_CLIENTS),
  };
}

function newServer(): ServerRaces {
  return {
    closes: earliest(MAX_CLOSES),
    sudden: earliest(MAX_SUDDEN),
    reuses: 0,
    longest: [],
    classes: boundedTable(MAX_CLASSES),
    software: earliest(1),
    announced: earliest(1),
    clients: boundedTable(MAX_CLIENTS),
  };
}

/** Enters a connection that had been idle, and may show nothing wrong: how long its ends keep it. */
export function noteIdleness(connection: Connection, tally: KeepaliveRaceTally): void {
  const server = tallyOf(tally.servers, connection.server.endpoint, newServer);
  const clientClose = clientIdleCloseOf(connection);
  const { address } = connection.client.endpoint;
  if (clientClose !== null) {
    const closes = entryOf(tally.clients, address, () => earliest<IdleClose>(MAX_CLIENT_CLOSES));
    if (closes !== null) addEarliest(closes, clientClose);
  }
  if (server === null) return;
  const close = idleCloseOf(connection);
  if (close !== null) addEarliest(server.closes, close);
  const reuses = answeredReusesOf(connection);
  server.reuses += reuses.length;
  for (const reuse of reuses) noteReuse(server, reuse);
  if (reuses.length > 0) {
    const client = entryOf(server.clients, address, () => ({ reuses: 0 }));
    if (client !== null) client.reuses += reuses.length;
  }
  noteSaid(connection, server);
}

/** Enters a close in the midst of work, and the request that was lost by it, if one was. */
export function noteSuddenClose(
  close: SuddenClose,
  incident: Incident | null,
  connection: Connection,
  tally: KeepaliveRaceTally,
): void {
  const server = tallyOf(tally.servers, connection.server.endpoint, newServer);
  if (server === null) return;
  addEarliest(server.sudden, close);
  if (incident === null) return;
  noteSaid(connection, server);
  noteLoss(incident, connection, server, true);
}

/** Enters an incident. */
export function noteIncident(incident: Incident, connection: Connection, tally: KeepaliveRaceTally): void {
  const server = tallyOf(tally.servers, connection.server.endpoint, newServer);
  if (server !== null) noteLoss(incident, connection, server, false);
}

function noteSaid({ exchanges }: Connection, { software, announced }: ServerRaces): void {
  const said = exchanges.find(({ response }) => response !== null)?.response;
  for (const { name, value } of said?.fields ?? []) {
    const into = name === 'server' ? software : name === 'keep-alive' ? announced : null;
    if (into !== null && said != null) addEarliest(into, { atNs: said.startNs, packet: said.firstPacket, value });
  }
}

function noteLoss(incident: Incident, connection: Connection, server: ServerRaces, isSudden: boolean): void {
  const { sort, steps, request, atNs, packet, close } = incident;
  const isEncrypted = request === null;
  const known = entryOf(server.classes, `${sort} ${isEncrypted} ${steps} ${isSudden}`, () =>
    newClass({ sort, isEncrypted, steps, isSudden }),
  );
  if (known === null) return;
  known.count += 1;
  known.lastNs = Math.max(known.lastNs, atNs);
  if (incident.isHealthCheck) known.healthChecks += 1;
  addEarliest(known.earliest, incident);
  const lost = connection.exchanges.find((exchange) => exchange.request?.firstPacket === packet);
  const message = lost?.request ?? null;
  addToSample(known.figures, {
    atNs,
    packet,
    stream: incident.stream,
    failedNs: Math.max(atNs, close.atNs),
    closePacket: close.packet,
    closedNs: close.atNs,
    idleNs: incident.idleNs,
    reuseNs: incident.reuseNs,
    requestsBefore: incident.requestsBefore,
    isIdempotent: request !== null && IDEMPOTENT.has(request.method),
    key: message === null ? null : requestKey(rankOfText(connection.client.endpoint.address), message),
    index: lost?.index ?? null,
  });
}

/** Methods whose repetition does what one request does. RFC 9110 §9.2.2. */
export const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

/** Adds all of `from`. */
export function mergeTally(into: KeepaliveRaceTally, from: KeepaliveRaceTally): void {
  mergePerServer(into.servers, from.servers, newServer, mergeServer);
  mergeTable(into.clients, from.clients, () => earliest<IdleClose>(MAX_CLIENT_CLOSES), mergeEarliest);
}

/** All servers, ordered by endpoint. */
export function racingServers(tally: KeepaliveRaceTally): { endpoint: Endpoint; races: ServerRaces }[] {
  return serversOf(tally.servers).map(({ endpoint, tally: races }) => ({ endpoint, races }));
}

function mergeServer(into: ServerRaces, from: ServerRaces): void {
  mergeEarliest(into.closes, from.closes);
  mergeEarliest(into.sudden, from.sudden);
  into.reuses += from.reuses;
  for (const reuse of from.longest) noteReuse(into, reuse);
  mergeTable(into.classes, from.classes, newClass, mergeClass);
  mergeEarliest(into.software, from.software);
  mergeEarliest(into.announced, from.announced);
  mergeTable(
    into.clients,
    from.clients,
    () => ({ reuses: 0 }),
    (whole, part) => {
      whole.reuses += part.reuses;
    },
  );
}

/** Keeps the longest, the earliest of equals first. */
function noteReuse(into: ServerRaces, reuse: AnsweredReuse): void {
  const { longest } = into;
  let at = longest.length;
  while (at > 0 && isLonger(reuse, longest[at - 1])) at -= 1;
  if (at >= MAX_REUSES) return;
  longest.splice(at, 0, reuse);
  if (longest.length > MAX_REUSES) longest.pop();
}

function isLonger(one: AnsweredReuse, other: AnsweredReuse | undefined): boolean {
  if (other === undefined) return false;
  return one.idleNs > other.idleNs || (one.idleNs === other.idleNs && one.packet < other.packet);
}

function newClass({
  sort,
  isEncrypted,
  steps,
  isSudden,
}: Pick<IncidentClass, 'sort' | 'isEncrypted' | 'steps' | 'isSudden'>): IncidentClass {
  return {
    sort,
    isEncrypted,
    steps,
    isSudden,
    count: 0,
    healthChecks: 0,
    lastNs: Number.NEGATIVE_INFINITY,
    earliest: earliest(MAX_EVIDENCE),
    figures: sample(MAX_FIGURES),
  };
}

function mergeClass(into: IncidentClass, from: IncidentClass): void {
  into.count += from.count;
  into.healthChecks += from.healthChecks;
  into.lastNs = Math.max(into.lastNs, from.lastNs);
  mergeEarliest(into.earliest, from.earliest);
  mergeSample(into.figures, from.figures);
}
