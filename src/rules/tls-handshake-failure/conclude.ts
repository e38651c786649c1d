/** What the run as a whole says: one finding for each server and way in which handshakes fail there; a proxy’s tunnels are told by themselves. */
import type { Endpoint } from '../../facts/endpoint.js';
import { type Confidence, MAX_EVIDENCE, type RawFinding, type Severity } from '../../facts/finding.js';
import { visible } from '../../text/visible.js';
import { weigh } from '../argument/cause.js';
import { confidenceOf, subjectOf, subjectText } from '../argument/finding.js';
import { unmetMeanwhile } from '../judgements/behind.js';
import { endOfServerAround, type ServerEnd } from '../judgements/ending-server.js';
import { HTTPS_PORT, type Spoken, spokenOtherwise } from '../judgements/spoken-otherwise.js';
import { areStray } from '../judgements/stray-clients.js';
import { baselineOf, type Observation } from '../observation/observation.js';
import type { Conclusion } from '../rule.js';
import type { Moment } from '../tally/earliest.js';
import { serversOf } from '../tally/per-server.js';
import { type Case, MAX_LISTED, mayNotBeTls, type TlsHandshakeFailureFacts } from './case.js';
import { CAUSES } from './causes.js';
import { ALERT, type Failure } from './failure.js';
import { META } from './meta.js';
import { remediesOf } from './remedies.js';
import { MAY_LACK } from './server-causes.js';
import { calledIn, type HandshakeTally, isAnsweredWithout, isScanner, type ServerTally, visitorKey } from './tally.js';
import { refusedOf, withTold } from './told.js';
import { type Targets, targetsOf, type Way } from './way.js';
import { evidenceIn, summaryOf, titleOf } from './wording.js';

const UNUSED = 'unused';
/** Alerts by which a server says that it speaks nothing of what was offered: handshake_failure, protocol_version, insufficient_security. RFC 8446 §6.2. */
const OF_THE_OFFER: ReadonlySet<number> = new Set([
  ALERT.handshakeFailure,
  ALERT.protocolVersion,
  ALERT.insufficientSecurity,
]);

/** All findings of a run, in the order of the servers; those within tunnels behind the others. */
export function concludeRun({ servers, tunnels }: HandshakeTally, conclusion: Conclusion): RawFinding[] {
  return [...serversOf(servers), ...serversOf(tunnels)].flatMap(({ endpoint, tally: server }) => {
    const { spoken } = baselineOf(conclusion.observation, endpoint);
    // Who is spoken to in the wrong way hangs up on everybody who does so: protocol-mismatch tells it.
    const isSpokenOtherwise = spokenOtherwise(spoken, endpoint, 'tls') !== null;
    const refused = refusedOf(server.unused, conclusion);
    const ways = refused === null ? server.failures : { ...server.failures, [UNUSED]: refused };
    return Object.keys(ways)
      .sort()
      .flatMap((key) => {
        const failures = ways[key];
        if (failures === undefined) return [];
        const subject = caseOf(failures, server, isTlsSpoken(targetsOf(failures), spoken, endpoint), conclusion);
        const isTold = isSpokenOtherwise && subject?.behind === null;
        if (isTold && failures.earliest.items.every(({ isHungUp }) => isHungUp)) return [];
        // Where others go on with the same certificate, it is not for that that one leaves.
        if (subject?.first.sign === 'left' && (subject.sameName !== null || refused !== null)) return [];
        // Where no certificate is demanded, the 400 is for something else.
        if (subject?.first.sign === 'answer' && isUndemanded(subject, server)) return [];
        if (subject?.first.sign === 'unchosen' && !isUnchosen(subject, server)) return [];
        return subject === null ? [] : [findingOf(subject, failures, endpoint, conclusion)];
      });
  });
}

function isUndemanded({ first, failures }: Case, server: ServerTally): boolean {
  return first.clientCertificate !== 'sent' && failures.every((one) => isAnsweredWithout(server, one));
}

