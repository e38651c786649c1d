/** What the run as a whole says: which servers are spoken to otherwise than they speak with others. */

import type { RawFinding, Remedy } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { capitalised } from '../../text/capitalised.js';
import { weigh } from '../argument/cause.js';
import { manyText, packetText } from '../argument/figures.js';
import { findingOn, subjectOf, subjectText } from '../argument/finding.js';
import { unmetMeanwhile } from '../judgements/behind.js';
import { legPairsOf } from '../judgements/leg-pairing.js';
import { HTTPS_PORT, type Spoken, spokenOtherwise } from '../judgements/spoken-otherwise.js';
import { areStray } from '../judgements/stray-clients.js';
import { baselineOf } from '../observation/observation.js';
import type { Conclusion } from '../rule.js';
import type { Moment } from '../tally/earliest.js';
import { absorbOccurrences, newOccurrences, type Occurrences } from '../tally/occurrences.js';
import { type PerServer, serversOf } from '../tally/per-server.js';
import { answerText, answerTexts, isSaid, isSilent, isSure } from './answer.js';
import { beginsText, CAUSES, isUngreeted } from './causes.js';
import type { MismatchKind, ProtocolMismatchFacts } from './facts.js';
import { META } from './meta.js';
import type { Mismatch, Others } from './mismatch.js';
import { REMEDIES } from './remedies.js';
import { BEGUN_IN, isScanner, type ServerTally } from './tally.js';

const UNGREETED =
  'A server of HTTP/2 sends SETTINGS as soon as the connection stands, and this one sent no byte: it may not speak HTTP/2 in clear, or hand connections on and have nobody behind.';

const TITLES: Readonly<Record<MismatchKind, string>> = {
  'tls-to-plain': 'is sent TLS, but speaks plain HTTP',
  'plain-to-tls': 'is sent plain HTTP, but speaks TLS',
  'http2-to-http1': 'is sent HTTP/2, but speaks HTTP/1',
  'http1-to-http2': 'is sent HTTP/1, but speaks HTTP/2',
  'grpc-to-http': 'answers calls of gRPC in HTTP alone',
  'gateway-to-http': 'is asked by FastCGI, AJP or uwsgi, and speaks HTTP',
  'proxy-header-unexpected': 'is sent PROXY headers that it does not expect',
  'proxy-header-missing': 'expects PROXY headers, but gets none',
};

const WITHOUT_STATUS = 'answers calls of gRPC without grpc-status';

/** How others get on with the server. */
const OTHERS: Readonly<Partial<Record<MismatchKind, (spoken: Spoken) => Others | null>>> = {
  'tls-to-plain': ({ clear, http2 }) => said('with others it speaks plain HTTP', clear ?? http2),
  'plain-to-tls': ({ tls }) => said('with others it speaks TLS', tls),
  'http2-to-http1': ({ clear }) => said('with others it speaks HTTP/1', clear),
  'http1-to-http2': ({ http2 }) => said('with others it speaks HTTP/2', http2),
  'proxy-header-missing': ({ proxied }) =>
    said('it answers where a PROXY header comes first, and nowhere else', proxied),
};

function said(say: string, by: Moment | null): Others | null {
  return by === null ? null : { say, by };
}

/** All findings of a run, in the order of the servers. */
export function concludeRun(tally: PerServer<ServerTally>, conclusion: Conclusion): RawFinding[] {
  const servers = serversOf(tally);
  const behind: Behind = {
    demands: servers.flatMap(({ tally: { demanded } }) => demanded.earliest.items),
    headers: servers.flatMap(({ tally: { found } }) => found[HEADER]?.earliest.items ?? []),
    calls: servers.flatMap(({ tally: { found } }) => found[CALLS]?.earliest.items ?? []),
  };
  return servers.flatMap(({ endpoint, tally: server }) => findingsFor(server, endpoint, behind, conclusion));
}

const HEADER: MismatchKind = 'proxy-header-unexpected';
const CALLS: MismatchKind = 'grpc-to-http';
const ASK_WHOSE: Remedy = {
  component: 'client',
  text: 'For others nothing needs to be mended; see whose scan it is, where it is not your own.',
  config: null,
};
/** What passes bytes on does so at once. */
const PASSED_ON_NS = 50_000_000;

