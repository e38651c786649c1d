/** What the run as a whole says: at which server transfers stand still, and who does not read. */
import type { EvidencePacket, RawFinding, Remedy } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { durationText } from '../../text/duration.js';
import { weigh } from '../argument/cause.js';
import { manyText, spreadText } from '../argument/figures.js';
import { findingOn, subjectOf, subjectText } from '../argument/finding.js';
import type { Conclusion } from '../rule.js';
import { type OccurrencesByServer, occurrencesOf, type ServerOccurrences } from '../tally/occurrences.js';
import { CAUSES } from './causes.js';
import type { Stall } from './incident.js';
import { causeOf } from './legs.js';
import { META } from './meta.js';

/** A server that does not read for so long holds its clients up. */
const LONG_NS = 1_000_000_000;

/** All findings of a run, in the order of the servers. */
export function concludeRun(tally: OccurrencesByServer<Stall>, conclusion: Conclusion): RawFinding[] {
  const servers = occurrencesOf(tally);
  const all = servers.flatMap(({ items }) => items);
  // Whose every stall only passes another one on is not to blame.
  const causes = servers.filter(({ items }) =>
    items.some((stall) => causeOf(stall, all, conclusion.captures) === null),
  );
  return causes.map((one) => findingOf(one, all, conclusion));
}

function findingOf(one: ServerOccurrences<Stall>, all: readonly Stall[], conclusion: Conclusion): RawFinding {
  const { items, first, count, endpoint } = one;
  const passedOn =
    all.find((stall) => items.some((item) => causeOf(stall, [item], conclusion.captures) !== null)) ?? null;
  const longest = items.reduce(
    (most, stall) => (stall.closure.durationNs > most.closure.durationNs ? stall : most),
    first,
  );
  const who = subjectOf(endpoint, conclusion);
  const lengths = items.map(({ closure }) => closure.durationNs);
  const ofServer = items.filter(({ side }) => side === 'server').length;
  const harmed = items.some(
    ({ side, closure, wentOn, isRoleGuessed }) =>
      side === 'server' && wentOn && !isRoleGuessed && closure.durationNs >= LONG_NS,
  );
  return findingOn(
    META,
    one,
    conclusion,
    who,
    {
      severity: harmed ? 'warning' : 'notice',
      sure: 'certain',
      title:
        longest.side === 'server'
          ? `${subjectText(who)} does not read what is sent to it`
          : `A client of ${subjectText(who)} does not read its answer`,
      sentences: [
        `In ${manyText(count, 'connection')} to ${endpointText(who)} the ${longest.side} kept its window closed for ${spreadText(Math.min(...lengths), Math.max(...lengths))}; its peer could send nothing meanwhile.`,
        ...(passedOn === null
          ? []
          : [
              `${endpointText(passedOn.server)} stood still with it, and went on when it did: the proxy between them only passes on what it meets.`,
            ]),
      ],
      facts: {
        byServer: ofServer,
        byClient: items.length - ofServer,
        minClosedNs: Math.min(...lengths),
        maxClosedNs: Math.max(...lengths),
      },
      hypotheses: weigh(CAUSES, { stalls: items, longest, count }),
      remedies: REMEDIES[longest.side],
      figuresOf: 'kept',
    },
    packetsOf,
  );
}

function packetsOf({ side, packet, atNs, closure, zeroWindows }: Stall): EvidencePacket[] {
  const packets: EvidencePacket[] = [
    {
      packet,
      atNs,
      note: `the ${side} advertises a window of 0 (${manyText(zeroWindows, 'time')} in this connection)`,
    },
  ];
  if (closure.openedBy !== null)
    packets.push({
      packet: closure.openedBy,
      atNs: closure.startNs + closure.durationNs,
      note: `the window opens, ${durationText(closure.durationNs)} later`,
    });
  return packets;
}

const REMEDIES: Readonly<Record<Stall['side'], readonly Remedy[]>> = {
  server: [
    {
      component: 'application',
      text: 'Read the body as it comes: find out what the handler waits for meanwhile (a disk, a database, a lock), or let a proxy buffer the upload.',
      config: 'proxy_request_buffering on; # nginx, the default',
    },
  ],
  client: [
    {
      component: 'proxy',
      text: 'Nothing, where the client has set itself a limit (curl --limit-rate, a player that has enough). Else let the proxy take the answer in and keep it for slow clients; its own slowness (disk of the temporary files, CPU) shows the same.',
      config: 'proxy_buffering on; # nginx, the default\nproxy_buffers 16 64k;',
    },
  ],
};
