/**
 * What DNS told whom, and which names were asked for by QUIC: what a rule needs to say that a name
 * led to an address, and that no connection of its own followed.
 *
 * Bounded like all tables (tally/bounded-table): where there was no room for all, nobody can say
 * that a name was not among them, and {@link NameAnswers.isWhole} says so.
 */
import { hostNameOf } from '../../text/host-name.js';
import { type BoundedTable, boundedTable, entryOf, mergeKeys, mergeTable, noteKey } from './bounded-table.js';
import { addEarliest, type Earliest, earliest, type Moment, mergeEarliest } from './earliest.js';

/** Names with their addresses, by client: some 5 MB. */
const MAX_ANSWERS = 16_384;
/** Names asked for by QUIC. */
const MAX_QUIC = 4096;
/** Answers kept of each: the first tells when the client learned the name. */
const ANSWERS_EACH = 4;

/** A name that led a client to an address. */
export interface NameAnswer {
  readonly name: string;
  readonly address: string;
  readonly client: string;
  readonly answers: Earliest<Moment>;
}

/** Plain data. */
export interface NameAnswers {
  readonly table: BoundedTable<NameAnswer>;
  readonly quic: BoundedTable<true>;
  /** `false`: some answers or names found no room. */
  isWhole: boolean;
}

/** None yet; with room for so many. */
export function nameAnswers(limit = MAX_ANSWERS): NameAnswers {
  return { table: boundedTable(limit), quic: boundedTable(MAX_QUIC), isWhole: true };
}

/** DNS told `client` that `name` is at `address`. */
export function noteNameAnswer(
  into: NameAnswers,
  answer: Moment & { readonly name: string; readonly address: string; readonly client: string },
): void {
  const name = hostNameOf(answer.name);
  if (name === null) return;
  const { address, client, atNs, packet } = answer;
  const entry = entryOf(into.table, `${client} ${name} ${address}`, () => answerOf(name, address, client));
  if (entry !== null) addEarliest(entry.answers, { atNs, packet });
  into.isWhole &&= into.table.size < into.table.limit;
}

/** A client asked for this name by QUIC. */
export function noteQuicName(into: NameAnswers, quicName: string): void {
  const name = hostNameOf(quicName);
  if (name === null) return;
  noteKey(into.quic, name);
  into.isWhole &&= into.quic.size < into.quic.limit;
}

/** Adds all of `from`. */
export function mergeNameAnswers(into: NameAnswers, from: NameAnswers): void {
  mergeTable(
    into.table,
    from.table,
    ({ name, address, client }) => answerOf(name, address, client),
    (known, part) => mergeEarliest(known.answers, part.answers),
  );
  mergeKeys(into.quic, from.quic);
  into.isWhole &&= from.isWhole && into.table.size < into.table.limit && into.quic.size < into.quic.limit;
}

/** All of them, in an order that does not depend on who came first. */
export function nameAnswersOf({ table }: NameAnswers): NameAnswer[] {
  return Object.entries(table.entries)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, answer]) => answer);
}

/** Whether a client asked for this name by QUIC. */
export function isQuicName({ quic }: NameAnswers, name: string): boolean {
  return quic.entries[name] === true;
}

function answerOf(name: string, address: string, client: string): NameAnswer {
  return { name, address, client, answers: earliest(ANSWERS_EACH) };
}