/** What servers said that may be behind others: that TLS belongs there, to a PROXY header, and to calls of gRPC. */
interface Behind {
  readonly demands: readonly Mismatch[];
  readonly headers: readonly Mismatch[];
  readonly calls: readonly Mismatch[];
}

/**
 * Whether an answer is that of a server behind, to a PROXY header that was put before what the client had sent. By its
 * time alone: a balancer has another address to its servers than to its clients.
 */
function isPassedOn({ server, atNs }: Mismatch, { headers }: Behind): boolean {
  return headers.some(
    (other) =>
      endpointText(other.server) !== endpointText(server) &&
      isSaid(other.answer) &&
      other.atNs <= atNs &&
      atNs - other.atNs <= PASSED_ON_NS,
  );
}

/** Whether a call was answered so by a server behind, and its proxy hands that on. */
function isAnsweredBehind({ stream, index }: Mismatch, { calls }: Behind, { observation }: Conclusion): boolean {
  if (index === null) return false;
  const backs = legPairsOf(observation).backsOf({ stream, index });
  return backs.some((back) => calls.some((call) => call.stream === back.stream && call.index === back.index));
}

/** Whether a server was told itself, by one behind it, what it then told its client. */
function isHandedOn({ server, asked, atNs }: Mismatch, demands: readonly Mismatch[]): boolean {
  return demands.some(
    (other) => other.client.address === server.address && other.asked.atNs >= asked.atNs && other.atNs <= atNs,
  );
}

function findingsFor(
  server: ServerTally,
  endpoint: Mismatch['server'],
  behind: Behind,
  conclusion: Conclusion,
): RawFinding[] {
  const found: Record<string, Occurrences<Mismatch>> = { ...server.found };
  const { spoken } = baselineOf(conclusion.observation, endpoint);
  // A 400 has many reasons; in clear, where nothing but TLS is spoken with others, it has one.
  if (spokenOtherwise(spoken, endpoint, 'clear') === 'plain-to-tls') join(found, 'plain-to-tls', server.refused);
  const { demanded, handedOn } = server;
  const isOwn = handedOn === 0 && !demanded.earliest.items.every((one) => isHandedOn(one, behind.demands));
  if (isOwn && spoken.clear === null && spoken.http2 === null) join(found, 'plain-to-tls', demanded);
  // Who speaks TLS may refuse the preface of HTTP/2 as any other request in clear.
  const preface = found['http2-to-http1'];
  if (preface !== undefined && spoken.tls !== null && spokenOtherwise(spoken, endpoint, 'clear') === 'plain-to-tls') {
    delete found['http2-to-http1'];
    join(found, 'plain-to-tls', preface);
  }
  for (const on of BEGUN_IN) {
    const otherwise = spokenOtherwise(spoken, endpoint, on);
    const hungUp = server.hungUp[on];
    // Who hands connections on closes where nobody is behind: that is no matter of protocols.
    if (hungUp.earliest.items.every((one) => isUnmet(one, conclusion))) continue;
    if (otherwise !== null) join(found, otherwise, hungUp);
    else if (on === 'http2' && nobodyGreets(hungUp, spoken)) join(found, 'http2-to-http1', hungUp);
  }
  return Object.keys(found)
    .sort()
    .flatMap((kind) => {
      const occurrences = found[kind];
      // A balancer that hands TCP on: what its client was told is the answer to the balancer's own header.
      if (kind !== HEADER && occurrences?.earliest.items.every((one) => isPassedOn(one, behind)) === true) return [];
      if (
        kind === CALLS &&
        occurrences?.earliest.items.every((one) => isAnsweredBehind(one, behind, conclusion)) === true
      )
        return [];
      const finding =
        occurrences === undefined ? null : findingFor(occurrences, spoken, { endpoint, server }, conclusion);
      return finding === null ? [] : [finding];
    });
}

/** A single one may have met anything. */
const FEWEST_UNGREETED = 2;

/** Whether nothing but FIN meets the preface of HTTP/2. What is reset with a request is rst-after-request's. */
function nobodyGreets({ count, earliest: { items } }: Occurrences<Mismatch>, { http2 }: Spoken): boolean {
  return http2 === null && count >= FEWEST_UNGREETED && items.every(({ answer }) => answer.kind === 'fin');
}

function isUnmet({ client, server, startNs, atNs }: Mismatch, { observation }: Conclusion): boolean {
  return unmetMeanwhile({ client, server, startNs, endNs: atNs }, observation) !== null;
}

