/** What the run as a whole says: one finding for each server whose farewell cost requests. */

import type { Endpoint } from '../../facts/endpoint.js';
import { type EvidencePacket, MAX_EVIDENCE, type RawFinding, type Remedy, type Severity } from '../../facts/finding.js';
import { H2_ERROR } from '../../facts/h2.js';
import { countText } from '../../text/size.js';
import { visible } from '../../text/visible.js';
import { weigh } from '../argument/cause.js';
import { manyText } from '../argument/figures.js';
import { confidenceOf, evidenceOf, subjectOf, subjectText } from '../argument/finding.js';
import { requestText } from '../argument/request-text.js';
import { ONE_MOMENT_NS } from '../judgements/moments.js';
import { retryOutcome } from '../judgements/retries.js';
import { triesOf } from '../observation/logged-exchange.js';
import type { Conclusion } from '../rule.js';
import { serversOf } from '../tally/per-server.js';
import type { Case, H2GoawayRaceFacts } from './case.js';
import { CAUSES } from './causes.js';
import type { Farewell, LostRequest } from './farewell.js';
import { META } from './meta.js';
import type { GoAwayTally, ServerTally } from './tally.js';

/** Ages this near to each other are one timer's. */
const SAME_AGE_SHARE = 0.03;
const MIN_AGE_NS = 1_000_000_000;
/** Numbers of requests at which servers stop unless told otherwise. */
const DEFAULT_LIMITS: Readonly<Record<number, string>> = {
  1000: 'the default of nginx (keepalive_requests 1000)',
};
/** Requests of a connection that cost more to carry than a new connection does: none does, at this number. */
const MANY_REQUESTS = 10_000;
/** Lost requests shown of each farewell. */
const SHOWN = 6;

/** All findings of a run, in the order of the servers. */
export function concludeRun({ servers }: GoAwayTally, conclusion: Conclusion): RawFinding[] {
  return serversOf(servers).flatMap(({ endpoint, tally }) => {
    const subject = caseOf(tally, conclusion);
    return subject === null ? [] : [findingOf(subject, tally, endpoint, conclusion)];
  });
}

function caseOf(tally: ServerTally, { observation }: Conclusion): Case | null {
  const { counts } = tally;
  const { earliest, count } = tally.farewells;
  const farewells = earliest.items;
  const [first] = farewells;
  if (first === undefined) return null;
  const outcomes = farewells.flatMap(({ lost, stream, atNs }) =>
    lost.map(({ key, atNs: askedNs }) =>
      retryOutcome(triesOf(observation.exchanges, key), stream, Math.max(atNs, askedNs), observation.endNs),
    ),
  );
  const judged = outcomes.filter((one) => one !== 'unknown').length;
  return {
    farewells,
    first,
    occurrences: count,
    counts,
    retries: {
      judged,
      answered: outcomes.filter((one) => one === 'answered').length,
      notRetried: outcomes.filter((one) => one === 'not-retried').length,
    },
    ...limitOf(farewells, first, tally),
    ageSeconds: commonAge(farewells),
  };
}

/** What speaks for a limit of requests: the same number each time, with and without harm. */
function limitOf(
  farewells: readonly Farewell[],
  { processed }: Farewell,
  { graceful, most }: ServerTally,
): Pick<Case, 'limit' | 'agreeing' | 'isOneMoment' | 'knownDefault' | 'beyond'> {
  const isConstant = processed !== null && farewells.every((one) => one.processed === processed);
  // Fewer are an idle time-out's or a stop's, which tell neither for it nor against.
  const others = isConstant ? graceful.items.filter((one) => one.processed === processed) : [];
  const agreeing = [...(isConstant ? farewells : []), ...others].sort(
    (one, other) => one.atNs - other.atNs || one.packet - other.packet,
  );
  const isOneMoment = (agreeing.at(-1)?.atNs ?? 0) - (agreeing[0]?.atNs ?? 0) < ONE_MOMENT_NS;
  const beyond = processed !== null && most !== null && most.requests > processed ? most : null;
  const knownDefault = isConstant ? (DEFAULT_LIMITS[processed] ?? null) : null;
  const isShown = (agreeing.length > 1 && !isOneMoment) || knownDefault !== null;
  return { limit: isShown && beyond === null ? processed : null, agreeing, isOneMoment, knownDefault, beyond };
}

