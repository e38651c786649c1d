/** What a server answered, as far as exchanges are kept. */
import type { Endpoint } from '../../facts/endpoint.js';
import { endpointText } from '../../text/address.js';
import type { LoggedExchange } from '../observation/logged-exchange.js';
import type { Observation } from '../observation/observation.js';
import { legPairsOf } from './leg-pairing.js';

/** What a server answered, in order of time: looked up once for all that ask. */
export function answersOfServer(server: Endpoint, observation: Observation): readonly LoggedExchange[] {
  const { exchanges } = legPairsOf(observation);
  let known = ANSWERS.get(exchanges);
  if (known === undefined) {
    known = new Map();
    for (const one of exchanges) {
      if (one.status === null || one.answerPacket === null) continue;
      const name = endpointText(one.server);
      const ofServer = known.get(name);
      if (ofServer === undefined) known.set(name, [one]);
      else ofServer.push(one);
    }
    for (const ofServer of known.values())
      ofServer.sort((one, other) => one.endNs - other.endNs || one.packet - other.packet);
    ANSWERS.set(exchanges, known);
  }
  return known.get(endpointText(server)) ?? [];
}

const ANSWERS = new WeakMap<readonly LoggedExchange[], Map<string, LoggedExchange[]>>();
