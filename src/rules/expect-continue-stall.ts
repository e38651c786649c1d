/**
 * A client asks with Expect: 100-continue, waits in vain for 100 (Continue), and sends its body when
 * its patience ends. RFC 9110 §10.1.1.
 */
import type { Connection } from '../facts/connection.js';
import type { Exchange } from '../facts/exchange.js';
import type { RawFinding } from '../facts/finding.js';
import { SIGN } from '../facts/signs.js';
import { durationText } from '../text/duration.js';
import { countText } from '../text/size.js';
import { weigh } from './argument/cause.js';
import { manyText, spreadText } from './argument/figures.js';
import { findingOn, subjectOf, subjectText } from './argument/finding.js';
import { requestText } from './argument/request-text.js';
import { agree, CAUSES } from './expect-continue-stall/causes.js';
import type { ExpectContinueStallFacts } from './expect-continue-stall/facts.js';
import { META } from './expect-continue-stall/meta.js';
import type { Stall } from './expect-continue-stall/stall.js';
import { hasToken } from './judgements/field-values.js';
import { httpRoles } from './judgements/http-roles.js';
import { type Conclusion, defineRule } from './rule.js';
import type { Moment } from './tally/earliest.js';
import { keptTarget } from './tally/kept-target.js';
import {
  absorbOccurrences,
  addOccurrence,
  newOccurrences,
  type Occurrences,
  occurrenceIn,
} from './tally/occurrences.js';
import { mergePerServer, type PerServer, perServer, serversOf, tallyOf } from './tally/per-server.js';

/** .NET waits 350 ms, curl a second; a shorter pause is the path's. */
const MIN_STALL_NS = 300_000_000;
/** Nobody waits longer for 100. */
const MAX_STALL_NS = 10_000_000_000;
const ENOUGH = 3;

interface ServerTally {
  readonly stalls: Occurrences<Stall>;
  /** Requests with Expect, and those that were told to go on. */
  asked: number;
  continued: number;
  firstContinue: Moment | null;
}

/** See the head of this file. */
export const expectContinueStall = defineRule<PerServer<ServerTally>>({
  meta: META,
  tally: () => perServer(256),
  inspect(connection, tally) {
    if ((connection.signs & SIGN.expect) === 0) return;
    for (const exchange of connection.exchanges) note(exchange, connection, tally);
  },
  merge(into, from) {
    mergePerServer(into, from, newServer, (server, part) => {
      absorbOccurrences(server.stalls, part.stalls);
      server.asked += part.asked;
      server.continued += part.continued;
      if (part.firstContinue !== null) server.firstContinue = earlier(server.firstContinue, part.firstContinue);
    });
  },
  conclude(tally, conclusion) {
    const servers = serversOf(tally);
    const all = servers.flatMap(({ tally: { stalls } }) => stalls.earliest.items);
    return servers.flatMap(({ endpoint, tally: server }) => {
      const { items } = server.stalls.earliest;
      // A proxy that hands the expectation on has nothing to say before the server behind it has. Where it hands
      // most of them on, it does so with all, and the capture lacks the others.
      const handedOn = items.filter((one) => all.some((other) => isHandedOnAs(one, other)));
      if (handedOn.length * 2 >= items.length) return [];
      const finding = findingFor(server, endpoint, conclusion);
      return finding === null ? [] : [finding];
    });
  },
});

/** Whether `behind` is the same request on the leg behind a proxy: it begins while the one in front waits. */
function isHandedOnAs(one: Stall, behind: Stall): boolean {
  const { method, target, bodyBytes, startNs, stallNs, server, headPacket } = one;
  if (behind.method !== method || behind.bodyBytes !== bodyBytes) return false;
  if (behind.server.address === server.address && behind.server.port === server.port) return false;
  if (!target.endsWith(behind.target) && !behind.target.endsWith(target)) return false;
  // Within one tick of the clock their packets tell which comes first.
  const isLater = behind.startNs === startNs ? behind.headPacket > headPacket : behind.startNs > startNs;
  return isLater && behind.startNs < startNs + stallNs;
}

function newServer(): ServerTally {
  return { stalls: newOccurrences(), asked: 0, continued: 0, firstContinue: null };
}

function earlier(one: Moment | null, other: Moment): Moment {
  return one === null || other.packet < one.packet ? other : one;
}

