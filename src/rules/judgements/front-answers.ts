/**
 * What the client in front of a proxy was told of a failure behind it: where one run shows both legs,
 * a finding about a server behind names the answer that its proxy gave, which is what the user saw
 * and the log says (docs/judging.md).
 */
import type { Endpoint } from '../../facts/endpoint.js';
import type { Evidence, RawFinding } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { packetText } from '../argument/figures.js';
import type { LoggedExchange } from '../observation/logged-exchange.js';
import type { Observation } from '../observation/observation.js';
import { outcomeText } from './gateway-error.js';
import { type LegPairs, legPairsOf } from './leg-pairing.js';

/** What a proxy told its client. */
interface FrontAnswer {
  readonly server: Endpoint;
  readonly status: number;
  readonly packet: LoggedExchange['packet'];
  readonly atNs: number;
}

/** Requests behind that got no answer while a proxy told its client so. */
interface PassedOn {
  /** What the client was told, by the request behind. */
  readonly answers: ReadonlyMap<string, FrontAnswer>;
  /** The requests in front. */
  readonly fronts: ReadonlySet<string>;
}

/** The findings, each with the answers in front of the failures that it shows. */
export function withFrontAnswers(findings: readonly RawFinding[], observation: Observation): RawFinding[] {
  if (findings.every(({ evidence }) => evidence.length === 0)) return [...findings];
  const { answers } = passedOnOf(observation);
  return findings.map((finding) => withAnswers(finding, answers));
}

/** Whether a proxy's answer only passes on that a server behind it failed: that server's finding tells it. */
export function isPassedOn(
  front: { readonly stream: number; readonly firstPacket: number },
  observation: Observation,
): boolean {
  return passedOnOf(observation).fronts.has(placeOf(front.stream, front.firstPacket));
}

/** What a client in front was told of a request behind that got no answer; `null`: nothing that is known. */
export function toldInFrontOf(
  behind: { readonly stream: number; readonly firstPacket: number },
  observation: Observation,
): FrontAnswer | null {
  return passedOnOf(observation).answers.get(placeOf(behind.stream, behind.firstPacket)) ?? null;
}

/** Those of a run, which is over: found once, for all that ask. */
function passedOnOf(observation: Observation): PassedOn {
  const pairs = legPairsOf(observation);
  const known = PASSED_ON.get(pairs);
  if (known !== undefined) return known;
  const answers = new Map<string, FrontAnswer>();
  const fronts = new Set<string>();
  for (const behind of pairs.exchanges) {
    const front = behind.status === null ? pairs.frontOf(behind) : null;
    // The legs are known to be of one request: whatever failure its proxy makes of that (lighttpd: 500).
    if (front === null || front.status === null || front.answerPacket === null || front.status < 500) continue;
    const { server, status, answerPacket: packet, endNs: atNs } = front;
    answers.set(placeOf(behind.stream, behind.packet), { server, status, packet, atNs });
    fronts.add(placeOf(front.stream, front.packet));
  }
  const found = { answers, fronts };
  PASSED_ON.set(pairs, found);
  return found;
}

const PASSED_ON = new WeakMap<LegPairs, PassedOn>();

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
        note: `${endpointText(server)} in front answers its client ${outcomeText(status)}`,
        elsewhere: true as const,
      })),
    ];
    return { ...one, packets: packets.sort((a, b) => a.atNs - b.atNs || a.packet - b.packet) };
  });
  const [first] = told;
  if (first === undefined) return finding;
  const statuses = [...new Set(told.map(({ status }) => status))]
    .sort((a, b) => a - b)
    .map(outcomeText)
    .join(' and ');
  const sentence = `Clients in front were told ${statuses} by ${endpointText(first.server)} (${told.length === 1 ? '' : 'first '}${packetText(first.packet)}).`;
  return { ...finding, summary: `${finding.summary} ${sentence}`, evidence };
}
