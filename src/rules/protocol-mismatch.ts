/**
 * Two sides speak different protocols: TLS to a plain port, plain HTTP to TLS, HTTP/2 to HTTP/1, a
 * PROXY header to who does not expect one, none to who does. The first bytes of both sides show it, or
 * how the server gets on with others.
 */

import type { BeginningKind } from '../facts/beginning.js';
import type { CloseSegment } from '../facts/close.js';
import type { Connection } from '../facts/connection.js';
import type { Exchange } from '../facts/exchange.js';
import type { RawFinding, Remedy } from '../facts/finding.js';
import { SIGN } from '../facts/signs.js';
import { STATUS } from '../facts/status.js';
import { capitalised } from '../text/capitalised.js';
import { weigh } from './argument/cause.js';
import { manyText, packetText } from './argument/figures.js';
import { findingOn, subjectOf, subjectText } from './argument/finding.js';
import { announcesClose } from './judgements/closing-message.js';
import { type BegunIn, HTTPS_PORT, hangUpIn, type Spoken, spokenOtherwise } from './judgements/spoken-otherwise.js';
import { baselineOf } from './observation/observation.js';
import { type Answer, type AnswerKind, answerOf, answerText, isSaid, isSure } from './protocol-mismatch/answer.js';
import { beginsText, CAUSES } from './protocol-mismatch/causes.js';
import type { MismatchKind, ProtocolMismatchFacts } from './protocol-mismatch/facts.js';
import { META } from './protocol-mismatch/meta.js';
import type { Begun, Mismatch, Others } from './protocol-mismatch/mismatch.js';
import { REMEDIES } from './protocol-mismatch/remedies.js';
import { type Conclusion, defineRule } from './rule.js';
import type { Moment } from './tally/earliest.js';
import {
  absorbOccurrences,
  addOccurrence,
  newOccurrences,
  type Occurrences,
  occurrenceIn,
} from './tally/occurrences.js';
import { mergePerServer, type PerServer, perServer, serversOf, tallyOf } from './tally/per-server.js';

const BEGUN_IN: readonly BegunIn[] = ['clear', 'tls'];

interface ServerTally {
  readonly found: Record<string, Occurrences<Mismatch>>;
  /** Plain HTTP refused with 400 in clear: a mismatch where others speak TLS here. */
  readonly refused: Occurrences<Mismatch>;
  /** Plain HTTP refused with 400 that says that TLS belongs here: a mismatch where nobody is answered in clear. */
  readonly demanded: Occurrences<Mismatch>;
  /** How often it said so and kept the connection: then it hands on what a server behind it says. */
  handedOn: number;
  /** What the server hung up on, by what it was: a mismatch where others speak otherwise, and nobody so. */
  readonly hungUp: Readonly<Record<BegunIn, Occurrences<Mismatch>>>;
}

/** See the head of this file. */
export const protocolMismatch = defineRule<PerServer<ServerTally>>({
  meta: META,
  tally: () => perServer(),
  inspect(connection, tally) {
    const { beginnings, tls, signs, exchangeOffset } = connection;
    const isSuspicious =
      beginnings !== null ||
      (tls === null ? (signs & (SIGN.refusal | SIGN.unanswered)) !== 0 : tls.serverHello === null);
    if (exchangeOffset === 0 && isSuspicious) note(connection, tally);
  },
  merge(into, from) {
    mergePerServer(into, from, newServer, (server, part) => {
      for (const [kind, found] of Object.entries(part.found)) absorbOccurrences(foundOf(server, kind), found);
      absorbOccurrences(server.refused, part.refused);
      absorbOccurrences(server.demanded, part.demanded);
      server.handedOn += part.handedOn;
      for (const on of BEGUN_IN) absorbOccurrences(server.hungUp[on], part.hungUp[on]);
    });
  },
  conclude(tally, conclusion) {
    const servers = serversOf(tally);
    const demands = servers.flatMap(({ tally: { demanded } }) => demanded.earliest.items);
    return servers.flatMap(({ endpoint, tally: server }) => findingsFor(server, endpoint, demands, conclusion));
  },
});

function newServer(): ServerTally {
  return {
    found: {},
    refused: newOccurrences(),
    demanded: newOccurrences(),
    handedOn: 0,
    hungUp: { clear: newOccurrences(), tls: newOccurrences() },
  };
}

