/** What the run as a whole says: which server takes handshakes late while it takes others at once. */
import type { EvidencePacket, RawFinding, Remedy } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { durationText } from '../../text/duration.js';
import { weigh } from '../argument/cause.js';
import { manyText, spreadText } from '../argument/figures.js';
import { findingOn, subjectOf, subjectText } from '../argument/finding.js';
import { losesPackets } from '../judgements/capture-loss.js';
import { MANY_TAKEN, takenMeanwhile } from '../judgements/taken-meanwhile.js';
import type { Conclusion } from '../rule.js';
import { type OccurrencesByServer, occurrencesOf, type ServerOccurrences } from '../tally/occurrences.js';
import type { ServerKnown } from '../tally/server-tally.js';
import { CAUSES, type Case } from './causes.js';
import type { LateAccept } from './incident.js';
import { META } from './meta.js';
import { areScattered } from './scattered.js';

/** Fewer may be lost on the way. */
const MANY = 3;
/** The SYN-ACK of a server next to the capture comes so much sooner than its client’s ACK. */
const NEAR_RATIO = 4;

/** All findings of a run, in the order of the servers. */
export function concludeRun(tally: OccurrencesByServer<LateAccept>, conclusion: Conclusion): RawFinding[] {
  return occurrencesOf(tally).flatMap((one) => {
    const subject = caseOf(one, conclusion);
    return subject === null ? [] : [findingOf(one, subject, conclusion)];
  });
}

function caseOf(
  { items, first, count, lastNs, endpoint }: ServerOccurrences<LateAccept>,
  conclusion: Conclusion,
): Case | null {
  const known = conclusion.servers.known(endpoint);
  // A reset of the handshake's ACK is no loss: one says what it is, if the request that may have been reset was seen behind it.
  const saysSo = items.some(({ how, isBeforeRequest }) => how === 'reset' && isBeforeRequest);
  if (known === null || (count < MANY && !saysSo)) return null;
  // It may be the request that is reset, and the request that the capture lacks.
  if (items.some(({ how }) => how === 'reset') && losesPackets(conclusion)) return null;
  // Of those whose SYN came again the server's figures know; the others were accepted as far as these can tell.
  const notTaken = items.filter(({ how }) => how !== 'syn').length;
  const prompt = takenMeanwhile(known, notTaken, first.atNs, lastNs);
  if (prompt < MANY_TAKEN) return null;
  const isAtServer = isNear(known);
  return {
    late: items,
    first,
    count,
    clients: [...new Set(items.map(({ client }) => client.address))].sort(),
    known,
    prompt,
    isAtServer,
    isScattered:
      !isAtServer && items.every(({ how }) => how === 'syn') && areScattered(items, count, prompt, known.acceptedAt),
  };
}

function isNear({ toServer, toClients }: ServerKnown): boolean {
  return toServer !== null && toClients !== null && toServer.least * NEAR_RATIO < toClients.least;
}

