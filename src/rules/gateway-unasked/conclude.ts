/** What the run as a whole says: one finding for each gateway and manner. */
import { type EvidencePacket, MAX_EVIDENCE, type RawFinding, type Subject } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { durationText } from '../../text/duration.js';
import { countText } from '../../text/size.js';
import { weigh } from '../argument/cause.js';
import { manyText, packetText, spreadText, timeoutText } from '../argument/figures.js';
import { findingOn, subjectOf, subjectText } from '../argument/finding.js';
import type { Conclusion } from '../rule.js';
import { serversOf } from '../tally/per-server.js';
import type { Case, GatewayUnaskedFacts } from './case.js';
import { casesOf } from './case-of.js';
import { CAUSES } from './causes.js';
import { META } from './meta.js';
import { remediesOf } from './remedies.js';
import type { ErrorAnswer, UnaskedTally } from './tally.js';

/** All findings of a run, in the order of the servers. */
export function concludeRun(tally: UnaskedTally, conclusion: Conclusion): RawFinding[] {
  return serversOf(tally.servers).flatMap(({ endpoint, tally: { earliest, count } }) => {
    const who = subjectOf(endpoint, conclusion);
    return casesOf(endpoint, earliest.items, tally, conclusion).map((subject) => {
      const { answers, first } = subject;
      const items = answers.slice(0, MAX_EVIDENCE);
      return findingOn(
        META,
        {
          ...{ endpoint, first, items, count: answers.length },
          earliest: { limit: MAX_EVIDENCE, items },
          lastNs: answers.at(-1)?.atNs ?? first.atNs,
          steps: Math.min(...answers.map(({ steps }) => steps)),
        },
        conclusion,
        who,
        {
          severity: 'critical',
          sure: 'likely',
          title: titleOf(subject, who),
          sentences: [...sentencesOf(subject), ...keptText(earliest.items.length, count)],
          facts: { ...factsOf(subject) },
          hypotheses: weigh(CAUSES, subject),
          remedies: remediesOf(subject),
        },
        (answer) => packetsOf(answer, subject),
      );
    });
  });
}

function keptText(kept: number, count: number): string[] {
  return kept < count
    ? [`Of its ${countText(count)} answers of this kind the first ${countText(kept)} were looked at.`]
    : [];
}

function statusesOf({ answers }: Case): string {
  return [...new Set(answers.map(({ status }) => status))].sort().join(' and ');
}

function titleOf(subject: Case, who: Subject): string {
  const said = `${subjectText(who)} answers ${statusesOf(subject)} by itself`;
  if (subject.manner === 'queue') return `${said}: its queue ran out`;
  return subject.manner === 'phase'
    ? `${said}: it asks no server behind it for a while`
    : `${said}, and asks no server`;
}

function sentencesOf(subject: Case): string[] {
  const { manner, answers, first, minWaitNs, maxWaitNs, asked, firstAsked, pauseNs, askedAgain, queueSeconds } =
    subject;
  const were = manyText(answers.length, 'request was', 'requests were');
  const sentences = [
    `${were} answered ${statusesOf(subject)} ${spreadText(minWaitNs, maxWaitNs)} after ${answers.length === 1 ? 'it' : 'they'} came (from ${packetText(first.packet)}), with no request behind and no attempt to connect from where the gateway asks; ${manyText(asked, 'other has', 'others have')} theirs (from ${packetText(firstAsked.packet)}). So the servers behind did not fail these requests: they were not asked.`,
  ];
  if (manner === 'queue')
    sentences.push(
      `All that time ${manyText(subject.mostInProgress, 'request was', 'requests were')} in progress behind, as many as ever${queueSeconds === null ? '' : `; the waits are those of a time-out of ${timeoutText(queueSeconds, answers.length)}`}.`,
    );
  if (manner === 'phase')
    sentences.push(
      pauseNs === null || askedAgain === null
        ? 'Until the capture ended nobody was asked again.'
        : `${durationText(pauseNs)} after ${subject.trouble === null ? 'the first of them' : `what failed behind (${packetText(subject.trouble.packet)})`} a server was asked again (${packetText(askedAgain.packet)}).`,
    );
  return sentences;
}

function factsOf(subject: Case): GatewayUnaskedFacts {
  const { manner, minWaitNs, maxWaitNs, asked: askedBehind, mostInProgress, queueSeconds, trouble } = subject;
  return {
    ...{ manner, minWaitNs, maxWaitNs, askedBehind, mostInProgress },
    unaskedForNs: manner === 'phase' ? subject.pauseNs : null,
    queueTimeoutSeconds: queueSeconds,
    failedServer: trouble === null ? null : endpointText(trouble.server),
  };
}

function packetsOf({ requestPacket, requestNs, packet, atNs, status }: ErrorAnswer, { trouble, first }: Case) {
  const packets: EvidencePacket[] = [
    { packet: requestPacket, atNs: requestNs, note: 'request of a client' },
    { packet, atNs, note: `${status} ${durationText(atNs - requestNs)} later; nothing was asked behind in between` },
  ];
  if (trouble !== null && packet === first.packet)
    packets.push({
      ...{ packet: trouble.packet, atNs: trouble.atNs },
      ...{ note: 'what the gateway asked behind failed', elsewhere: true as const },
    });
  return packets;
}
