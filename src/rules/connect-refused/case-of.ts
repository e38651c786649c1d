/** One server's refusals, with what the run knows of that server: when it accepted others, whom it refused, who wrote the refusals. */
import { packetText } from '../argument/figures.js';
import { fisherExact, SIGNIFICANCE } from '../judgements/chance.js';
import { errorsInFront, type RefusedAttempt } from '../judgements/front-errors.js';
import { toldInFront, toldOfEach } from '../judgements/front-failures.js';
import type { Refusal } from '../judgements/refusal.js';
import { isServedOtherwise } from '../judgements/unmet-connection.js';
import { baselineOf, type Observation } from '../observation/observation.js';
import type { Conclusion } from '../rule.js';
import { nextActivity } from '../tally/activity.js';
import type { ServerOccurrences } from '../tally/occurrences.js';
import type { ServerBaseline } from '../tally/server-baseline.js';
import type { GatewayFailure, ServerKnown } from '../tally/server-tally.js';
import { anyBetween, countFrom } from '../tally/time-counts.js';
import type { Case, Spell } from './case.js';

/** Nothing is stopped and started in less; in so short a time others may just not have come. */
const MIN_RESTART_NS = 100_000_000;

/** Nothing is restarted twice within this. */
const MAX_TURN_NS = 10_000_000_000;

/** The case of one server; see the head of this file. */
export function caseOf(one: ServerOccurrences<Refusal>, { servers, observation }: Conclusion): Case {
  const { items, first, count, lastNs, endpoint } = one;
  const known = servers.known(endpoint);
  const accepts = { count: known?.accepted ?? 0, first: known?.firstAccept ?? null, last: known?.lastAccept ?? null };
  const acceptBetween = known === null || count < 2 ? null : anyBetween(known.acceptedAt, first.syn.atNs, lastNs);
  const isInterval =
    acceptBetween !== true &&
    lastNs - first.syn.atNs >= MIN_RESTART_NS &&
    accepts.first !== null &&
    accepts.last !== null &&
    accepts.first.atNs < first.syn.atNs &&
    accepts.last.atNs > lastNs;
  const baseline = baselineOf(observation, endpoint);
  const spells = acceptBetween === true && known !== null ? spellsOf(items, known) : [];
  const areMixed = areInTurns(items, baseline);
  const open = servers.portsOf(endpoint.address).find(({ port, accepted }) => port !== endpoint.port && accepted > 0);
  const attempts = items.map(({ syn, atNs, client }) => ({ beginNs: syn.atNs, endNs: atNs, client, server: endpoint }));
  const told = toldOf(attempts, servers.gatewayFailures(), observation);
  return {
    refusals: items,
    count,
    first,
    last: items.at(-1) ?? first,
    lastNs,
    accepts,
    answer: known?.lastAnswer ?? null,
    acceptBetween: accepts.count === 0 ? false : acceptBetween,
    isInterval,
    inTurns: areMixed && spells.length === 0,
    inCloseSpells: areMixed && spells.length > 0,
    spells: areMixed ? [] : spells,
    ...sourcesOf(one, known, baseline),
    gone: items.find(({ icmp, server }) => icmp?.unreachable === true && icmp.sender !== server.address) ?? null,
    foreign: foreignOf(items, accepts.first),
    otherPort: open?.firstAccept == null ? null : { port: open.port, packet: open.firstAccept.packet },
    fallsBack: accepts.count === 0 && isServedOtherwise(endpoint, count, servers.all()),
    told,
    toldOf: toldOfEach(told, attempts),
  };
}

function areInTurns(items: readonly Refusal[], { activity }: ServerBaseline): boolean {
  return items.some(({ atNs }, at) => {
    const next = items[at + 1]?.syn.atNs ?? Number.POSITIVE_INFINITY;
    return next - atNs <= MAX_TURN_NS && nextActivity(activity, 'accept', atNs, next - atNs) !== null;
  });
}

