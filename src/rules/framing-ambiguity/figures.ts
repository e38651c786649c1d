import type { Side } from '../../facts/endpoint.js';
import type { SeenFlaw } from './ambiguity.js';

/** The rule's own figures in a finding: plain JSON. `report/` mirrors it. */
export interface FramingAmbiguityFacts {
  readonly connections: number;
  /** Names of anomalies. */
  readonly flaws: string[];
  readonly inRequests: number;
  readonly inResponses: number;
  /** Answers that a proxy in front did not take. */
  readonly refusedInFront: number;
}

/** The names among them, each once, in alphabetical order. */
export function namesOf(flaws: readonly SeenFlaw[]): string[] {
  return [...new Set(flaws.map(({ name }) => name))].sort();
}

/** Of so many connections with these flaws. */
export function factsOf(connections: number, flaws: readonly SeenFlaw[], refusedInFront = 0): FramingAmbiguityFacts {
  const inResponses = flaws.filter(({ from }) => from === 'server').length;
  return { connections, flaws: namesOf(flaws), inRequests: flaws.length - inResponses, inResponses, refusedInFront };
}

/** Of so many connections, not all of which were kept, with one and the same flaw of the same side. */
export function factsOfEach(connections: number, name: string, from: Side): FramingAmbiguityFacts {
  const [inRequests, inResponses] = from === 'client' ? [connections, 0] : [0, connections];
  return { connections, flaws: [name], inRequests, inResponses, refusedInFront: 0 };
}
