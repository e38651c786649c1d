/** What the run as a whole says: who refuses, for how long, and whether requests failed for it. */
import type { EvidencePacket, RawFinding, Remedy, Subject } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { durationText } from '../../text/duration.js';
import { listText } from '../../text/list.js';
import { weigh } from '../argument/cause.js';
import { manyText, packetText, spreadText } from '../argument/figures.js';
import { findingOn, subjectOf, subjectText } from '../argument/finding.js';
import { fisherExact, SIGNIFICANCE } from '../judgements/chance.js';
import { errorsInFront, type RefusedAttempt } from '../judgements/front-errors.js';
import { toldInFront, toldOfEach, toldPacket, toldSentences } from '../judgements/front-failures.js';
import type { Refusal } from '../judgements/refusal.js';
import {
  isServedOtherwise,
  MANY_ENDPOINTS,
  MANY_UNMET,
  SERVED_OTHERWISE,
  severityOfUnmet,
} from '../judgements/unmet-connection.js';
import { baselineOf, type Observation } from '../observation/observation.js';
import type { Conclusion } from '../rule.js';
import { nextActivity } from '../tally/activity.js';
import { endpointsOf, isScanner, type KnockedAt } from '../tally/knocks.js';
import { type OccurrencesByServer, occurrencesOf, type ServerOccurrences } from '../tally/occurrences.js';
import type { ServerBaseline } from '../tally/server-baseline.js';
import type { GatewayFailure, ServerKnown } from '../tally/server-tally.js';
import { anyBetween, countFrom } from '../tally/time-counts.js';
import type { Case, ConnectRefusedFacts, Spell } from './case.js';
import { CAUSES } from './causes.js';
import { META } from './meta.js';
import { remediesOf } from './remedies.js';

/** Nothing is stopped and started in less; in so short a time others may just not have come. */
const MIN_RESTART_NS = 100_000_000;
const MAX_SPELLS_SHOWN = 3;
/** Nothing is restarted twice within this. */
const MAX_TURN_NS = 10_000_000_000;

/** All findings of a run, in the order of the servers. */
export function concludeRun(
  refusals: OccurrencesByServer<Refusal>,
  knocks: KnockedAt,
  conclusion: Conclusion,
): RawFinding[] {
  return occurrencesOf(refusals)
    .filter(({ items }) => items.some(({ client }) => !isScanner(knocks, client.address)))
    .map((one) => ({ one, subject: caseOf(one, conclusion) }))
    .filter(({ one, subject }) => subject.accepts.count > 0 || subject.told.length > 0 || !isOneOfMany(one, knocks))
    .map(({ one, subject }) => findingOf(one, subject, conclusion));
}

/** Refused once or twice, where its client was refused by others as well: peers that are gone, not a service. */
function isOneOfMany({ count, items }: ServerOccurrences<Refusal>, knocks: KnockedAt): boolean {
  return count < MANY_UNMET && items.every(({ client }) => endpointsOf(knocks, client.address) >= MANY_ENDPOINTS);
}