function commonAge(farewells: readonly Farewell[]): number | null {
  const ages = farewells.map(({ ageNs }) => ageNs);
  const [lowest, highest] = [Math.min(...ages), Math.max(...ages)];
  if (ages.length < 2 || lowest < MIN_AGE_NS || highest - lowest > SAME_AGE_SHARE * highest) return null;
  return Math.round(lowest / 1e6) / 1000;
}

function findingOf(subject: Case, { farewells }: ServerTally, endpoint: Endpoint, conclusion: Conclusion): RawFinding {
  const who = subjectOf(endpoint, conclusion);
  const { first, counts } = subject;
  return {
    rule: META.id,
    severity: severityOf(subject),
    confidence: confidenceOf('certain', farewells, conclusion),
    title:
      lostIn(subject) === 0
        ? `${subjectText(who)} ends HTTP/2 connections with ${first.codeName}`
        : `${subjectText(who)} says GOAWAY while requests are ${counts.cut > 0 ? 'in progress' : 'on their way'}`,
    summary: summaryOf(subject),
    subject: who,
    occurrences: subject.occurrences,
    firstSeenNs: first.atNs,
    lastSeenNs: farewells.lastNs,
    facts: { ...factsOf(subject) },
    evidence: subject.farewells.slice(0, MAX_EVIDENCE).map((one) => farewellEvidence(one, conclusion.reveal)),
    hypotheses: weigh(CAUSES, subject),
    remedies: remediesOf(subject),
    references: META.references,
  };
}

function lostIn({ counts }: Case): number {
  return counts.refused + counts.late + counts.cut;
}

/** What was in progress is lost for good; what was refused may be sent again, and often is. */
function severityOf(subject: Case): Severity {
  const { counts, retries, first } = subject;
  if (lostIn(subject) === 0) return first.code === H2_ERROR.none ? 'notice' : 'warning';
  if (counts.cut > 0) return 'critical';
  return retries.judged > 0 && retries.answered === retries.judged ? 'warning' : 'critical';
}

function remediesOf({ farewells, counts, first, limit, ageSeconds, retries }: Case): Remedy[] {
  const remedies: Remedy[] = [];
  if (first.code === H2_ERROR.enhanceYourCalm)
    remedies.push({
      component: 'client',
      text: 'The server is asked too often: for gRPC, keep-alive pings no more often than every 5 minutes and not without a stream; else fewer requests, resets or pings.',
      config: 'grpc.keepalive_time_ms=300000\ngrpc.keepalive_permit_without_calls=0',
    });
  if (counts.cut > 0 && farewells.some((one) => one.code === H2_ERROR.none && one.counts.cut > 0))
    remedies.push(
      {
        component: 'kubernetes',
        text: 'Give the server longer between the GOAWAY and its end than its slowest request takes.',
        config: 'terminationGracePeriodSeconds: 60',
      },
      {
        component: 'systemd',
        text: 'Give the server longer between the signal to stop and its end than its slowest request takes.',
        config: 'TimeoutStopSec=60',
      },
    );
  if (farewells.some(({ code, lost }) => code === H2_ERROR.none && lost.some((one) => one.isToldUnavailable)))
    remedies.push({
      component: 'grpc',
      text: 'Where the server ends connections of a certain age: give its calls longer then than the slowest takes (Go: MaxConnectionAgeGrace).',
      config: 'grpc.max_connection_age_grace_ms=60000',
    });
  if (counts.refused + counts.late > 0)
    remedies.push(
      ...(retries.judged > 0 && retries.answered === retries.judged ? [] : [SEND_AGAIN]),
      {
        component: 'nginx',
        text: `Let connections carry more requests${limit === null ? '' : ` than ${limit}`}.`,
        config: `keepalive_requests ${Math.max(MANY_REQUESTS, 10 * (limit ?? 0))};\nkeepalive_time ${Math.max(1, Math.ceil((2 * (ageSeconds ?? 0)) / 3600))}h;`,
      },
      {
        component: 'envoy',
        text: 'As the server: announce the end before it comes.',
        config: 'drain_timeout: 5s\ncommon_http_protocol_options:\n  max_requests_per_connection: 0',
      },
    );
  if (remedies.length === 0)
    remedies.push({
      component: 'client',
      text: `The server holds what was sent for wrong (${first.codeName}): its log and the GOAWAY's words say what.`,
      config: null,
    });
  return remedies;
}