/** Restarts one after the other: in each it is known to have refused all, for a while. */
function spellsOf(items: readonly Refusal[], { acceptedAt, firstAccept }: ServerKnown): Spell[] {
  const spells: { first: Refusal; last: Refusal; count: number }[] = [];
  for (const refusal of items) {
    const spell = spells.at(-1);
    if (spell === undefined || anyBetween(acceptedAt, spell.last.atNs, refusal.syn.atNs) === true)
      spells.push({ first: refusal, last: refusal, count: 1 });
    else {
      spell.last = refusal;
      spell.count += 1;
    }
  }
  const areWhiles = spells.every(
    ({ first, last }) =>
      last.atNs - first.syn.atNs >= MIN_RESTART_NS && anyBetween(acceptedAt, first.syn.atNs, last.atNs) === false,
  );
  return areWhiles && spells.length > 1 && firstAccept !== null && firstAccept.atNs < (items[0]?.syn.atNs ?? 0)
    ? spells
    : [];
}

/** What clients in front were told for these: as a gateway, or else as one that says 500 for it. */
export function toldOf(
  attempts: readonly RefusedAttempt[],
  failures: readonly GatewayFailure[],
  observation: Observation,
): GatewayFailure[] {
  const told = toldInFront(failures, attempts);
  const of = toldOfEach(told, attempts);
  const others = errorsInFront(
    attempts.filter((_, at) => of[at] === null),
    observation,
  );
  return [...told, ...others].sort((one, other) => one.atNs - other.atNs || one.packet - other.packet);
}

/** Whether who is refused is a matter of the source: those are accepted no more, and others are. */
function sourcesOf(
  { first, count }: ServerOccurrences<Refusal>,
  known: ServerKnown | null,
  { clients: { entries, size, limit } }: ServerBaseline,
): Pick<Case, 'bySource' | 'others'> {
  const dealings = Object.entries(entries);
  const refused = dealings.filter(([, { refused: times }]) => times > 0);
  const isTurnedAway = refused.every(
    ([, { firstRefusal, lastAccept }]) =>
      lastAccept === null || (firstRefusal !== null && lastAccept.atNs < firstRefusal.atNs),
  );
  const since = dealings
    .flatMap(([, { refused: times, lastAccept }]) => (times === 0 && lastAccept !== null ? [lastAccept] : []))
    .filter(({ atNs }) => atNs > first.atNs)
    .sort((one, other) => other.atNs - one.atNs || other.packet - one.packet);
  const [others] = since;
  // Of more clients than are kept, nobody can say that none of them was both.
  if (known === null || others === undefined || refused.length === 0 || !isTurnedAway || size >= limit)
    return { bySource: null, others: null };
  const accepted = countFrom(known.acceptedAt, first.syn.atNs);
  // That those refused are all of some clients, and those accepted all of others.
  const isBeyondChance = fisherExact(count, 0, 0, accepted) < SIGNIFICANCE;
  return {
    bySource: isBeyondChance
      ? { clients: refused.map(([address]) => address).sort(), others: accepted, accept: others }
      : null,
    others,
  };
}

/** A refusal that the server itself did not write. */
function foreignOf(items: readonly Refusal[], accept: Case['accepts']['first']): Case['foreign'] {
  for (const { icmp, ttl, packet, server } of items) {
    const why = icmp === null ? null : filterText(icmp, server.address);
    if (icmp !== null && why !== null)
      return { packet, why: `an ICMP error ${icmp.type}/${icmp.code} from ${icmp.sender}, ${why}` };
    if (ttl !== null && accept !== null && accept.ttl !== null && ttl !== accept.ttl)
      return { packet, why: `its TTL is ${ttl}, that of the SYN-ACK ${packetText(accept.packet)} is ${accept.ttl}` };
  }
  return null;
}

/** By what an ICMP error shows that a packet filter wrote it; `null`: by nothing. */
function filterText(
  { prohibited, port, unreachable, sender }: NonNullable<Refusal['icmp']>,
  server: string,
): string | null {
  if (prohibited) return 'forbidden by an administrator';
  if (port) return 'as a packet filter writes it: a kernel answers a SYN to a closed port with RST';
  if (sender === server) return unreachable ? 'which is there itself: its packet filter writes that' : null;
  return unreachable ? null : 'not the server';
}
