/** What the run as a whole says: a finding for each server, side and code. */
import type { EvidencePacket, RawFinding, Severity, Subject } from '../../facts/finding.js';
import { MAX_EVIDENCE } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { durationText } from '../../text/duration.js';
import { countText } from '../../text/size.js';
import { weigh } from '../argument/cause.js';
import { manyText, spreadText } from '../argument/figures.js';
import { findingOn, subjectOf, subjectText } from '../argument/finding.js';
import type { Conclusion } from '../rule.js';
import { type KeyedLegs, legBehind, legInFront } from '../tally/keyed-legs.js';
import { serversOf } from '../tally/per-server.js';
import type { Case, WebsocketCloseCodeFacts } from './case.js';
import { CAUSES } from './causes.js';
import { aboutOf, codeText } from './codes.js';
import type { FailureClose } from './failure-close.js';
import { META } from './meta.js';
import { remediesOf } from './remedies.js';
import type { CloseCodeTally } from './tally.js';

/** From so many on it is no chance failure but a fault that stays. */
const MANY = 3;

/** All findings of a run, in the order of the servers. */
export function concludeRun({ servers, legs }: CloseCodeTally, conclusion: Conclusion): RawFinding[] {
  return serversOf(servers).flatMap(({ endpoint, tally: { webSockets, closes } }) =>
    Object.entries(closes)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .flatMap(([, occurrences]) => {
        const own = occurrences.earliest.items.filter((one) => !isHandedOn(one, legs));
        const [first] = own;
        const about = first === undefined ? null : aboutOf(first.code);
        if (first === undefined || about === null) return [];
        const { by, code } = first;
        const items = own.slice(0, MAX_EVIDENCE);
        // The others cannot be asked whether they were handed on: they count where none of those kept was.
        const count = own.length === occurrences.earliest.items.length ? occurrences.count : own.length;
        const isPingTimeout = own.every(({ saysPingTimeout }) => saysPingTimeout);
        const subject: Case = { by, code, about, first, items: own, isPingTimeout, count, webSockets };
        const who = subjectOf(endpoint, conclusion);
        return [
          findingOn(
            META,
            { ...occurrences, endpoint, first, items, count },
            conclusion,
            who,
            {
              severity: severityOf(subject),
              sure: 'certain',
              title: titleOf(subject, who),
              sentences: sentencesOf(subject, endpointText(who)),
              facts: { ...factsOf(subject) },
              hypotheses: weigh(CAUSES, subject),
              remedies: remediesOf(subject),
            },
            (one) => packetsOf(one, conclusion),
          ),
        ];
      }),
  );
}

/** A proxy passed the code on from its other leg: from the one behind what the server sent, from the one in front what the client sent. */
function isHandedOn(one: FailureClose, legs: KeyedLegs<FailureClose>): boolean {
  const other = one.by === 'server' ? legBehind(legs, one.key, one) : legInFront(legs, one.key, one);
  return other !== null && other.by === one.by && other.code === one.code;
}

/** 1008 is how a server should refuse whom it does not let in; the other codes mean that something is broken, once there are {@link MANY}. */
function severityOf({ about, count }: Case): Severity {
  return about !== 'policy' && count >= MANY ? 'warning' : 'notice';
}

function titleOf({ by, code }: Case, who: Subject): string {
  const name = subjectText(who);
  return by === 'server'
    ? `${name} closes WebSockets with code ${codeText(code)}`
    : `Clients of ${name} close WebSockets with code ${codeText(code)}`;
}

function sentencesOf(subject: Case, name: string): string[] {
  const { by, code, count, webSockets } = subject;
  const { lowestAgeNs, highestAgeNs } = factsOf(subject);
  return [
    `${countText(count)} of ${manyText(webSockets, 'WebSocket')} of ${name} ${count === 1 ? 'was' : 'were'} closed by the ${by} first, with code ${codeText(code)}, ${spreadText(lowestAgeNs, highestAgeNs)} after ${count === 1 ? 'it was' : 'they were'} opened.`,
  ];
}

function packetsOf(
  { handshakePacket, openedNs, packet, atNs, by, code, reason }: FailureClose,
  { reveal }: Conclusion,
): EvidencePacket[] {
  const why = reveal && reason !== '' ? `, "${reason}"` : '';
  return [
    { packet: handshakePacket, atNs: openedNs, note: 'the handshake' },
    {
      packet,
      atNs,
      note: `Close frame of the ${by} ${durationText(atNs - openedNs)} later: ${codeText(code)}${why}`,
    },
  ];
}

function factsOf({ code, by, items, webSockets }: Case): WebsocketCloseCodeFacts {
  const ages = items.map(({ atNs, openedNs }) => atNs - openedNs);
  return {
    code,
    closedBy: by,
    lowestAgeNs: Math.min(...ages),
    highestAgeNs: Math.max(...ages),
    largestPayloadBytes: Math.max(...items.map(({ largestPayload }) => largestPayload)),
    webSocketsOfServer: webSockets,
  };
}
