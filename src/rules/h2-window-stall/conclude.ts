/** What the run as a whole says: at which server transfers stand still for want of a window, and who gives none. */
import type { EvidencePacket, RawFinding } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { durationText } from '../../text/duration.js';
import { countText } from '../../text/size.js';
import { weigh } from '../argument/cause.js';
import { manyText, packetText, spreadText } from '../argument/figures.js';
import { findingOn, subjectOf, subjectText } from '../argument/finding.js';
import { requestText } from '../argument/request-text.js';
import type { Conclusion } from '../rule.js';
import { type OccurrencesByServer, occurrencesOf, type ServerOccurrences } from '../tally/occurrences.js';
import { CAUSES } from './causes.js';
import type { Stall } from './incident.js';
import { causeOf, isTimed } from './legs.js';
import { META } from './meta.js';
import { remediesOf } from './remedies.js';

/** The rule's own figures in a finding: plain JSON, units in the names. `report/` mirrors it. */
export interface H2WindowStallFacts {
  readonly uploads: number;
  readonly unreadAnswers: number;
  readonly starvedConnections: number;
  readonly minStalledNs: number;
  readonly maxStalledNs: number;
  readonly givenWindow: number;
  readonly resetByClient: number;
}

/** All findings of a run, in the order of the servers. */
export function concludeRun(tally: OccurrencesByServer<Stall>, conclusion: Conclusion): RawFinding[] {
  const { captures } = conclusion;
  const servers = occurrencesOf(tally).flatMap((one) => timedOf(one, captures));
  const all = servers.flatMap(({ items }) => items);
  // Whose every stall only passes another one on is not to blame.
  return servers
    .filter(({ items }) => items.some((stall) => causeOf(stall, all, captures) === null))
    .map((one) => findingOf(one, all, conclusion));
}

/** Those of a server whose length is known; none, where there is no such stall. */
function timedOf(one: ServerOccurrences<Stall>, captures: Conclusion['captures']): ServerOccurrences<Stall>[] {
  const items = one.items.filter((stall) => isTimed(stall, captures));
  const [first] = items;
  if (first === undefined) return [];
  return items.length === one.items.length ? [one] : [{ ...one, items, first, count: items.length }];
}

function findingOf(one: ServerOccurrences<Stall>, all: readonly Stall[], conclusion: Conclusion): RawFinding {
  const { items, first, count, endpoint } = one;
  const who = subjectOf(endpoint, conclusion);
  const lengths = items.map(({ durationNs }) => durationNs);
  const [minStalledNs, maxStalledNs] = [Math.min(...lengths), Math.max(...lengths)];
  const passedOn =
    all.find((stall) => items.some((item) => causeOf(stall, [item], conclusion.captures) !== null)) ?? null;
  const kinds = {
    upload: items.filter(({ kind }) => kind === 'upload').length,
    unread: items.filter(({ kind }) => kind === 'unread').length,
    starved: items.filter(({ kind }) => kind === 'starved').length,
  };
  const facts: H2WindowStallFacts = {
    uploads: kinds.upload,
    unreadAnswers: kinds.unread,
    starvedConnections: kinds.starved,
    minStalledNs,
    maxStalledNs,
    givenWindow: items.filter(({ endedBy }) => endedBy === 'window-update').length,
    resetByClient: items.filter(({ resetBy }) => resetBy === 'client').length,
  };
  const sentences = (['upload', 'unread', 'starved'] as const).flatMap((kind) => {
    const own = items.filter((stall) => stall.kind === kind);
    return own.length === 0 ? [] : [SAYS[kind](own, endpointText(endpoint))];
  });
  if (passedOn !== null)
    sentences.push(
      `${endpointText(passedOn.server)} stood still with it, and went on when it did: the proxy between them only passes on what it meets.`,
    );
  return findingOn(
    META,
    one,
    conclusion,
    who,
    {
      severity: kinds.upload > 0 || kinds.starved > 0 ? 'warning' : 'notice',
      // That an application does not read is inferred: of the receiver only the silence is seen.
      sure: 'likely',
      title:
        kinds.upload > 0
          ? `${subjectText(who)} gives uploads over HTTP/2 no window`
          : `A client of ${subjectText(who)} gives its answers over HTTP/2 no window`,
      sentences,
      facts: { ...facts },
      hypotheses: weigh(CAUSES, { stalls: items, first }),
      remedies: remediesOf(items),
      ...(count > items.length ? { figuresOf: 'kept' as const } : {}),
    },
    (stall) => packetsOf(stall, conclusion.reveal),
  );
}

const SAYS: Readonly<Record<Stall['kind'], (stalls: readonly Stall[], name: string) => string>> = {
  upload: (stalls, name) =>
    `${name} left the body of ${manyText(stalls.length, 'request')} waiting for ${lengthText(stalls)}: its window was used up, and no WINDOW_UPDATE came.${gaveUp(stalls)}`,
  unread: (stalls, name) =>
    `${manyText(stalls.length, 'answer')} of ${name} stopped where the client’s window was used up, and the client took nothing more for ${lengthText(stalls)}, to ${stalls.length === 1 ? 'its' : 'their'} end.${gaveUp(stalls)}`,
  starved: (stalls, name) =>
    `On ${manyText(stalls.length, 'connection')} to ${name} the client’s window for the whole connection was used up for ${lengthText(stalls)}, and it asked for more meanwhile, which had to wait.`,
};

function lengthText(stalls: readonly Stall[]): string {
  const lengths = stalls.map(({ durationNs }) => durationNs);
  return spreadText(Math.min(...lengths), Math.max(...lengths));
}

/** Who ended it, where somebody did. */
function gaveUp(stalls: readonly Stall[]): string {
  return (['client', 'server'] as const)
    .map((side) => {
      const left = stalls.filter(({ resetBy }) => resetBy === side).length;
      if (left === 0) return '';
      const what = left < stalls.length ? `${countText(left)} of them` : left === 1 ? 'it' : 'all of them';
      return ` The ${side} gave ${what} up.`;
    })
    .join('');
}

function packetsOf(stall: Stall, reveal: boolean): EvidencePacket[] {
  const { requestPacket, requestNs, packet, atNs, h2Stream, endPacket, endNs, endedBy, durationNs, kind } = stall;
  const whose = kind === 'upload' ? 'server' : 'client';
  const packets: EvidencePacket[] = [
    { packet: requestPacket, atNs: requestNs, note: requestText(stall, reveal) },
    {
      packet,
      atNs,
      note: `DATA uses up the ${whose}’s window ${h2Stream === 0 ? 'for the connection' : `on stream ${h2Stream}`}`,
    },
  ];
  if (endPacket !== null)
    packets.push({
      packet: endPacket,
      atNs: endNs,
      note: `${endedBy === 'reset' ? 'RST_STREAM' : 'window again'} ${durationText(durationNs)} after ${packetText(packet)}`,
    });
  return packets;
}
