/** The other leg of a connection through a proxy, where both are captured. */
import type { LegPairs } from '../../rules/judgements/leg-pairing.js';
import type { Legs } from './protocol.js';

/** The pair that most of the connection's requests say; `null`: none of them is known on another leg. */
export function legsOf(stream: number, pairs: LegPairs): Legs | null {
  const times = new Map<string, { readonly legs: Legs; count: number }>();
  const add = (legs: Legs) => {
    const key = `${legs.front} ${legs.back}`;
    const known = times.get(key);
    if (known === undefined) times.set(key, { legs, count: 1 });
    else known.count += 1;
  };
  for (const exchange of pairs.exchanges) {
    if (exchange.stream !== stream) continue;
    for (const back of pairs.backsOf(exchange)) add({ front: stream, back: back.stream });
    const front = pairs.frontOf(exchange);
    if (front !== null) add({ front: front.stream, back: stream });
  }
  const [most] = [...times.values()].sort((one, other) => other.count - one.count);
  return most?.legs ?? null;
}