/** Who tries a server may leave so once; and where HTTP/2 is spoken, it is for another reason. */
const FEWEST_UNCHOSEN = 2;

function isUnchosen({ occurrences, failures }: Case, server: ServerTally): boolean {
  if (occurrences < FEWEST_UNCHOSEN || server.http2.items.length > 0) return false;
  return !failures.every((one) => isScanner(server, one));
}

function isTlsSpoken(tunnels: Targets | null, { tls, toTls }: Spoken, { port }: Endpoint): boolean {
  // What others speak with the proxy says nothing of where its tunnels lead.
  if (tunnels !== null) return tunnels.known.every((target) => target.endsWith(`:${HTTPS_PORT}`));
  return tls !== null || toTls !== null || port === HTTPS_PORT;
}

function caseOf(way: Way, server: ServerTally, isTlsSpoken: boolean, conclusion: Conclusion): Case | null {
  const { failures, told } = withTold(way.earliest.items, conclusion);
  const [first] = failures;
  if (first === undefined) return null;
  const visitors = [...new Set(failures.map((one) => visitorKey(one.client.address, calledIn(one))))].map(
    (key) => server.visitors.entries[key],
  );
  const names = [...new Set(failures.flatMap(({ serverName }) => (serverName === null ? [] : [visible(serverName)])))];
  const clients = [...new Set(failures.map(({ client }) => client.address))].sort();
  const successes = server.successes.items;
  return {
    failures,
    first,
    occurrences: way.count,
    handshakes: server.handshakes,
    succeeded: server.succeeded,
    success: successes.find(({ serverName }) => serverName !== first.serverName) ?? successes[0] ?? null,
    sameName: successes.find(({ serverName }) => serverName === first.serverName) ?? null,
    sameVersion: successes.find(({ version }) => version !== null && first.versions.includes(version)) ?? null,
    clients,
    recovered: clients.filter((address) => hasRecovered(address, failures, server)).length,
    mostOfOne: Math.max(
      0,
      ...visitors.map((one) => (one !== undefined && one.lastSucceededNs <= one.lastFailedNs ? one.failed : 0)),
    ),
    names: names.sort().slice(0, MAX_LISTED),
    idle: told.length > 0 ? null : idleOf(failures, server),
    behind: behindOf(failures, conclusion.observation),
    ended: endOf(failures, conclusion.observation),
    isTlsSpoken,
    tunnels: targetsOf(way),
    told,
  };
}

/** Whether a client got in later with each of the names with which it had failed. */
function hasRecovered(address: string, failures: readonly Failure[], { visitors }: ServerTally): boolean {
  const names = new Set(failures.flatMap((one) => (one.client.address === address ? [calledIn(one)] : [])));
  return [...names].every((name) => {
    const one = visitors.entries[visitorKey(address, name)];
    return one !== undefined && one.lastSucceededNs > one.lastFailedNs;
  });
}

/** What {@link Case.idle} holds. */
function idleOf(failures: readonly Failure[], server: ServerTally): Case['idle'] {
  if (failures.every((one) => one.sign === 'alert' && one.from === 'server' && isScanner(server, one))) return 'scan';
  const isOld = ({ versions }: Failure): boolean => versions.length > 0 && versions.every((one) => OBSOLETE.has(one));
  return failures.every((one) => isOffer(one) && isOld(one)) ? 'ssl3-alone' : null;
}

/** Nothing has spoken them alone since RFC 7568 (2015). */
const OBSOLETE: ReadonlySet<string> = new Set(['SSL 2.0', 'SSL 3.0']);

/** Whether the server says that it speaks nothing of what was offered. */
function isOffer({ from, alert }: Failure): boolean {
  return from === 'server' && alert !== null && OF_THE_OFFER.has(alert);
}

/** What {@link Case.ended} holds. */
function endOf(failures: readonly Failure[], observation: Observation): ServerEnd | null {
  let first: ServerEnd | null = null;
  for (const { sign, client, server, startNs, atNs: endNs, packet } of failures) {
    if (sign !== 'silent') return null;
    const end = endOfServerAround({ client, server, startNs, endNs, packet }, observation);
    if (end === null) return null;
    first ??= end;
  }
  return first;
}