function foundOf(server: ServerTally, kind: string): Occurrences<Mismatch> {
  const known = server.found[kind] ?? newOccurrences<Mismatch>();
  server.found[kind] = known;
  return known;
}

function note(connection: Connection, tally: PerServer<ServerTally>): void {
  const server = tallyOf(tally, connection.server.endpoint, newServer);
  if (server === null) return;
  const { beginnings, tls, exchanges, close } = connection;
  const demand = demandIn(connection);
  if (demand !== null) {
    if (demand.answer.kind === 'refused') server.handedOn += 1;
    addOccurrence(demand.answer.kind === 'refused' ? server.refused : server.demanded, demand);
    return;
  }
  const found = beginnings === null ? null : byBeginnings(connection, beginnings);
  if (found !== null) {
    addOccurrence(foundOf(server, found.kind), found);
    return;
  }
  const hangUp = hangUpIn(connection);
  if (hangUp !== null) {
    addOccurrence(server.hungUp[hangUp.on], {
      ...occurrenceIn(connection, hangUp),
      ...{ kind: 'plain-to-tls', begun: hangUp.on === 'tls' ? 'tls' : 'http/1' },
      ...{ asked: hangUp.asked, answer: closeOf(close.segments[0]) },
    });
    return;
  }
  const [exchange] = exchanges;
  if (
    tls !== null ||
    exchanges.length !== 1 ||
    exchange?.request == null ||
    exchange.response?.status !== STATUS.badRequest
  )
    return;
  const { request, response } = exchange;
  addOccurrence(server.refused, {
    ...occurrenceIn(connection, { packet: response.firstPacket, atNs: response.startNs }),
    ...{ kind: 'plain-to-tls', begun: connection.protocol === 'h2' ? 'http/2' : 'http/1', answer: answerOf('refused') },
    asked: { packet: request.firstPacket, atNs: request.startNs },
  });
}

/**
 * A 400 to the only request that says that TLS belongs here. Who says so ends the connection with it; a proxy
 * that hands on what a server behind it has said keeps its own, where its client lets it.
 */
function demandIn(connection: Connection): Mismatch | null {
  const { beginnings, exchanges, handshake } = connection;
  const server = beginnings?.server ?? null;
  if (beginnings === null || server?.kind !== 'tls-demand' || handshake.synAck === null) return null;
  const { client } = beginnings;
  if ((client.kind !== 'http-request' && client.kind !== 'h2-preface') || exchanges.length > 1) return null;
  return {
    ...occurrenceIn(connection, { packet: server.packet, atNs: server.atNs }),
    ...{
      kind: 'plain-to-tls',
      begun: BEGUN[client.kind] ?? 'http/1',
      answer: answerOf(demandKind(client.kind, exchanges[0])),
    },
    asked: { packet: client.packet, atNs: client.atNs },
  };
}

function demandKind(began: BeginningKind, exchange: Exchange | undefined): AnswerKind {
  // The preface of HTTP/2 is no request that anybody hands on.
  if (began === 'h2-preface') return 'demanded';
  const { request = null, response = null } = exchange ?? {};
  if (request === null || response === null || !announcesClose(response)) return 'refused';
  return announcesClose(request) ? 'handed-on' : 'demanded';
}

/** What the first bytes of both sides show. */
function byBeginnings(
  connection: Connection,
  { client, server }: NonNullable<Connection['beginnings']>,
): Mismatch | null {
  const asked = { packet: client.packet, atNs: client.atNs };
  if (client.kind === 'proxy-header') return refusedHeader(connection, asked);
  if (server === null) return null;
  // Upon a request the server may have gone over to another protocol, in an answer before its first bytes seen.
  if (client.kind === 'http-request' && connection.handshake.synAck === null) return null;
  const kind = KINDS[`${client.kind} ${server.kind}`];
  const said = ANSWERED[server.kind];
  if (kind === undefined || said === undefined) return null;
  const status = connection.exchanges[0]?.response?.status;
  return {
    ...occurrenceIn(connection, { packet: server.packet, atNs: server.atNs }),
    kind,
    begun: BEGUN[client.kind] ?? 'http/1',
    asked,
    answer: answerOf(said, status === undefined || status === 0 ? null : status),
  };
}