/** Adds `more`, as of that kind, in a copy: what a server's tally holds stays as it is. */
function join(found: Record<string, Occurrences<Mismatch>>, kind: MismatchKind, more: Occurrences<Mismatch>): void {
  if (more.count === 0) return;
  const both = newOccurrences<Mismatch>();
  const known = found[kind];
  if (known !== undefined) absorbOccurrences(both, known);
  absorbOccurrences(both, {
    ...more,
    earliest: { ...more.earliest, items: more.earliest.items.map((one) => ({ ...one, kind })) },
  });
  found[kind] = both;
}

function findingFor(
  occurrences: Occurrences<Mismatch>,
  spoken: Spoken,
  { endpoint, server }: { readonly endpoint: Mismatch['server']; readonly server: ServerTally },
  conclusion: Conclusion,
): RawFinding | null {
  const { items } = occurrences.earliest;
  const [first] = items;
  // Where the header is understood on other connections, these were refused for another reason.
  if (first === undefined || (first.kind === 'proxy-header-unexpected' && spoken.proxied !== null)) return null;
  const who = subjectOf(endpoint, conclusion);
  const perClient = new Map<string, number>();
  for (const { client } of items) perClient.set(client.address, (perClient.get(client.address) ?? 0) + 1);
  const facts: ProtocolMismatchFacts = {
    kind: first.kind,
    answers: answerTexts(items.map(({ answer }) => answer)),
    clients: [...perClient.keys()].sort().slice(0, 10),
    speaksTlsWithOthers: spoken.tls !== null,
  };
  const isCall = first.kind === CALLS;
  const others = isCall
    ? said('other calls it answers in gRPC', server.calledWell)
    : (OTHERS[first.kind]?.(spoken) ?? null);
  // A 400 alone, on a port where nobody was seen to speak TLS, may have another reason.
  const isTold = items.some(({ answer }) => isSaid(answer) && (others !== null || isSure(answer)));
  // Nobody else is seen to be answered: that it does not speak HTTP/2 is told from its not greeting.
  const isUnsure = items.every((one) => isUngreeted(one, others));
  const hasNoStatus = items.every(({ answer }) => answer.kind === 'no-grpc-status');
  const { connections, answered } = baselineOf(conclusion.observation, endpoint);
  const isScan = items.every(({ client }) => isScanner(server, client.address));
  const mostOfOne = Math.max(...perClient.values());
  const isStray = areStray({
    count: occurrences.count,
    known: items.length,
    mostOfOne,
    others: Math.max(connections, answered),
  });
  return findingOn(
    META,
    { ...occurrences, endpoint, items, first },
    conclusion,
    who,
    {
      // Scanners try each port once.
      severity: isScan || isStray ? 'notice' : mostOfOne > 1 && !isUnsure ? 'critical' : 'warning',
      sure: isTold ? 'certain' : isUnsure || items.every(isSilent) ? 'possible' : 'likely',
      title: `${subjectText(who)} ${isUnsure ? 'hangs up on HTTP/2' : hasNoStatus ? WITHOUT_STATUS : TITLES[first.kind]}`,
      sentences: [
        `${manyText(occurrences.count, isCall ? 'call' : 'connection')} of ${manyText(perClient.size, 'client')}: ${beginsText(first)}; the answer is ${facts.answers.join(' or ')}.`,
        ...(others === null ? [] : [`${capitalised(others.say)} (${packetText(others.by.packet)}).`]),
        ...(others === null && first.kind === 'plain-to-tls' && !isTold && who.port === HTTPS_PORT
          ? [`Port ${who.port} is that of HTTPS.`]
          : []),
        ...(isUnsure ? [UNGREETED] : []),
        ...(isScan
          ? [
              `${perClient.size === 1 ? 'It tries' : 'They try'} other things, too, that are no request: a scan of what is spoken here.`,
            ]
          : []),
      ],
      facts: { ...facts },
      hypotheses: weigh(CAUSES, { first, others }),
      remedies: isScan ? [ASK_WHOSE] : (REMEDIES[first.kind] as readonly Remedy[]),
    },
    (one) => [
      { ...one.asked, note: beginsText(one) },
      { packet: one.packet, atNs: one.atNs, note: answerText(one.answer) },
    ],
  );
}