/** What {@link Case.behind} holds: of a refusal that does not say why. */
function behindOf(failures: readonly Failure[], observation: Observation): Moment | null {
  let first: Moment | null = null;
  for (const { sign, client, server, startNs, atNs } of failures) {
    if (!MAY_LACK.has(sign)) return null;
    const unmet = unmetMeanwhile({ client, server, startNs, endNs: atNs }, observation);
    if (unmet === null) return null;
    first ??= unmet;
  }
  return first;
}

function findingOf(subject: Case, occurrences: Way, endpoint: Endpoint, conclusion: Conclusion): RawFinding {
  const who = subjectOf(endpoint, conclusion);
  const hypotheses = weigh(CAUSES, subject);
  return {
    rule: META.id,
    severity: severityOf(subject),
    confidence: confidenceOf(atBest(subject), occurrences, conclusion),
    title: titleOf(subject, subjectText(who)),
    summary: summaryOf(subject),
    subject: who,
    occurrences: subject.occurrences,
    firstSeenNs: subject.first.atNs,
    lastSeenNs: occurrences.lastNs,
    facts: { ...factsOf(subject) },
    evidence: subject.failures.slice(0, MAX_EVIDENCE).map(evidenceIn),
    hypotheses,
    remedies: remediesOf(subject, hypotheses),
    references: META.references,
  };
}

/** A scanner tries once and goes; who comes again and never gets in is a client that fails. */
function severityOf(subject: Case): Severity {
  const { mostOfOne, first, occurrences, clients, recovered, idle } = subject;
  if (idle !== null || isStray(subject)) return 'notice';
  // Who looks after certificates asks for nothing either: once tells little, again and again no more than a warning.
  if (first.sign === 'left') return occurrences >= 2 ? 'warning' : 'notice';
  // What leaves so may only have looked whether somebody is there.
  if (first.sign === 'unchosen' && !first.isChoiceKnown) return 'warning';
  if (mostOfOne >= 2 || first.sign === 'unused') return 'critical';
  // Who gets in at another try, with the same name, had offered what the server does not speak: a fallback, a scanner.
  return isOffer(first) && recovered === clients.length ? 'notice' : 'warning';
}

function isStray({ first, mostOfOne, occurrences, failures, succeeded, told }: Case): boolean {
  if (first.sign !== 'alert' || told.length > 0) return false;
  return areStray({ count: occurrences, known: failures.length, mostOfOne, others: succeeded });
}

function atBest(subject: Case): Confidence {
  const { first } = subject;
  if (first.sign === 'unchosen' && !first.isChoiceKnown) return 'possible';
  if (mayNotBeTls(subject)) return 'possible';
  return first.sign === 'alert' ? 'certain' : 'likely';
}

function factsOf(subject: Case): TlsHandshakeFailureFacts {
  const { first, failures } = subject;
  const { certificate } = first;
  return {
    sign: first.sign,
    from: first.from,
    alert: first.alert,
    alertName: first.alertName,
    handshakesOfServer: subject.handshakes,
    succeeded: subject.succeeded,
    serverNames: [...subject.names],
    withoutServerName: failures.filter(({ serverName }) => serverName === null).length,
    offeredAlpn: first.alpn.slice(0, MAX_LISTED).map(visible),
    offeredVersions: [...first.versions],
    clients: subject.clients.slice(0, MAX_LISTED),
    clientsThatSucceededLater: subject.recovered,
    clientCertificate: first.clientCertificate,
    serverCertificate:
      certificate === null
        ? null
        : {
            subject: visible(certificate.subject),
            issuer: visible(certificate.issuer),
            notAfter: certificate.notAfterMs === null ? null : new Date(certificate.notAfterMs).toISOString(),
            chain: certificate.chain,
          },
    requestsLost: failures.filter(({ lostRequest }) => lostRequest).length,
  };
}
