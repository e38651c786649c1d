/** What web servers in front told their clients as soon as a request was cut behind them. */
import { toldAtOnce } from '../judgements/front-failures.js';
import { isGatewayError } from '../judgements/gateway-error.js';
import { legPairsOf } from '../judgements/leg-pairing.js';
import type { Observation } from '../observation/observation.js';
import type { GatewayFailure } from '../tally/server-tally.js';
import type { Cut } from './incident.js';

/** A cut as what the web server tried in vain. */
export function attemptOf({ asked, atNs, server }: Cut) {
  return { beginNs: Math.min(asked.atNs, atNs), endNs: Math.max(asked.atNs, atNs), server };
}

/** Answers 502, 503 and 504 in front, or where there are none, answers 500 at once to most of the cuts: mod_proxy_ajp says so of a POST. */
export function toldFor(
  cuts: readonly Cut[],
  failures: readonly GatewayFailure[],
  observation: Observation,
): GatewayFailure[] {
  const attempts = cuts.map(attemptOf);
  const told = toldAtOnce(failures, attempts);
  if (told.length > 0) return told;
  const errors = legPairsOf(observation).exchanges.flatMap(
    ({ status, answerPacket: packet, startNs: requestNs, endNs: atNs, server: { address, port } }) =>
      status === null || status < 500 || isGatewayError(status) || packet === null
        ? []
        : [{ status, packet, requestNs, atNs, address, port }],
  );
  errors.sort((one, other) => one.atNs - other.atNs || one.packet - other.packet);
  const found = toldAtOnce(errors, attempts);
  return 2 * found.length < cuts.length ? [] : found;
}