/** For clients that let refused requests fail. */
const SEND_AGAIN: Remedy = {
  component: 'client',
  text: 'Streams above the last one were not processed: send them again on a new connection, whatever the method (RFC 9113 §8.7). Go: set Request.GetBody; Java gRPC: retry policy.',
  config: null,
};

function summaryOf(subject: Case): string {
  const { occurrences, counts, first, limit, retries } = subject;
  const last = first.processed === null ? 'none refused by its number' : `last stream ${first.lastStream}`;
  const sentences = [
    `${manyText(occurrences, 'connection')} ended with GOAWAY (${first.codeName}, ${last})${limit === null ? '' : `, ${occurrences === 1 ? '' : 'each '}after ${countText(limit)} requests`}.`,
  ];
  if (counts.refused > 0)
    sentences.push(
      `${manyText(counts.refused, 'request')} on higher streams ${counts.refused === 1 ? 'was' : 'were'} already on the way: not processed, safe to send again.`,
    );
  if (counts.late > 0)
    sentences.push(`${manyText(counts.late, 'request was', 'requests were')} sent when it was known.`);
  if (counts.cut > 0)
    sentences.push(
      `${manyText(counts.cut, 'request')} up to that stream ${counts.cut === 1 ? 'was' : 'were'} cut off in progress: not safe to send again.`,
    );
  if (retries.judged > 0 && retries.answered === retries.judged)
    sentences.push('Each that could be followed was sent again within 5 s and answered.');
  else if (retries.notRetried > 0) sentences.push(`${manyText(retries.notRetried, 'was', 'were')} not sent again.`);
  if (first.debug !== '') sentences.push(`The server says: "${visible(first.debug)}".`);
  return sentences.join(' ');
}

const FATES: Readonly<Record<LostRequest['fate'], string>> = {
  refused: 'above the last stream, sent before the GOAWAY was known',
  late: 'above the last stream, sent when the GOAWAY was known',
  cut: 'in progress, never answered',
};

function fateText({ fate, isToldUnavailable }: LostRequest): string {
  return isToldUnavailable ? 'in progress, ended with UNAVAILABLE (grpc-status 14) and no answer' : FATES[fate];
}

function farewellEvidence(farewell: Farewell, reveal: boolean) {
  const { packet, atNs, codeName, lastStream, processed, lost, close } = farewell;
  return evidenceOf(farewell, [
    ...lostPackets(lost.slice(0, SHOWN), reveal),
    {
      packet,
      atNs,
      note: `GOAWAY, ${codeName}, ${processed === null ? 'refusing none' : `last stream ${lastStream}`}`,
    },
    close === null
      ? null
      : { packet: close.packet, atNs: close.atNs, note: `${close.kind === 'fin' ? 'FIN' : 'RST'} of the server` },
  ]);
}

/** Lost requests by the packet that carries them, those of one fate in one clause: a segment holds many. */
function lostPackets(lost: readonly LostRequest[], reveal: boolean): EvidencePacket[] {
  const packets = new Map<string, LostRequest[]>();
  for (const one of lost) {
    const key = `${one.packet} ${one.fate} ${one.isToldUnavailable}`;
    packets.set(key, [...(packets.get(key) ?? []), one]);
  }
  return [...packets.values()].flatMap((together) => {
    const [one] = together;
    if (one === undefined) return [];
    const requests = together.map((each) => `${requestText(each, reveal)} (${each.h2Stream})`);
    const note =
      together.length === 1
        ? `stream ${one.h2Stream}: ${requestText(one, reveal)}, ${fateText(one)}`
        : `${together.length} requests ${fateText(one)}: ${requests.join(', ')}`;
    return [{ packet: one.packet, atNs: one.atNs, note }];
  });
}

function factsOf({ first, counts, limit, ageSeconds, retries }: Case): H2GoawayRaceFacts {
  return {
    errorCode: first.code,
    errorName: first.codeName,
    lastStream: first.lastStream,
    refusedRequests: counts.refused,
    lateRequests: counts.late,
    cutRequests: counts.cut,
    requestLimit: limit,
    connectionAgeSeconds: ageSeconds,
    retriesJudged: retries.judged,
    retriedAndAnswered: retries.answered,
    notRetried: retries.notRetried,
  };
}
