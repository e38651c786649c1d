/**
 * What the run as a whole says of the incidents: who wrote the resets, in which cases, with what
 * confidence. Classes of one server with the same writer are one finding: a forged reset and an
 * abort at one server are two.
 */
import type { Endpoint } from '../../facts/endpoint.js';
import type { RawFinding, Severity } from '../../facts/finding.js';
import { STATUS } from '../../facts/status.js';
import { weigh } from '../argument/cause.js';
import { losesPackets } from '../judgements/capture-loss.js';
import { decideCapturePoint } from '../judgements/capture-point.js';
import { type Attributes, discriminatingAttribute } from '../judgements/discriminating-attribute.js';
import type { ForgeryContext } from '../judgements/forgery-test.js';
import { toldAtOnce, toldOfEach, toldSentences } from '../judgements/front-failures.js';
import { spokenOtherwise } from '../judgements/spoken-otherwise.js';
import { isWebPort } from '../judgements/web-port.js';
import { baselineOf } from '../observation/observation.js';
import type { Conclusion } from '../rule.js';
import { answeredSample } from '../tally/server-baseline.js';
import type { GatewayFailure } from '../tally/server-tally.js';
import type { Case } from './case.js';
import { caseOf } from './case-of.js';
import { CAUSES } from './causes.js';
import { factsOf } from './facts.js';
import { isBlockListed } from './foreign-hand.js';
import type { Incident } from './incident.js';
import type { IncidentClass } from './incident-class.js';
import {
  inTheSameHand,
  type JudgedClass,
  judge,
  mostTellingFirst,
  type Run,
  withoutExpiries,
  withoutOverflow,
  withTheForged,
} from './judged-class.js';
import { META } from './meta.js';
import { remediesOf } from './remedies.js';
import { type FailingServer, failingServers, incidentsLeftOut, type RstAfterRequestTally } from './tally.js';
import { evidenceOf, summaryOf, titleOf } from './wording.js';

/** All findings of a run, in the order of the servers. */
export function concludeRun(tally: RstAfterRequestTally, conclusion: Conclusion): RawFinding[] {
  const run: Run = {
    observation: conclusion.observation,
    failing: failingServers(tally),
    leftOut: incidentsLeftOut(tally),
    droppedPackets: conclusion.captures.reduce((sum, { droppedPackets }) => sum + (droppedPackets ?? 0), 0),
    captures: conclusion.captures,
    servers: conclusion.servers,
    losesPackets: losesPackets(conclusion),
  };
  return run.failing
    .flatMap((server) => casesOf(server, run))
    .map(({ subject, group, endpoint }, at) =>
      findingOf({ ...subject, tellsLeftOut: at === 0 }, group, endpoint, conclusion),
    );
}

/** Of a request in HTTP/2, as its facts say it. */
const H2_VERSION = 'HTTP/2';

/** One finding in the making. */
interface Found {
  readonly subject: Omit<Case, 'tellsLeftOut'>;
  readonly group: readonly JudgedClass[];
  readonly endpoint: Endpoint;
}

