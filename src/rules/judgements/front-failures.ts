/**
 * What clients in front were told when a server behind failed: answers 502, 503 and 504 to requests
 * that were waiting then.
 *
 * A proxy has one address to its clients and may have another to its servers, so requests are
 * matched by time; a busy proxy has others waiting at the same moment, and they were not answered so.
 */
import type { EvidencePacket } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { packetText, timesText } from '../argument/figures.js';
import type { LoggedExchange } from '../observation/logged-exchange.js';
import type { GatewayFailure } from '../tally/server-tally.js';
import { outcomeText } from './gateway-error.js';
import { ONE_MOMENT_NS } from './moments.js';

/** A proxy says so soon after its last try. */
const TOLD_WITHIN_NS = 1_500_000_000;

/** What a proxy tried in vain. */
interface Attempt {
  readonly beginNs: number;
  readonly endNs: number;
  /** How much longer it may have waited for an answer; 0 when not given. */
  readonly patienceNs?: number;
  readonly server: { readonly address: string; readonly port: number };
}

/** Failures told to clients whose request came before an attempt began, and that were told soon after it ended; each once. */
export function toldInFront(failures: readonly GatewayFailure[], attempts: readonly Attempt[]): GatewayFailure[] {
  return failures.filter((failure) => attempts.some((attempt) => isToldOf(failure, attempt)));
}

/**
 * Those told as soon as an attempt had failed, where time alone says whose they are: none where there are more of them
 * than attempts, since then others fail as well.
 */
export function toldAtOnce(failures: readonly GatewayFailure[], attempts: readonly Attempt[]): GatewayFailure[] {
  const told = toldInFront(failures, attempts).filter(({ atNs }) =>
    attempts.some(({ endNs }) => atNs >= endNs && atNs - endNs <= ONE_MOMENT_NS),
  );
  return told.length > attempts.length ? [] : told;
}

/**
 * What each attempt came to in front, in their order: of requests that wait at once the first that was asked is that
 * of the attempt made first, and each is that of one. `null`: none is left for it, as for a proxy's further tries.
 */
export function toldOfEach(told: readonly GatewayFailure[], attempts: readonly Attempt[]): (GatewayFailure | null)[] {
  const left = [...told].sort(
    (one, other) => one.requestNs - other.requestNs || one.atNs - other.atNs || one.packet - other.packet,
  );
  const found = new Map<Attempt, GatewayFailure>();
  for (const attempt of [...attempts].sort((one, other) => one.beginNs - other.beginNs)) {
    const at = left.findIndex((failure) => isToldOf(failure, attempt));
    const [failure] = at < 0 ? [] : left.splice(at, 1);
    if (failure !== undefined) found.set(attempt, failure);
  }
  return attempts.map((attempt) => found.get(attempt) ?? null);
}

function isToldOf(
  { requestNs, atNs, address, port }: Pick<GatewayFailure, 'requestNs' | 'atNs' | 'address' | 'port'>,
  attempt: Attempt,
): boolean {
  const { beginNs, endNs, patienceNs = 0, server } = attempt;
  return (
    requestNs <= beginNs &&
    atNs >= endNs &&
    atNs - endNs <= TOLD_WITHIN_NS + patienceNs &&
    (server.address !== address || server.port !== port)
  );
}

/**
 * Requests that a proxy ended without a word when an attempt for them had failed, as HAProxy does on connections that
 * it had answered on before. Only of proxies that told others so, by whom it is known whose attempts they were.
 */
export function closedInFront(
  exchanges: readonly LoggedExchange[],
  told: readonly GatewayFailure[],
  attempts: readonly Attempt[],
): LoggedExchange[] {
  return exchanges
    .filter(
      ({ status, answerPacket, startNs, endNs, server: { address, port } }) =>
        status === null &&
        answerPacket !== null &&
        told.some((one) => one.address === address && one.port === port) &&
        attempts.some((attempt) => isToldOf({ requestNs: startNs, atNs: endNs, address, port }, attempt)),
    )
    .sort((one, other) => one.endNs - other.endNs || one.packet - other.packet);
}

/** What a client was told, as evidence: it stands in another connection. */
export function toldPacket({
  packet,
  atNs,
  status,
}: Pick<GatewayFailure, 'packet' | 'atNs' | 'status'>): EvidencePacket {
  return { packet, atNs, note: `${outcomeText(status)} for a client in front`, elsewhere: true };
}

/**
 * A sentence on what clients were told for connections that did not come about; none where none were told.
 *
 * @param closed Those of its clients' requests that it ended without an answer.
 * @param isPart They are of the earliest of the connections only, so there may be more.
 */
export function toldSentences(
  told: readonly GatewayFailure[],
  closed: readonly LoggedExchange[] = [],
  isPart = false,
): string[] {
  const [first] = told;
  if (first === undefined) return [];
  const statuses = [...new Set(told.map(({ status }) => outcomeText(status)))].join(', ');
  const [end] = closed;
  const others =
    end === undefined
      ? ''
      : `, and closed without an answer ${timesText(closed.length)}${end.answerPacket === null ? '' : ` (from ${packetText(end.answerPacket)})`}`;
  return [
    `${endpointText(first)} told its clients ${statuses} for it, ${isPart ? 'at least ' : ''}${timesText(told.length)} (from ${packetText(first.packet)})${others}.`,
  ];
}
