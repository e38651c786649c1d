/** One server's GOAWAYs, with what became of the requests that met them, and what they have in common. */
import { MIN_IDLE_NS } from '../../facts/connection.js';
import { H2_ERROR } from '../../facts/h2.js';
import { ONE_MOMENT_NS } from '../judgements/moments.js';
import { retryOutcome } from '../judgements/retries.js';
import { triesOf } from '../observation/logged-exchange.js';
import { baselineOf } from '../observation/observation.js';
import type { Conclusion } from '../rule.js';
import type { Case } from './case.js';
import type { Farewell } from './farewell.js';
import { largeHeadsOf } from './large-head.js';
import type { ServerTally } from './tally.js';

/** Ages, and idle times, this near to each other are one timer's. */
const SAME_AGE_SHARE = 0.03;

const MIN_AGE_NS = 1_000_000_000;

/** Numbers of requests at which servers stop unless told otherwise. */
const DEFAULT_LIMITS: Readonly<Record<number, string>> = {
  1000: 'the default of nginx (keepalive_requests 1000)',
};

/** The case of one server; see the head of this file. */
export function caseOf(tally: ServerTally, { observation }: Conclusion): Case | null {
  const { counts } = tally;
  const { earliest, count } = tally.farewells;
  const farewells = earliest.items;
  const [first] = farewells;
  if (first === undefined) return null;
  const outcomes = farewells.flatMap(({ lost, stream, atNs }) =>
    lost.map(({ key, atNs: askedNs }) =>
      retryOutcome(triesOf(observation.exchanges, key), stream, Math.max(atNs, askedNs), observation.endNs),
    ),
  );
  const judged = outcomes.filter((one) => one !== 'unknown').length;
  return {
    farewells,
    first,
    occurrences: count,
    largeHeads: largeHeadsOf(farewells),
    largestAnsweredBytes: baselineOf(observation, first.server).largestHeadBytes,
    counts,
    retries: {
      judged,
      answered: outcomes.filter((one) => one === 'answered').length,
      notRetried: outcomes.filter((one) => one === 'not-retried').length,
    },
    ...limitOf(farewells, first, tally),
    idle: idleOf(farewells, tally),
    ageSeconds: commonAge(farewells),
  };
}

/** What speaks for a limit of requests: the same number each time, with and without harm. */
function limitOf(
  farewells: readonly Farewell[],
  { processed, code }: Farewell,
  { graceful, most }: ServerTally,
): Pick<Case, 'limit' | 'agreeing' | 'isOneMoment' | 'knownDefault' | 'beyond'> {
  // An error is none of a limit's, however often it comes after as many.
  const isConstant =
    processed !== null &&
    processed > 0 &&
    code === H2_ERROR.none &&
    farewells.every((one) => one.processed === processed);
  // Fewer are an idle time-out's or a stop's, which tell neither for it nor against.
  const others = isConstant ? graceful.items.filter((one) => one.processed === processed) : [];
  const agreeing = [...(isConstant ? farewells : []), ...others].sort(
    (one, other) => one.atNs - other.atNs || one.packet - other.packet,
  );
  const isOneMoment = (agreeing.at(-1)?.atNs ?? 0) - (agreeing[0]?.atNs ?? 0) < ONE_MOMENT_NS;
  const beyond = processed !== null && most !== null && most.requests > processed ? most : null;
  const knownDefault = isConstant ? (DEFAULT_LIMITS[processed] ?? null) : null;
  const isShown = (agreeing.length > 1 && !isOneMoment) || knownDefault !== null;
  return { limit: isShown && beyond === null ? processed : null, agreeing, isOneMoment, knownDefault, beyond };
}

/** What {@link Case.idle} holds. A graceful end of another idle time was for another reason. */
function idleOf(farewells: readonly Farewell[], { graceful }: ServerTally): Case['idle'] {
  const idles = farewells.map(({ idleNs }) => idleNs ?? 0);
  const [shortestNs, longestNs] = [Math.min(...idles), Math.max(...idles)];
  if (shortestNs < MIN_IDLE_NS) return null;
  const isOfTimer = (idleNs: number | null): boolean =>
    idleNs !== null && Math.abs(idleNs - shortestNs) <= SAME_AGE_SHARE * Math.max(idleNs, shortestNs);
  const agreeing = [...farewells, ...graceful.items.filter(({ idleNs }) => isOfTimer(idleNs))];
  const isOne = isOfTimer(longestNs) && agreeing.length > 1;
  return { shortestNs, longestNs, seconds: isOne ? Math.round(shortestNs / 1e6) / 1000 : null, agreeing };
}

function commonAge(farewells: readonly Farewell[]): number | null {
  const ages = farewells.map(({ ageNs }) => ageNs);
  const [lowest, highest] = [Math.min(...ages), Math.max(...ages)];
  if (ages.length < 2 || lowest < MIN_AGE_NS || highest - lowest > SAME_AGE_SHARE * highest) return null;
  return Math.round(lowest / 1e6) / 1000;
}
