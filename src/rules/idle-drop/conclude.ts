/** What the run as a whole says: after how long connections of a server are forgotten, and what was lost. */
import type { EvidencePacket, RawFinding, Remedy } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { durationText } from '../../text/duration.js';
import { weigh } from '../argument/cause.js';
import { manyText, ordinalText, packetText, spreadText } from '../argument/figures.js';
import { findingOn, subjectOf, subjectText } from '../argument/finding.js';
import type { Conclusion } from '../rule.js';
import { type OccurrencesByServer, occurrencesOf, type ServerOccurrences } from '../tally/occurrences.js';
import { CAUSES, type Case, knownTimerOf, timerText } from './causes.js';
import type { Drop } from './incident.js';
import { META } from './meta.js';

/** All findings of a run, in the order of the servers. */
export function concludeRun(tally: OccurrencesByServer<Drop>, conclusion: Conclusion): RawFinding[] {
  return occurrencesOf(tally).map((one) => findingOf(one, conclusion));
}

function findingOf(one: ServerOccurrences<Drop>, conclusion: Conclusion): RawFinding {
  const { items, first, count, endpoint } = one;
  const known = conclusion.servers.known(endpoint);
  const accept = known?.lastAccept ?? null;
  const subject: Case = {
    drops: items,
    first,
    count,
    shortestNs: Math.min(...items.map(({ idleNs }) => idleNs)),
    longestSurvivedNs: known?.longestAnsweredNs ?? 0,
    lastAnswer: known?.lastAnswer ?? null,
    acceptAfter: accept !== null && accept.atNs > first.atNs ? { atNs: accept.atNs, packet: accept.packet } : null,
  };
  const who = subjectOf(endpoint, conclusion);
  const idles = items.map(({ idleNs }) => idleNs);
  const resets = items.filter(({ how }) => how === 'reset').length;
  const isLikely = first.how === 'reset' || subject.acceptAfter !== null;
  const pending = items.filter((drop) => drop.pending).length;
  return findingOn(
    META,
    one,
    conclusion,
    who,
    {
      // Silence alone may be a peer that is gone: worth knowing, no more.
      severity: !isLikely ? 'notice' : pending > 0 ? 'critical' : 'warning',
      sure: isLikely ? 'likely' : 'possible',
      title: `Idle connections of ${subjectText(who)} are forgotten on the way`,
      sentences: [
        `${manyText(count, 'connection')} to ${endpointText(who)} ${count === 1 ? 'was' : 'were'} silent for ${spreadText(Math.min(...idles), Math.max(...idles))}; what came next met ${resets === items.length ? 'a reset that the other side did not write' : resets === 0 ? 'no answer at all' : 'silence or a foreign reset'}.`,
        `Something on the way forgets after ${timerText(subject)}.`,
        ...(pending > 0
          ? [`${manyText(pending, 'request was', 'requests were')} lost with ${pending === 1 ? 'it' : 'them'}.`]
          : []),
      ],
      facts: {
        bySilence: items.length - resets,
        byReset: resets,
        requestsLost: pending,
        shortestForgottenSeconds: subject.shortestNs / 1e9,
        longestSurvivedSeconds: subject.longestSurvivedNs > 0 ? subject.longestSurvivedNs / 1e9 : null,
        knownTimerSeconds: knownTimerOf(subject)?.[0] ?? null,
      },
      hypotheses: weigh(CAUSES, subject),
      remedies: remediesOf(subject),
      figuresOf: 'kept',
    },
    packetsOf,
  );
}

function packetsOf({ packet, atNs, idleNs, side, how, end, ttl, usualTtl, times }: Drop): EvidencePacket[] {
  return [
    { packet, atNs, note: `the ${side} speaks again, after ${durationText(idleNs)} of silence` },
    {
      packet: end.packet,
      atNs: end.atNs,
      note:
        how === 'reset'
          ? `RST in the other side’s name${ttl === null || ttl === usualTtl ? ' from another link-layer source' : `, TTL ${ttl} where its own is ${usualTtl}`}`
          : `${packetText(packet)} sent again for the ${ordinalText(times)} time: nobody acknowledges it`,
    },
  ];
}

function remediesOf({ shortestNs }: Case): Remedy[] {
  const half = Math.max(1, Math.floor(shortestNs / 2e9));
  const between = Math.min(15, half);
  return [
    {
      component: 'host',
      text: `Send TCP keep-alives at least every ${half} s, half of that time, on one of the two sides. Only sockets send them whose program asks for them (SO_KEEPALIVE), and that after 2 hours unless set.`,
      config: `sysctl -w net.ipv4.tcp_keepalive_time=${half}\nsysctl -w net.ipv4.tcp_keepalive_intvl=${between}`,
    },
    {
      component: 'haproxy',
      text: 'Let HAProxy send TCP keep-alives, towards servers and clients.',
      config: ['srv', 'cli']
        .map((side) => `option ${side}tcpka\n${side}tcpka-idle ${half}s\n${side}tcpka-intvl ${between}s`)
        .join('\n'),
    },
    {
      component: 'nginx',
      text: 'Let nginx send TCP keep-alives, towards servers (at the times of its host, as above) and clients.',
      config: `proxy_socket_keepalive on;\nlisten 443 ssl so_keepalive=${half}s:${between}s:3;`,
    },
    {
      component: 'client',
      text: `Or let pools give up connections that were idle for ${half} s.`,
      config: null,
    },
  ];
}
