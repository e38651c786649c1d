/**
 * What is left to see without keys (docs/without-keys.md): DNS leads a client to the address of a connection
 * that it has for another name; it opens none for the new name; and within milliseconds it goes on
 * to send on the connection that is there. That is what reuse looks like from outside, and no more
 * than `possible`; so whatever else it could be keeps the rule silent.
 */
import type { Conclusion } from '../rule.js';
import { isQuicName, type NameAnswer, nameAnswersOf } from '../tally/name-answers.js';
import type { SealedCase } from './case.js';
import { type Contact, type Contacts, contactKey, contactsOf, helloKey, type SealedConnection } from './contacts.js';
import { covers, sharedParent } from './reuse.js';

/** A browser that reuses a connection does so at once. */
const REUSED_WITHIN_NS = 50_000_000;
/** A browser that opens a connection does so at once, and waits no longer for another way to the name. */
const OPENS_WITHIN_NS = 2_000_000_000;
/** The run must reach so far behind the answer for a new connection to be seen. */
const MIN_AFTER_NS = 250_000_000;

/** All that was seen so, in the order of the connections. */
export function sealedCasesOf(
  tally: Contacts,
  { nameAnswers, observation }: Pick<Conclusion, 'nameAnswers' | 'observation'>,
  droppedPackets: number,
): SealedCase[] {
  if (!tally.isWhole || !nameAnswers.isWhole || droppedPackets > 0) return [];
  const answers = nameAnswersOf(nameAnswers);
  const ofContact = new Map<string, NameAnswer[]>();
  for (const answer of answers) {
    const key = contactKey(answer.client, answer.address);
    const known = ofContact.get(key);
    if (known === undefined) ofContact.set(key, [answer]);
    else known.push(answer);
  }
  const found: SealedCase[] = [];
  for (const contact of contactsOf(tally)) {
    const all = contact.sealed.items;
    const [first] = all;
    if (first === undefined || contact.isOld || contact.opened > contact.opens.items.length) continue;
    for (const answer of ofContact.get(contactKey(first.client.address, first.server.address)) ?? []) {
      if (tally.hellos.entries[helloKey(answer.client, answer.name)] !== undefined) continue;
      if (isQuicName(nameAnswers, answer.name)) continue;
      const one = reuseIn(all, answer, observation.endNs);
      if (one !== null && opensNothing(answer, answers, tally)) found.push(one);
    }
  }
  return found;
}

/** The connection on which data went on at once; `null`: there is none, or more than one. */
function reuseIn(connections: readonly SealedConnection[], answer: NameAnswer, endNs: number): SealedCase | null {
  const [first] = answer.answers.items;
  if (first === undefined || endNs - first.atNs < MIN_AFTER_NS) return null;
  const found = connections.flatMap((connection): SealedCase[] => {
    const { client, server, openedFor, helloNs, certificate, resumed } = connection;
    if (client.address !== answer.client || server.address !== answer.address) return [];
    if (helloNs >= first.atNs || connection.endNs <= first.atNs || sharedParent(openedFor, answer.name) === null)
      return [];
    if (certificate !== null && !covers(certificate, answer.name)) return [];
    const next = resumed.find(({ atNs }) => atNs >= first.atNs && atNs - first.atNs <= REUSED_WITHIN_NS);
    return next === undefined ? [] : [{ connection, name: answer.name, answer: first, resumed: next }];
  });
  return found.length === 1 ? (found[0] ?? null) : null;
}

/** The client opened no connection, to any of the name's addresses, that could be for the name. */
function opensNothing({ client, name, answers }: NameAnswer, all: readonly NameAnswer[], tally: Contacts): boolean {
  const [first] = answers.items;
  if (first === undefined) return false;
  return all
    .filter((other) => other.client === client && other.name === name)
    .every(({ address }) => {
      const contact: Contact | undefined = tally.contacts.entries[contactKey(client, address)];
      if (contact === undefined) return true;
      if (contact.isOld || contact.opened > contact.opens.items.length) return false;
      return contact.opens.items.every(({ atNs }) => atNs < first.atNs || atNs - first.atNs > OPENS_WITHIN_NS);
    });
}