function findingOf(one: ServerOccurrences<LateAccept>, subject: Case, conclusion: Conclusion): RawFinding {
  const { late, first, count, prompt, isAtServer, isScattered, clients } = subject;
  const who = subjectOf(one.endpoint, conclusion);
  const delays = late.map(({ delayNs }) => delayNs);
  const resets = late.filter(({ how }) => how === 'reset').length;
  const hypotheses = weigh(CAUSES, subject);
  return findingOn(
    META,
    one,
    conclusion,
    who,
    {
      severity: resets > 0 ? 'critical' : isScattered ? 'notice' : 'warning',
      // A listener that is closed in the midst of a handshake resets it, too: that happens to few.
      sure: isScattered ? 'possible' : isAtServer && count >= MANY ? 'certain' : 'likely',
      title:
        first.how === 'reset'
          ? `${subjectText(who)} resets handshakes: its queue is full`
          : isAtServer
            ? `${subjectText(who)} accepts connections late: its queue is full`
            : isScattered
              ? `Single connections to ${subjectText(who)} are accepted late: SYNs are lost, or now and then its queue is full`
              : `Connections to ${subjectText(who)} are accepted late: its queue is full, or something before it has no room`,
      sentences: [
        first.how === 'reset'
          ? `${manyText(count, 'handshake')} with ${endpointText(who)} ${count === 1 ? 'was reset at its' : 'were reset at their'} last step, while ${manyText(prompt, 'other')} ${prompt === 1 ? 'was' : 'were'} taken.`
          : `${manyText(count, 'handshake')} of ${manyText(clients.length, 'client')} with ${endpointText(who)} lasted ${spreadText(Math.min(...delays), Math.max(...delays))}: the server took notice of the ${first.how === 'syn' ? 'SYN' : 'ACK and the request'} only when ${first.how === 'syn' ? 'it was' : 'they were'} sent again. ${manyText(prompt, 'other')} ${prompt === 1 ? 'was' : 'were'} taken at once.`,
      ],
      facts: {
        bySyn: late.filter(({ how }) => how === 'syn').length,
        byAck: late.filter(({ how }) => how === 'ack').length,
        byReset: resets,
        minDelayNs: Math.min(...delays),
        maxDelayNs: Math.max(...delays),
        takenAtOnce: prompt,
        capturedAtServer: isAtServer,
      },
      hypotheses,
      remedies: remediesOf(resets > 0, isAtServer, who.port),
      figuresOf: 'kept',
    },
    packetsOf,
  );
}

const ENDS = {
  syn: 'SYN-ACK, to the SYN that was sent again',
  ack: 'the request comes again, and is acknowledged at last',
  reset: 'RST to the ACK of the handshake',
} as const;

function packetsOf({ syn, end, how, delayNs }: LateAccept): EvidencePacket[] {
  return [
    { ...syn, note: 'SYN' },
    { ...end, note: `${ENDS[how]}, ${durationText(delayNs)} after the first SYN` },
  ];
}

/** A longer queue, and who empties it; where the kernel resets what finds no room, that it drops it instead. */
function remediesOf(isReset: boolean, isAtServer: boolean, port: number): Remedy[] {
  return [
    {
      component: 'host',
      text: 'Check whether the queue overflows, and make it longer.',
      config: `nstat -az TcpExtListenOverflows TcpExtListenDrops\nss -ltn 'sport = :${port}'\nsysctl -w net.core.somaxconn=4096`,
    },
    {
      component: 'server',
      text: 'The service sets a queue length of its own, too.',
      config: [
        `# nginx\nlisten ${port} backlog=4096;`,
        `# HAProxy\nbind :${port} backlog 4096`,
        '# Apache\nListenBacklog 4096',
        `// Node\nserver.listen({ port: ${port}, backlog: 4096 });`,
        '# gunicorn\ngunicorn --backlog 4096 APP',
        '<!-- Tomcat -->\n<Connector port="8080" acceptCount="1000"/>',
      ].join('\n'),
    },
    ...(isReset ? [DROP_RATHER] : isAtServer ? [] : [ROOM_ON_THE_WAY]),
    {
      component: 'application',
      text: 'A longer queue only hides a service that is too slow to accept: add workers, and let connections be reused.',
      config: null,
    },
  ];
}

const ROOM_ON_THE_WAY: Remedy = {
  component: 'firewall',
  text: 'Where nothing overflows there: a NAT or firewall on the way takes no SYN either once its ports or its table are used up; count on it.',
  config: 'conntrack -S # insert_failed, drop\nsysctl net.netfilter.nf_conntrack_count net.netfilter.nf_conntrack_max',
};

const DROP_RATHER: Remedy = {
  component: 'host',
  text: 'Linux resets what finds no room only where it is told to. Otherwise it drops the ACK, and a client whose request comes again gets through once there is room.',
  config: 'sysctl -w net.ipv4.tcp_abort_on_overflow=0',
};