function casesOf({ endpoint, incidents, classes: all }: FailingServer, run: Run): Found[] {
  // That no FIN ended the idle time before is what tells a reset from keepalive-race's.
  const sure = run.losesPackets ? all.filter(({ isAfterIdle }) => !isAfterIdle) : all;
  const baseline = baselineOf(run.observation, endpoint);
  // What something on the way has forgotten is told by idle-drop; where the server is known by that source, it may be its own.
  const ofServer = sure.filter(({ otherSource }) => otherSource === null || baseline.macs.includes(otherSource));
  const classes = withoutExpiries(ofServer, endpoint, run);
  const context: Omit<ForgeryContext, 'sameElsewhere' | 'oneOrder'> = {
    point: decideCapturePoint(baseline.votes),
    refusalTtls: baseline.refusalTtls,
    macs: baseline.macs,
    roundTripNs: baseline.roundTripNs,
    fastestAnswerNs: baseline.fastestAnswerNs,
    captureDrops: run.droppedPackets > 0,
  };
  const isSpokenOtherwise = ({ earliest: { items } }: IncidentClass): boolean =>
    spokenOtherwise(baseline.spoken, endpoint, items[0]?.request?.version === H2_VERSION ? 'http2' : 'clear') !== null;
  const sample = answeredSample(baseline);
  const meetsTheSame = (shared: Attributes, one: IncidentClass, other: IncidentClass): boolean => {
    const firstNs = Math.min(...[one, other].flatMap(({ earliest }) => earliest.items.map(({ atNs }) => atNs)));
    const lastNs = Math.max(one.lastNs, other.lastNs);
    const attribute = discriminatingAttribute(shared, one.count + other.count, firstNs, sample, lastNs);
    return attribute !== null && isBlockListed(attribute.name);
  };
  const told = inTheSameHand(
    classes
      .flatMap((one) => judge(one, context, endpoint, run))
      // Who is spoken to in the wrong way hangs up on everybody who does so: protocol-mismatch tells it.
      .filter(
        ({ verdict, incidents }) =>
          verdict !== 'none' || incidents.hungUp < incidents.count || !isSpokenOtherwise(incidents),
      )
      // What betrays another hand is worth telling; a plain reset of unknown bytes may have met anything.
      .filter((one) => one.incidents.outstanding !== 'unknown-bytes' || one.verdict !== 'none'),
  );
  const judged = withTheForged(withoutOverflow(told, endpoint, run), meetsTheSame);
  const uncounted = incidents - all.reduce((sum, { count }) => sum + count, 0);
  const found: Found[] = [];
  // Those that went astray are told by asymmetric-path.
  for (const kind of ['forged', 'application-abort', 'stateless-reply', 'unattributed'] as const) {
    const group = judged.filter((one) => one.kind === kind).sort(mostTellingFirst);
    const [telling] = group;
    if (telling === undefined) continue;
    const subject = { ...caseOf(telling, kind, group, baseline, context.point, run), uncounted };
    found.push({ subject, group, endpoint });
  }
  return found;
}

function findingOf(
  subject: Case,
  group: readonly JudgedClass[],
  endpoint: Endpoint,
  conclusion: Conclusion,
): RawFinding {
  const { names, reveal, servers } = conclusion;
  const who = { ...endpoint, name: names.namesOf(endpoint.address, endpoint.port)[0] ?? null };
  const hypotheses = weigh(CAUSES, subject);
  const [first] = subject.incidents;
  const told = toldForSealed(subject, servers);
  return {
    rule: META.id,
    severity: severityOf(subject, endpoint.port),
    confidence: group[0]?.confidence ?? 'possible',
    title: titleOf(subject, who),
    summary: [summaryOf(subject, who), ...toldSentences([...told.values()])].join(' '),
    subject: who,
    occurrences: subject.occurrences,
    firstSeenNs: first?.atNs ?? subject.incident.atNs,
    lastSeenNs: Math.max(...group.map(({ incidents }) => incidents.lastNs)),
    facts: { ...factsOf(subject) },
    evidence: subject.incidents.map((incident) =>
      evidenceOf(incident, subject.retries, told.get(incident) ?? null, reveal),
    ),
    hypotheses,
    remedies: remediesOf(subject, hypotheses),
    references: META.references,
  };
}

/** What a proxy in front told its clients for data that nobody could read, by incident: 502, as soon as it was reset. */
function toldForSealed({ incidents }: Case, servers: Conclusion['servers']): ReadonlyMap<Incident, GatewayFailure> {
  const sealed = incidents.filter(({ request }) => request === null);
  const attempts = sealed.map(attemptOf);
  const failures = servers.gatewayFailures().filter(({ status }) => status === STATUS.badGateway);
  const each = toldOfEach(toldAtOnce(failures, attempts), attempts);
  return new Map(
    sealed.flatMap((incident, at) => {
      const told = each[at] ?? null;
      return told === null ? [] : [[incident, told] as const];
    }),
  );
}

function attemptOf({ outstandingNs, atNs: endNs, server }: Incident) {
  return { beginNs: outstandingNs, endNs, server: server.endpoint };
}

/**
 * Critical unless each request that could be followed was sent again and answered, all were health checks, or
 * nobody knows that they were requests, and no other hand is seen. On a port on which HTTP does not commonly stand
 * they are as well another protocol's, whose servers hang up at will.
 */
function severityOf({ retries, occurrences, healthChecks, verdict, incident }: Case, port: number): Severity {
  if (healthChecks === occurrences) return 'warning';
  if (verdict === 'none' && incident.outstanding === 'uncaptured-bytes') return isWebPort(port) ? 'warning' : 'notice';
  return retries.judged > 0 && retries.answered === retries.judged ? 'warning' : 'critical';
}
