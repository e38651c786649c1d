/**
 * Which findings are one incident: a server's process that ends resets some connections, leaves
 * requests of others without an answer, and refuses the next ones; clients that are sent to an address
 * which they cannot reach try to connect there; a proxy that meets a cut answer, or one that is no HTTP, closes on its own client;
 * a server that ends HTTP/2 with a GOAWAY does not send the answers that are under way to their end; a gateway asks
 * a server no more that refused it.
 * Each rule is right about its part; one of them leads, and the others are told as what follows from it, whole, with
 * all their packets.
 *
 * Tied are findings of one server, at one time, of which none says that something else was the cause;
 * findings of which the leading one cites every occurrence; and that a gateway asks nobody with what the server did
 * that it names as the one that failed just before.
 */
import { type Hypothesis, type RawFinding, SEVERITIES } from '../facts/finding.js';
import { endpointText } from '../text/address.js';

/** Causes by which a rule says that a server's process ended; it may lead others where `leads`. */
interface TellsOfAnEnd {
  readonly causes: readonly string[];
  readonly leads: boolean;
  /** It goes on for as long as nobody listens: only its beginning is of the end. */
  readonly lasts: boolean;
}

/** Rules that tell of a server's end, those that say most of it first. */
const RULES: Readonly<Record<string, TellsOfAnEnd>> = {
  'deploy-drain': { causes: ['restarted', 'not-back', 'brought-down-by-a-request'], leads: true, lasts: false },
  'rst-after-request': { causes: ['process-dead'], leads: true, lasts: false },
  'empty-response': { causes: ['process-ended'], leads: true, lasts: false },
  'truncated-response': { causes: ['sender-ended'], leads: false, lasts: false },
  'keepalive-race': { causes: ['worker-recycle', 'app-crash'], leads: false, lasts: false },
  'h2-goaway-race': { causes: ['short-grace'], leads: false, lasts: false },
  'connect-refused': { causes: ['restarting', 'not-listening'], leads: false, lasts: true },
  'connect-timeout': { causes: ['host-down'], leads: false, lasts: true },
};
const ORDER = Object.keys(RULES);

/** Rules that tell what others did because of it: where clients are sent, what a proxy does whose answer is cut, what a GOAWAY cuts. */
const BROUGHT_ABOUT: Readonly<Record<string, readonly string[]>> = {
  'proxy-header-leak': ['connect-refused', 'connect-timeout'],
  'truncated-response': ['empty-response', 'rst-after-request'],
  'h2-goaway-race': ['truncated-response'],
  'framing-ambiguity': ['empty-response', 'rst-after-request'],
};

/** The rule that tells of a gateway which asks nobody, and those that tell why it takes a server for dead. */
const UNASKED = 'gateway-unasked';
const TAKEN_FOR_DEAD: readonly string[] = [...ORDER, 'slow-response', 'tls-handshake-failure'];

/** What an end does first may be seen this much before what leads, and what it does last this much behind it. */
const BEFORE_NS = 1_000_000_000;
const BEHIND_NS = 5_000_000_000;

/** A finding in its place; `leader`: what it follows from, `null`: it stands for itself. */
export interface Placed {
  readonly finding: RawFinding;
  readonly leader: RawFinding | null;
}

/**
 * Findings with each incident in one piece: what leads where the first of its findings stood, then what
 * follows from it.
 *
 * @param ranked In the order in which they are said.
 */
export function inIncidents(ranked: readonly RawFinding[]): Placed[] {
  const leaders = new Map<RawFinding, RawFinding>();
  const candidates = ranked.filter(mayLead).sort((one, other) => orderOf(one) - orderOf(other));
  for (const leader of candidates) {
    const root = leaders.get(leader) ?? leader;
    if (root !== leader && BROUGHT_ABOUT[leader.rule] === undefined) continue;
    for (const finding of ranked)
      if (!leaders.has(finding) && !isLeading(finding, leaders) && follows(finding, leader)) leaders.set(finding, root);
  }
  for (const finding of ranked) {
    if (finding.rule !== UNASKED || leaders.has(finding)) continue;
    const why = ranked.find((one) => makesUnasked(one, finding));
    if (why !== undefined) leaders.set(finding, leaders.get(why) ?? why);
  }
  const placed: Placed[] = [];
  const told = new Set<RawFinding>();
  for (const finding of ranked) {
    const leader = leaders.get(finding) ?? finding;
    if (told.has(leader)) continue;
    told.add(leader);
    placed.push({ finding: leader, leader: null });
    for (const other of ranked) if (leaders.get(other) === leader) placed.push({ finding: other, leader });
  }
  return placed;
}

