/**
 * What a proxy told its clients that says 500 of a server which refuses it, as lighttpd does, where
 * others say 502 or 503.
 *
 * An application says 500 for many reasons, so more is asked than of a gateway's own statuses
 * (judgements/front-failures): that this server is known to ask under the address that was refused, that it
 * answered at once, that nobody behind answered it in between, and that it is so of most refusals.
 */
import type { Endpoint } from '../../facts/endpoint.js';
import { endpointText } from '../../text/address.js';
import type { LoggedExchange } from '../observation/logged-exchange.js';
import type { Observation } from '../observation/observation.js';
import type { GatewayFailure } from '../tally/server-tally.js';
import { isGatewayError } from './gateway-error.js';
import { type LegPairs, legPairsOf } from './leg-pairing.js';

/** A proxy that learns of a refusal has nothing more to wait for. */
const ANSWERS_WITHIN_NS = 50_000_000;

/** A connection that was refused. */
export interface RefusedAttempt {
  readonly client: Endpoint;
  readonly server: Endpoint;
  readonly beginNs: number;
  readonly endNs: number;
}

/** See the head of this file: in order of time, each once; none where they are those of fewer than half of the attempts. */
export function errorsInFront(attempts: readonly RefusedAttempt[], observation: Observation): GatewayFailure[] {
  if (attempts.length === 0) return [];
  const pairs = legPairsOf(observation);
  const { errors, asks } = answersOf(pairs);
  const found = errors
    .filter((error) => attempts.some((attempt) => isOf(error, attempt, asks)))
    .filter((error) => pairs.backsOf(error).every(({ status }) => status === null))
    .map(({ status, answerPacket, startNs: requestNs, endNs: atNs, server: { address, port } }) => ({
      ...{ address, port, requestNs, atNs },
      ...{ status: status ?? 0, packet: answerPacket ?? 0 },
    }))
    .sort((one, other) => one.atNs - other.atNs || one.packet - other.packet);
  return 2 * found.length >= attempts.length ? found : [];
}

interface Answers {
  readonly errors: readonly LoggedExchange[];
  /** See {@link askedAs}. */
  readonly asks: ReadonlySet<string>;
}

/** Of a run, which is over: made once, for all servers. */
function answersOf(pairs: LegPairs): Answers {
  const known = ANSWERS.get(pairs);
  if (known !== undefined) return known;
  const errors = pairs.exchanges.filter(isOwnError);
  const answers = { errors, asks: errors.length === 0 ? new Set<string>() : askedAs(pairs) };
  ANSWERS.set(pairs, answers);
  return answers;
}

const ANSWERS = new WeakMap<LegPairs, Answers>();

function isOwnError({ status, answerPacket }: LoggedExchange): boolean {
  return status !== null && status >= 500 && !isGatewayError(status) && answerPacket !== null;
}

function isOf(
  { server, startNs, endNs, client }: LoggedExchange,
  attempt: RefusedAttempt,
  asks: ReadonlySet<string>,
): boolean {
  const { address } = attempt.client;
  // On a host that calls itself nobody can tell its clients from what it asks behind.
  const isOneHost = server.address === address && client.address !== address;
  return (
    startNs <= attempt.beginNs &&
    endNs >= attempt.endNs &&
    endNs - attempt.endNs <= ANSWERS_WITHIN_NS &&
    endpointText(server) !== endpointText(attempt.server) &&
    (isOneHost || asks.has(askedText(server, address, attempt.server)))
  );
}

/** Which servers asked which others, and under which addresses, by requests whose both legs are known. */
function askedAs(pairs: LegPairs): Set<string> {
  const known = new Set<string>();
  for (const back of pairs.exchanges) {
    const front = pairs.frontOf(back);
    if (front !== null) known.add(askedText(front.server, back.client.address, back.server));
  }
  return known;
}

function askedText(front: Endpoint, address: string, back: Endpoint): string {
  return `${endpointText(front)} ${address} ${endpointText(back)}`;
}
