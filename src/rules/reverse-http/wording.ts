/** What a finding of the rule says: its sentences and its packets. */
import type { EvidencePacket } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { durationText } from '../../text/duration.js';
import { listText } from '../../text/list.js';
import { countText } from '../../text/size.js';
import { manyText } from '../argument/figures.js';
import { evidenceOf } from '../argument/finding.js';
import { toldPacket, toldSentences } from '../judgements/front-failures.js';
import type { GatewayFailure } from '../tally/server-tally.js';
import type { Case, Gap } from './case.js';
import { isWithin } from './case-of.js';
import type { Basis, Reversed } from './reversed.js';

/** Without keys nobody knows what was asked. */
function answeredText(requests: number, connections: readonly Reversed[]): string {
  if (requests === 0 && connections.some(({ isTls, isAsked }) => isTls && !isAsked))
    return 'What is asked and answered on them is encrypted.';
  return `${manyText(requests, 'request')} ${requests === 1 ? 'was' : 'were'} answered by the side that dialled.`;
}

const BASES: Readonly<Record<Basis, string>> = {
  frames: 'requests come from the side that accepted the connection',
  alpn: 'the ClientHello offers a protocol for it',
  name: 'the ClientHello names a tunnel’s edge, without ALPN',
};

/** Its summary. */
export function summaryOf(subject: Case): string {
  const { occurrences, dialling, connections, gaps, first, uncertified, told } = subject;
  const requests = connections.reduce((sum, one) => sum + one.requests, 0);
  const sentences = [
    `${manyText(occurrences, 'connection')} from ${listText(dialling)}: ${BASES[first.basis]}${first.alpn === null ? '' : ` (ALPN ${first.alpn})`}. ${answeredText(requests, connections)}`,
  ];
  const [gap] = gaps;
  if (gap !== undefined)
    sentences.push(
      `${countText(gaps.length)} of the connections ${gaps.length === 1 ? 'was' : 'were'} ended by ${endpointText(gap.reversed.server)} after ${durationText(gap.reversed.dropped.idleNs)} of silence; for ${durationText(gap.lengthNs)} its server could not be reached.`,
      ...toldSentences(told),
    );
  if (uncertified !== null) sentences.push('No client certificate was shown, which this protocol demands.');
  return sentences.join(' ');
}

/** The packets of one gap: the connection that was given up, what clients were told, and the next that was dialled. */
export function gapEvidence(gap: Gap, told: readonly GatewayFailure[]) {
  const { reversed, again, lengthNs } = gap;
  const failure = told.find((one) => isWithin(one, gap));
  const { packet, atNs, idleNs, by } = reversed.dropped;
  return evidenceOf(reversed, [
    shown(reversed),
    { packet, atNs, note: `${by} of the accepting side after ${durationText(idleNs)} without a frame` },
    failure === undefined ? null : toldPacket(failure),
    again && {
      packet: again.dialPacket,
      atNs: again.dialledNs,
      note: `its server dials again, ${durationText(lengthNs)} later`,
      elsewhere: true,
    },
  ]);
}

/** The packet that shows it. */
export function shown({ packet, atNs, basis, alpn, isAsked }: Reversed): EvidencePacket {
  const what =
    basis !== 'frames'
      ? BASES[basis]
      : isAsked
        ? 'the first request, of the side that accepted the connection'
        : 'who dials here is HTTP’s server';
  return { packet, atNs, note: `${what}${alpn === null ? '' : `, ALPN ${alpn}`}` };
}
