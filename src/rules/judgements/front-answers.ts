/**
 * What the client in front of a proxy was told of a failure behind it: where one run shows both legs,
 * a finding about a server behind names the answer that its proxy gave, which is what the user saw
 * and the log says (rules.md §0.2).
 */
import type { Endpoint } from '../../facts/endpoint.js';
import type { Evidence, RawFinding } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { packetText } from '../argument/figures.js';
import type { LoggedExchange } from '../observation/exchange-log.js';
import type { Observation } from '../observation/observation.js';
import { legPairsOf } from './leg-pairing.js';

/** Bad Gateway, Service Unavailable, Gateway Timeout: what a proxy says of a failure that is not its own. RFC 9110 §15.6. */
const GATEWAY_ERRORS: ReadonlySet<number> = new Set([502, 503, 504]);

/** What a proxy told its client. */
interface FrontAnswer {
  readonly server: Endpoint;
  readonly status: number;
  readonly packet: LoggedExchange['packet'];
  readonly atNs: number;
}

/** The findings, each with the answers in front of the failures that it shows. */
export function withFrontAnswers(findings: readonly RawFinding[], observation: Observation): RawFinding[] {
  if (findings.every(({ evidence }) => evidence.length === 0)) return [...findings];
  const answers = frontAnswersOf(observation);
  return findings.map((finding) => withAnswers(finding, answers));
}

/** Whether a proxy's answer only passes on that a server behind it failed: that server's finding tells it. */
export function isPassedOn(
  front: { readonly stream: number; readonly firstPacket: number },
  observation: Observation,
): boolean {
  return passedOn(observation).has(placeOf(front.stream, front.firstPacket));
}

/** Answers in front, by the request behind that failed. */
function frontAnswersOf(observation: Observation): ReadonlyMap<string, FrontAnswer> {
  const pairs = legPairsOf(observation);
  const answers = new Map<string, FrontAnswer>();
  for (const behind of pairs.exchanges) {
    if (behind.status !== null) continue;
    const front = pairs.frontOf(behind);
    if (front === null || front.status === null || front.answerPacket === null || !GATEWAY_ERRORS.has(front.status))
      continue;
    const { server, status, answerPacket: packet, endNs: atNs } = front;
    answers.set(placeOf(behind.stream, behind.packet), { server, status, packet, atNs });
  }
  return answers;
}

/** Requests in front that were answered so because the one behind got no answer. */
function passedOn(observation: Observation): ReadonlySet<string> {
  const pairs = legPairsOf(observation);
  const fronts = new Set<string>();
  for (const behind of pairs.exchanges) {
    const front = behind.status === null ? pairs.frontOf(behind) : null;
    if (front !== null && front.status !== null && GATEWAY_ERRORS.has(front.status))
      fronts.add(placeOf(front.stream, front.packet));
  }
  return fronts;
}

function placeOf(stream: number, packet: number): string {
  return `${stream} ${packet}`;
}

function withAnswers(finding: RawFinding, answers: ReadonlyMap<string, FrontAnswer>): RawFinding {
  const told: FrontAnswer[] = [];
  const cited = new Set(finding.evidence.flatMap(({ packets }) => packets.map(({ packet }) => packet)));
  const evidence = finding.evidence.map((one): Evidence => {
    const own = one.packets.flatMap(({ packet }) => answers.get(placeOf(one.stream, packet)) ?? []);
    const unsaid = own.filter(({ packet }) => !cited.has(packet));
    if (unsaid.length === 0) return one;
    told.push(...unsaid);
    const packets = [
      ...one.packets,
      ...unsaid.map(({ packet, atNs, server, status }) => ({
        packet,
        atNs,
        note: `${endpointText(server)} in front answers its client ${status}`,
      })),
    ];
    return { ...one, packets: packets.sort((a, b) => a.atNs - b.atNs || a.packet - b.packet) };
  });
  const [first] = told;
  if (first === undefined) return finding;
  const statuses = [...new Set(told.map(({ status }) => status))].sort((a, b) => a - b).join(' and ');
  const sentence = `Clients in front were told ${statuses} by ${endpointText(first.server)} (${told.length === 1 ? '' : 'first '}${packetText(first.packet)}).`;
  return { ...finding, summary: `${finding.summary} ${sentence}`, evidence };
}