function isLeading(finding: RawFinding, leaders: ReadonlyMap<RawFinding, RawFinding>): boolean {
  return [...leaders.values()].includes(finding);
}

function orderOf({ rule }: RawFinding): number {
  return ORDER.indexOf(rule);
}

/** It says itself that the process ended, and does not only leave that open. */
function mayLead(finding: RawFinding): boolean {
  if (BROUGHT_ABOUT[finding.rule] !== undefined) return true;
  const told = RULES[finding.rule];
  return told?.leads === true && (finding.rule === ORDER[0] ? isOfAnEnd(finding, told) : saysSo(finding, told));
}

function follows(finding: RawFinding, leader: RawFinding): boolean {
  if (BROUGHT_ABOUT[leader.rule] !== undefined) return isBroughtAbout(finding, leader);
  const told = RULES[finding.rule];
  if (told === undefined || orderOf(finding) <= orderOf(leader)) return false;
  const { subject, firstSeenNs, lastSeenNs, severity } = finding;
  if (subject.address !== leader.subject.address || subject.port !== leader.subject.port) return false;
  if (firstSeenNs < leader.firstSeenNs - BEFORE_NS || firstSeenNs > leader.lastSeenNs + BEHIND_NS) return false;
  if (!told.lasts && lastSeenNs > leader.lastSeenNs + BEHIND_NS) return false;
  // What is worse than what would explain it is more than that.
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(leader.severity) && isOfAnEnd(finding, told);
}

/** The leading finding cites a packet of each of its occurrences. */
function isBroughtAbout({ rule, evidence, occurrences, severity }: RawFinding, leader: RawFinding): boolean {
  if (BROUGHT_ABOUT[leader.rule]?.includes(rule) !== true || evidence.length < occurrences) return false;
  if (SEVERITIES.indexOf(severity) < SEVERITIES.indexOf(leader.severity)) return false;
  const cited = new Set(leader.evidence.flatMap(({ packets }) => packets.map(({ packet }) => packet)));
  return evidence.every(({ packets }) => packets.some(({ packet }) => cited.has(packet)));
}

/** It tells of the server that the gateway names, before or as it began to ask nobody. */
function makesUnasked({ rule, subject, firstSeenNs, lastSeenNs, severity }: RawFinding, unasked: RawFinding): boolean {
  const { failedServer } = unasked.facts;
  if (!TAKEN_FOR_DEAD.includes(rule) || failedServer !== endpointText(subject)) return false;
  if (SEVERITIES.indexOf(unasked.severity) < SEVERITIES.indexOf(severity)) return false;
  return firstSeenNs <= unasked.firstSeenNs && unasked.firstSeenNs <= lastSeenNs + BEHIND_NS;
}

/** Its leading cause is an end, or it leaves that open and knows of no other. */
function isOfAnEnd(finding: RawFinding, told: TellsOfAnEnd): boolean {
  if (saysSo(finding, told)) return true;
  const { hypotheses } = finding;
  return (
    hypotheses.every(({ verdict }) => verdict !== 'supported') &&
    hypotheses.some(({ cause, verdict }) => told.causes.includes(cause) && verdict === 'open')
  );
}

function saysSo({ hypotheses }: RawFinding, { causes }: TellsOfAnEnd): boolean {
  const leading: Hypothesis | undefined = hypotheses.find(({ verdict }) => verdict === 'supported');
  return leading !== undefined && causes.includes(leading.cause);
}
