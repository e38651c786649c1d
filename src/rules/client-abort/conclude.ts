/** What the run as a whole says: a notice per server whose clients leave. */
import type { RawFinding } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { secondsText } from '../../text/duration.js';
import { countText } from '../../text/size.js';
import { weigh } from '../argument/cause.js';
import { manyText, packetText, spreadText } from '../argument/figures.js';
import { findingOn, subjectOf, subjectText } from '../argument/finding.js';
import { SEALED_TEXT } from '../judgements/sealed-turn.js';
import type { Conclusion } from '../rule.js';
import { type OccurrencesByServer, occurrencesOf, type ServerOccurrences } from '../tally/occurrences.js';
import { caseOf, withoutTold } from './case-of.js';
import { CAUSES, type Case, isByTimer } from './causes.js';
import type { Abort } from './incident.js';
import { META } from './meta.js';
import { REMEDIES, STOPPED } from './remedies.js';
import { packetsOf, whyText } from './wording.js';

/** The rule's own figures in a finding: plain JSON, units in the names. `report/` mirrors it. */
interface ClientAbortFacts {
  readonly whileWaiting: number;
  readonly amidAnswer: number;
  readonly minWaitNs: number;
  readonly maxWaitNs: number;
  readonly exchangesOfServer: number;
  readonly clientTimeoutSeconds: number | null;
  readonly stopped: number;
}

/** All findings of a run, in the order of the servers. */
export function concludeRun(tally: OccurrencesByServer<Abort>, conclusion: Conclusion): RawFinding[] {
  const all = occurrencesOf(tally);
  const aborts = all.flatMap(({ items }) => items);
  return all.flatMap((one) => {
    const own = withoutTold(one, aborts, conclusion);
    return own === null ? [] : [findingOf(own, caseOf(own, aborts, conclusion.observation), conclusion)];
  });
}

function findingOf(one: ServerOccurrences<Abort>, subject: Case, conclusion: Conclusion): RawFinding {
  const { aborts, count, timer, stalled } = subject;
  const who = subjectOf(one.endpoint, conclusion);
  const exchanges = conclusion.servers.known(one.endpoint)?.exchanges ?? 0;
  const waits = aborts.map(({ waitedNs }) => waitedNs);
  const amid = aborts.filter(({ amidAnswer }) => amidAnswer).length;
  const facts: ClientAbortFacts = {
    whileWaiting: aborts.length - amid,
    amidAnswer: amid,
    minWaitNs: Math.min(...waits),
    maxWaitNs: Math.max(...waits),
    exchangesOfServer: exchanges,
    clientTimeoutSeconds: isByTimer(subject) ? (timer?.seconds ?? null) : null,
    stopped: stalled.length,
  };
  const lost = aborts.filter(({ delivery }) => delivery === 'sent-again').length;
  const sentences = [
    `${manyText(count, 'request')}${exchanges < count ? '' : ` of ${countText(exchanges)}`} to ${endpointText(who)} ${count === 1 ? 'was' : 'were'} given up by ${count === 1 ? 'its client' : 'their clients'}, ${spreadText(facts.minWaitNs, facts.maxWaitNs)} after ${count === 1 ? 'it was' : 'they were'} sent.`,
    lost === aborts.length
      ? `That is no fault of the server: it had not got ${lost === 1 ? 'it' : 'them'} whole, parts were still being sent again.`
      : whyText(subject, conclusion.servers.known(one.endpoint)?.firstBytes ?? null),
  ];
  if (lost > 0 && lost < aborts.length)
    sentences.push(`${countText(lost)} of them it had not got whole: parts were still being sent again.`);
  const bare = aborts.find(({ isBare }) => isBare);
  if (bare !== undefined)
    sentences.push(
      `RST ${packetText(bare.packet)} has no ACK and no FIN came before it: no application on Linux leaves so. The client’s host may have lost the connection, or something on the way wrote it.`,
    );
  if (isByTimer(subject) && timer?.seconds != null)
    sentences.push(
      `${timer.agreeing} of ${timer.samples} left after ${secondsText(timer.seconds)}: a time-out of the client.`,
    );
  if (aborts.some(({ request }) => request === null)) sentences.push(SEALED_TEXT);
  return findingOn(
    META,
    one,
    conclusion,
    who,
    {
      // Who waits in vain for the rest was not served; who leaves while it comes had enough.
      severity: stalled.length > 0 ? 'warning' : 'notice',
      sure: 'certain',
      title:
        stalled.length > aborts.length / 2
          ? `Answers of ${subjectText(who)} stop short of their length, until clients leave`
          : `Clients of ${subjectText(who)} leave before their answer is complete`,
      sentences,
      facts: { ...facts },
      hypotheses: weigh(CAUSES, subject),
      remedies: stalled.length > 0 ? STOPPED : REMEDIES,
      figuresOf: 'kept',
    },
    (abort) => packetsOf(abort, conclusion.reveal),
  );
}
