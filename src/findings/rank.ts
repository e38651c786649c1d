/**
 * findings/: takes what rules conclude and what connections show of servers, gives what a report
 * prints in the order in which it prints it. May import facts and text; decides what is the same
 * thing and what is said first, so that no report does.
 */
import { CONFIDENCES, type Finding, type RawFinding, SEVERITIES } from '../facts/finding.js';
import { compareText } from '../text/order.js';
import { groupFindings } from './group.js';
import { inIncidents } from './one-incident.js';

/** Rules by how often people meet what they tell of; of equally severe and sure ones, what concerns all others goes first. */
export const RULE_ORDER: readonly string[] = [
  'capture-quality',
  'keepalive-race',
  'slow-response',
  'websocket-upgrade-failed',
  'websocket-idle-close',
  'websocket-cut',
  'websocket-close-code',
  'tls-offload-leak',
  'redirect-loop',
  'connect-refused',
  'connect-timeout',
  'rst-after-request',
  'empty-response',
  'gateway-cut',
  'gateway-unasked',
  'tls-handshake-failure',
  'protocol-mismatch',
  'idle-drop',
  'truncated-response',
  'proxy-header-leak',
  'client-abort',
  'deploy-drain',
  'cross-sni-reuse',
  'header-too-large',
  'h2-goaway-race',
  'stream-reset',
  'mtu-blackhole',
  'accept-queue-overflow',
  'preconnect-408',
  'early-response-reset',
  'asymmetric-path',
  'no-upstream-reuse',
  'expect-continue-stall',
  'zero-window-stall',
  'h2-window-stall',
  'path-loss',
  'framing-ambiguity',
  'reverse-http',
];

/** Findings grouped, ranked, tied and numbered: the same for every order in which they come. */
export function findingsOf(raw: Iterable<RawFinding>): Finding[] {
  const placed = inIncidents(groupFindings(raw).sort(compareFindings));
  const ids = new Map(placed.map(({ finding }, index) => [finding, `F${index + 1}`]));
  const named = (finding: RawFinding): string => `${ids.get(finding)} (${finding.rule})`;
  return placed.map(({ finding, leader }) => {
    const id = ids.get(finding) ?? '';
    if (leader !== null) {
      const summary = `${finding.summary} This follows from ${named(leader)}.`;
      return { id, ...finding, summary, consequenceOf: ids.get(leader) ?? '' };
    }
    const following = placed.flatMap((one) => (one.leader === finding ? [named(one.finding)] : []));
    if (following.length === 0) return { id, ...finding };
    const what = following.length === 1 ? `${following[0]} follows` : `${listText(following)} follow`;
    return { id, ...finding, summary: `${finding.summary} ${what} from this.` };
  });
}

function listText(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** Below 0 when `a` is said before `b`: by severity, proof, rule, number and time; never 0 for findings that differ in server or words. */
function compareFindings(a: RawFinding, b: RawFinding): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    CONFIDENCES.indexOf(a.confidence) - CONFIDENCES.indexOf(b.confidence) ||
    ruleRank(a.rule) - ruleRank(b.rule) ||
    compareText(a.rule, b.rule) ||
    b.occurrences - a.occurrences ||
    a.firstSeenNs - b.firstSeenNs ||
    compareText(a.subject.address, b.subject.address) ||
    a.subject.port - b.subject.port ||
    compareText(a.title, b.title)
  );
}

/** A rule that is not in the order comes after those that are. */
function ruleRank(rule: string): number {
  const rank = RULE_ORDER.indexOf(rule);
  return rank < 0 ? RULE_ORDER.length : rank;
}
