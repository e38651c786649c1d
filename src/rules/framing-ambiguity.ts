/**
 * Messages of which two readers may find different ends: where a proxy and the server behind it
 * disagree, one request becomes two (RFC 9112 §11.2). What the decoders remarked, told for its risk.
 */
import type { Connection } from '../facts/connection.js';
import type { RawFinding } from '../facts/finding.js';
import { weigh } from './argument/cause.js';
import { manyText } from './argument/figures.js';
import { findingOn, subjectOf, subjectText } from './argument/finding.js';
import type { Ambiguity } from './framing-ambiguity/ambiguity.js';
import { CAUSES } from './framing-ambiguity/causes.js';
import { FLAWS, type FramingAmbiguityFacts } from './framing-ambiguity/flaws.js';
import { META } from './framing-ambiguity/meta.js';
import { type Conclusion, defineRule } from './rule.js';
import {
  mergeOccurrences,
  noteOccurrence,
  type OccurrencesByServer,
  occurrenceIn,
  occurrencesByServer,
  occurrencesOf,
  type ServerOccurrences,
} from './tally/occurrences.js';

/** See the head of this file. */
export const framingAmbiguity = defineRule<OccurrencesByServer<Ambiguity>>({
  meta: META,
  tally: occurrencesByServer,
  inspect(connection, tally) {
    if (connection.anomalies.length === 0 || connection.goesOn) return;
    const ambiguity = ambiguityIn(connection);
    if (ambiguity !== null) noteOccurrence(tally, ambiguity);
  },
  merge: mergeOccurrences,
  conclude: (tally, conclusion) => occurrencesOf(tally).map((one) => findingFor(one, conclusion)),
});

function ambiguityIn(connection: Connection): Ambiguity | null {
  const { anomalies, client, server } = connection;
  const flaws = anomalies.filter(({ name, from }) => {
    if (FLAWS[name] === undefined) return false;
    // Where bytes of that side were lost, its messages only seem to be so.
    const side = from === 'server' ? server : client;
    return side.lostBytes <= side.snappedBytes;
  });
  const [first] = [...flaws].sort((one, other) => one.packet - other.packet);
  if (first === undefined) return null;
  return { ...occurrenceIn(connection, { packet: first.packet, atNs: timeOf(first.packet, connection) }), flaws };
}

/** When the message was sent that this packet belongs to. */
function timeOf(packet: number, { exchanges, startNs }: Connection): number {
  for (const { request, response } of exchanges)
    for (const message of [request, response])
      if (message !== null && packet >= message.firstPacket && packet <= message.lastPacket) return message.startNs;
  return startNs;
}

function findingFor(occurrences: ServerOccurrences<Ambiguity>, conclusion: Conclusion): RawFinding {
  const who = subjectOf(occurrences.endpoint, conclusion);
  const { items, count } = occurrences;
  const flaws = items.flatMap((one) => one.flaws);
  const names = [...new Set(flaws.map(({ name }) => name))].sort();
  const fromClient = flaws.filter(({ from }) => from !== 'server').length;
  const facts: FramingAmbiguityFacts = {
    connections: count,
    flaws: names,
    inRequests: fromClient,
    inResponses: flaws.length - fromClient,
  };
  return findingOn(
    META,
    occurrences,
    conclusion,
    who,
    {
      severity: 'notice',
      sure: 'certain',
      title: `Messages with ${subjectText(who)} can be read in two ways`,
      sentences: [
        `${manyText(count, 'connection')} with ${names.map((name) => FLAWS[name]?.text ?? name).join(', ')}.`,
        fromClient > 0
          ? 'Where a proxy and the server behind it disagree on where a request ends, its rest is taken for another request (request smuggling).'
          : 'In responses it confuses proxies and caches.',
      ],
      facts: { ...facts },
      hypotheses: weigh(CAUSES, flaws),
      remedies: [
        {
          component: 'haproxy',
          text: 'HAProxy refuses most of it by default; see that nobody has switched it off.',
          config: 'no option accept-invalid-http-request',
        },
        {
          component: 'application',
          text: 'Refuse what is ambiguous with 400 and close (RFC 9112 §6.3), and mend what sends it: one length, CRLF, no blank before a colon.',
          config: null,
        },
      ],
    },
    ({ flaws: own, atNs }) =>
      own.map(({ name, from, packet, count: times }) => ({
        packet,
        atNs,
        note: `${FLAWS[name]?.text ?? name}, of the ${from ?? 'connection'}${times > 1 ? `, ${times} times` : ''}`,
      })),
  );
}