function note({ request, response, interim }: Exchange, connection: Connection, tally: PerServer<ServerTally>): void {
  if (request === null || !hasToken(request.fields, 'expect', '100-continue')) return;
  const { client, server } = httpRoles(connection);
  const known = tallyOf(tally, server.endpoint, newServer);
  if (known === null) return;
  known.asked += 1;
  const told = interim.find(({ status }) => status === 100);
  if (told !== undefined) {
    known.continued += 1;
    known.firstContinue = earlier(known.firstContinue, { packet: told.packet, atNs: told.atNs });
    return;
  }
  // A server may answer at once instead; and what was lost to the capture may have been the 100.
  const isAnsweredFirst = response !== null && response.startNs < request.endNs;
  const { headPacket, lastPacket, longestPauseNs, complete, bodyBytes, startNs, endNs, method, target } = request;
  if (isAnsweredFirst || !complete || bodyBytes === 0 || headPacket === lastPacket || request.lostBytes > 0) return;
  if (server.lostBytes > server.snappedBytes || connection.guards.oneSided || response === null) return;
  if (longestPauseNs < MIN_STALL_NS || longestPauseNs > MAX_STALL_NS) return;
  addOccurrence(known.stalls, {
    ...occurrenceIn(connection, { packet: lastPacket, atNs: endNs }),
    client: client.endpoint,
    server: server.endpoint,
    method,
    target: keptTarget(target),
    bodyBytes,
    headPacket,
    startNs,
    stallNs: longestPauseNs,
  });
}

function findingFor(server: ServerTally, endpoint: Stall['server'], conclusion: Conclusion): RawFinding | null {
  const { stalls, asked, continued } = server;
  const { items } = stalls.earliest;
  const [first] = items;
  if (first === undefined) return null;
  const who = subjectOf(endpoint, conclusion);
  const waits = items.map(({ stallNs }) => stallNs);
  const [shortestNs, longestNs] = [Math.min(...waits), Math.max(...waits)];
  const isTimer = agree({ shortestNs, longestNs });
  const facts: ExpectContinueStallFacts = {
    shortestStallNs: shortestNs,
    longestStallNs: longestNs,
    requestsWithExpect: asked,
    toldToContinue: continued,
  };
  return findingOn(
    META,
    { ...stalls, endpoint, items, first },
    conclusion,
    who,
    {
      severity: stalls.count >= ENOUGH ? 'warning' : 'notice',
      sure: isTimer && stalls.count >= ENOUGH ? 'certain' : 'likely',
      title: `Uploads to ${subjectText(who)} wait for a 100 (Continue) that does not come`,
      sentences: [
        `${countText(stalls.count)} of ${manyText(asked, 'request')} with Expect: 100-continue waited ${spreadText(shortestNs, longestNs)} before their body, and no 100 came.`,
        continued > 0 ? `${manyText(continued, 'other was', 'others were')} told to go on.` : '',
      ].filter((one) => one !== ''),
      facts: { ...facts },
      hypotheses: weigh(CAUSES, {
        first,
        waits: items.length,
        shortestNs,
        longestNs,
        asked,
        firstContinue: server.firstContinue,
      }),
      remedies: REMEDIES,
      figuresOf: 'kept',
    },
    (one) => [
      {
        packet: one.headPacket,
        atNs: one.startNs,
        note: `${requestText(one, conclusion.reveal)} with Expect: 100-continue, the head alone`,
      },
      {
        packet: one.packet,
        atNs: one.atNs,
        note: `its body, after a pause of ${durationText(one.stallNs)}, without a 100`,
      },
    ],
  );
}

const REMEDIES = [
  {
    component: 'server',
    text: 'Answer 100 at once, or the final status. In Node a checkContinue listener has to send it itself; servers that speak HTTP/1.0, as Python’s http.server does by default, never do.',
    config: "server.on('checkContinue', (request, response) => {\n  response.writeContinue();\n  …\n});",
  },
  {
    component: 'haproxy',
    text: 'Let it answer 100 itself, by taking the body before it hands the request on. To drop the field is no help: the client still waits for a 100 that nobody sends.',
    config: 'option http-buffer-request',
  },
  {
    component: 'nginx',
    text: 'A proxy that answers 100 itself, as nginx does, in front.',
    config: null,
  },
  {
    component: 'client',
    text: 'Or do not ask: it pays only where uploads are often refused.',
    config: "curl -H 'Expect:' …\nServicePointManager.Expect100Continue = false; // .NET",
  },
] as const;