const KINDS: Readonly<Record<string, MismatchKind | undefined>> = {
  'tls-handshake http-response': 'tls-to-plain',
  'tls-handshake tls-demand': 'tls-to-plain',
  'tls-handshake h2-settings': 'tls-to-plain',
  'tls-handshake http-request': 'tls-to-plain',
  'http-request tls-alert': 'plain-to-tls',
  'http-request tls-handshake': 'plain-to-tls',
  'http-request h2-settings': 'http1-to-http2',
  'h2-preface http-response': 'http2-to-http1',
  'h2-preface tls-alert': 'plain-to-tls',
};

const BEGUN: Readonly<Record<string, Begun>> = { 'tls-handshake': 'tls', 'h2-preface': 'http/2' };

const ANSWERED: Readonly<Record<string, AnswerKind | undefined>> = {
  'http-response': 'http1',
  'tls-demand': 'http1',
  'http-request': 'request',
  'h2-settings': 'http2',
  'tls-alert': 'tls-alert',
  'tls-handshake': 'tls-handshake',
};

/** A PROXY header, and a server that takes it for a bad request or closes at once. */
function refusedHeader(connection: Connection, asked: Moment): Mismatch | null {
  const { exchanges, close, server, guards } = connection;
  // The 400 may come before the request does.
  const [answered, ...further] = exchanges.filter(({ response }) => response !== null);
  if (further.length === 0 && answered?.response?.status === STATUS.badRequest)
    return {
      ...occurrenceIn(connection, { packet: answered.response.firstPacket, atNs: answered.response.startNs }),
      ...{ kind: 'proxy-header-unexpected', begun: 'proxy-header', asked, answer: answerOf('bad-request') },
    };
  const [first] = close.segments;
  if (first === undefined || first.from !== 'server' || server.payloadBytes > 0 || guards.oneSided) return null;
  if (server.lostBytes > server.snappedBytes) return null;
  return {
    ...occurrenceIn(connection, { packet: first.packet, atNs: first.atNs }),
    ...{ kind: 'proxy-header-unexpected', begun: 'proxy-header', asked, answer: closeOf(first) },
  };
}

function closeOf(first: Pick<CloseSegment, 'kind'> | undefined): Answer {
  return answerOf(first?.kind === 'rst' ? 'rst' : 'fin');
}

/** Whether a server was told itself, by one behind it, what it then told its client. */
function isHandedOn({ server, asked, atNs }: Mismatch, demands: readonly Mismatch[]): boolean {
  return demands.some(
    (other) => other.client.address === server.address && other.asked.atNs >= asked.atNs && other.atNs <= atNs,
  );
}

function findingsFor(
  server: ServerTally,
  endpoint: Mismatch['server'],
  demands: readonly Mismatch[],
  conclusion: Conclusion,
): RawFinding[] {
  const found: Record<string, Occurrences<Mismatch>> = { ...server.found };
  const { spoken } = baselineOf(conclusion.observation, endpoint);
  // A 400 has many reasons; in clear, where nothing but TLS is spoken with others, it has one.
  if (spokenOtherwise(spoken, endpoint, 'clear') === 'plain-to-tls') join(found, 'plain-to-tls', server.refused);
  const { demanded, handedOn } = server;
  const isOwn = handedOn === 0 && !demanded.earliest.items.every((one) => isHandedOn(one, demands));
  if (isOwn && spoken.clear === null && spoken.http2 === null) join(found, 'plain-to-tls', demanded);
  // Who speaks TLS may refuse the preface of HTTP/2 as any other request in clear.
  const preface = found['http2-to-http1'];
  if (preface !== undefined && spoken.tls !== null && spokenOtherwise(spoken, endpoint, 'clear') === 'plain-to-tls') {
    delete found['http2-to-http1'];
    join(found, 'plain-to-tls', preface);
  }
  for (const on of BEGUN_IN) {
    const otherwise = spokenOtherwise(spoken, endpoint, on);
    if (otherwise !== null) join(found, otherwise, server.hungUp[on]);
  }
  return Object.keys(found)
    .sort()
    .flatMap((kind) => {
      const occurrences = found[kind];
      const finding = occurrences === undefined ? null : findingFor(occurrences, spoken, endpoint, conclusion);
      return finding === null ? [] : [finding];
    });
}