function caseOf(one: ServerOccurrences<Refusal>, { servers, observation }: Conclusion): Case {
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
  const inTurns = areInTurns(items, baseline);
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
    acceptBetween: accepts.count === 0 ? false : acceptBetween,
    isInterval,
    inTurns,
    spells: acceptBetween === true && !inTurns && known !== null ? spellsOf(items, known) : [],
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
function toldOf(
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

function findingOf(one: ServerOccurrences<Refusal>, subject: Case, conclusion: Conclusion): RawFinding {
  const who = subjectOf(one.endpoint, conclusion);
  const hypotheses = weigh(CAUSES, subject);
  const remedies: Remedy[] = remediesOf(subject, hypotheses, one.endpoint);
  return findingOn(
    META,
    one,
    conclusion,
    who,
    {
      severity: severityOfUnmet({ ...subject, accepted: subject.accepts.count }, one.endpoint.port),
      sure: 'certain',
      title: titleOf(subject, who),
      sentences: sentencesOf(subject, who),
      facts: { ...factsOf(subject) },
      hypotheses,
      remedies,
      figuresOf: 'kept',
    },
    (refusal) => packetsOf(refusal, subject),
  );
}

function titleOf({ isInterval, count, first, lastNs, fallsBack }: Case, who: Subject): string {
  const name = subjectText(who);
  if (fallsBack) return `${name} is announced, and not served`;
  return isInterval && count > 1
    ? `${name} refuses connections for ${durationText(lastNs - first.syn.atNs)}`
    : `${name} refuses connections`;
}

function sentencesOf(subject: Case, who: Subject): string[] {
  const { count, refusals, first, accepts, told, fallsBack, isInterval, lastNs, spells } = subject;
  const delays = refusals.map(({ delayNs }) => delayNs);
  const how =
    first.icmp === null ? 'RST' : `an ICMP error (${first.icmp.type}/${first.icmp.code} from ${first.icmp.sender})`;
  const clients = [...new Set(refusals.map(({ client }) => client.address))];
  const whose = refusals.length < count ? '' : ` of ${clients.length === 1 ? clients[0] : `${clients.length} clients`}`;
  const sentences = [
    `${manyText(count, 'SYN')}${whose} to ${endpointText(who)} ${count === 1 ? 'was' : 'were'} answered with ${how} after ${spreadText(Math.min(...delays), Math.max(...delays))}.`,
  ];
  if (isInterval)
    sentences.push(
      `It had accepted connections before, refused ${count === 1 ? 'this one' : `them for ${durationText(lastNs - first.syn.atNs)}`}, and accepted again: ${accepts.count} in all.`,
    );
  else
    sentences.push(
      accepts.count === 0
        ? 'No connection to it was accepted in the capture.'
        : `${manyText(accepts.count, 'connection')} to it ${accepts.count === 1 ? 'was' : 'were'} accepted${spells.length > 0 ? `, none of them while it refused: ${spellsText(spells)}` : ''}.`,
    );
  sentences.push(...toldSentences(told, [], refusals.length < count));
  if (fallsBack) sentences.push(SERVED_OTHERWISE);
  return sentences;
}

/** `for 1.2 s from #12 on, for 800 ms from #910 on`. */
function spellsText(spells: readonly Spell[]): string {
  const shown = spells
    .slice(0, MAX_SPELLS_SHOWN)
    .map(({ first, last }) => `for ${durationText(last.atNs - first.syn.atNs)} from ${packetText(first.packet)} on`);
  return listText(spells.length > MAX_SPELLS_SHOWN ? [...shown, 'and later'] : shown);
}

function packetsOf(refusal: Refusal, { refusals, toldOf }: Case): EvidencePacket[] {
  const { syn, packet, atNs, delayNs, icmp, ttl } = refusal;
  const what =
    icmp === null ? `RST${ttl === null ? '' : `, TTL ${ttl}`}` : `ICMP ${icmp.type}/${icmp.code} from ${icmp.sender}`;
  const packets: EvidencePacket[] = [
    { ...syn, note: 'SYN' },
    { packet, atNs, note: `${what}, ${durationText(delayNs)} after the SYN` },
  ];
  const failure = toldOf[refusals.indexOf(refusal)] ?? null;
  return failure === null ? packets : [...packets, toldPacket(failure)];
}

function factsOf({ first, refusals, lastNs, accepts, acceptBetween, fallsBack, told }: Case): ConnectRefusedFacts {
  const delays = refusals.map(({ delayNs }) => delayNs);
  return {
    by: first.icmp === null ? 'rst' : 'icmp',
    minDelayNs: Math.min(...delays),
    maxDelayNs: Math.max(...delays),
    refusedForNs: lastNs - first.syn.atNs,
    acceptedConnections: accepts.count,
    acceptedBetween: acceptBetween,
    fallsBackToOtherFamily: fallsBack,
    gatewayErrorsInFront: told.length,
  };
}