/** Adds `more`, as of that kind, in a copy: what a server's tally holds stays as it is. */
function join(found: Record<string, Occurrences<Mismatch>>, kind: MismatchKind, more: Occurrences<Mismatch>): void {
  if (more.count === 0) return;
  const both = newOccurrences<Mismatch>();
  const known = found[kind];
  if (known !== undefined) absorbOccurrences(both, known);
  absorbOccurrences(both, {
    ...more,
    earliest: { ...more.earliest, items: more.earliest.items.map((one) => ({ ...one, kind })) },
  });
  found[kind] = both;
}

function findingFor(
  occurrences: Occurrences<Mismatch>,
  spoken: Spoken,
  endpoint: Mismatch['server'],
  conclusion: Conclusion,
): RawFinding | null {
  const { items } = occurrences.earliest;
  const [first] = items;
  // Where the header is understood on other connections, these were refused for another reason.
  if (first === undefined || (first.kind === 'proxy-header-unexpected' && spoken.proxied !== null)) return null;
  const who = subjectOf(endpoint, conclusion);
  const perClient = new Map<string, number>();
  for (const { client } of items) perClient.set(client.address, (perClient.get(client.address) ?? 0) + 1);
  const facts: ProtocolMismatchFacts = {
    kind: first.kind,
    answers: [...new Set(items.map(({ answer }) => answerText(answer)))].sort(),
    clients: [...perClient.keys()].sort().slice(0, 10),
    speaksTlsWithOthers: spoken.tls !== null,
  };
  const others = OTHERS[first.kind]?.(spoken) ?? null;
  // A 400 alone, on a port where nobody was seen to speak TLS, may have another reason.
  const isTold = items.some(({ answer }) => isSaid(answer) && (others !== null || isSure(answer)));
  return findingOn(
    META,
    { ...occurrences, endpoint, items, first },
    conclusion,
    who,
    {
      // Scanners try each port once.
      severity: Math.max(...perClient.values()) > 1 ? 'critical' : 'warning',
      sure: isTold ? 'certain' : 'likely',
      title: `${subjectText(who)} ${TITLES[first.kind]}`,
      sentences: [
        `${manyText(occurrences.count, 'connection')} of ${manyText(perClient.size, 'client')}: ${beginsText(first)}; the answer is ${facts.answers.join(' or ')}.`,
        ...(others === null ? [] : [`${capitalised(others.say)} (${packetText(others.by.packet)}).`]),
        ...(others === null && first.kind === 'plain-to-tls' && !isTold && who.port === HTTPS_PORT
          ? [`Port ${who.port} is that of HTTPS.`]
          : []),
      ],
      facts: { ...facts },
      hypotheses: weigh(CAUSES, { first, others }),
      remedies: REMEDIES[first.kind] as readonly Remedy[],
    },
    (one) => [
      { ...one.asked, note: beginsText(one) },
      { packet: one.packet, atNs: one.atNs, note: answerText(one.answer) },
    ],
  );
}

/** How others get on with the server. */
const OTHERS: Readonly<Partial<Record<MismatchKind, (spoken: Spoken) => Others | null>>> = {
  'tls-to-plain': ({ clear, http2 }) => said('with others it speaks plain HTTP', clear ?? http2),
  'plain-to-tls': ({ tls }) => said('with others it speaks TLS', tls),
  'http1-to-http2': ({ http2 }) => said('with others it speaks HTTP/2', http2),
  'proxy-header-missing': ({ proxied }) =>
    said('it answers where a PROXY header comes first, and nowhere else', proxied),
};

function said(say: string, by: Moment | null): Others | null {
  return by === null ? null : { say, by };
}

const TITLES: Readonly<Record<MismatchKind, string>> = {
  'tls-to-plain': 'is spoken to in TLS, and speaks plain HTTP',
  'plain-to-tls': 'is spoken to in plain HTTP, and speaks TLS',
  'http2-to-http1': 'is spoken to in HTTP/2, and speaks HTTP/1',
  'http1-to-http2': 'is spoken to in HTTP/1, and speaks HTTP/2',
  'proxy-header-unexpected': 'is sent PROXY headers that it does not expect',
  'proxy-header-missing': 'expects PROXY headers, and is asked without',
};
