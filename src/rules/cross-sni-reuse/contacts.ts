/** Whom each client had to do with: the names it asked for, and connections that nobody could decrypt. */
import type { Connection } from '../../facts/connection.js';
import type { Endpoint } from '../../facts/endpoint.js';
import { hostNameOf } from '../../text/host-name.js';
import { pairText } from '../../text/pair.js';
import { type BoundedTable, boundedTable, entriesInOrder, entryOf, mergeTable } from '../tally/bounded-table.js';
import { addEarliest, type Earliest, earliest, type Moment, mergeEarliest } from '../tally/earliest.js';
import { nameIn, opensTunnel } from './reuse.js';

/** Clients with whom they had to do. */
const MAX_CONTACTS = 8192;
/** Connections kept of one client and server. */
const MAX_CONNECTIONS = 32;

/** A connection of which nothing could be read but its ClientHello. */
export interface SealedConnection extends Moment {
  readonly stream: number;
  readonly client: Endpoint;
  readonly server: Endpoint;
  readonly openedFor: string;
  readonly helloNs: number;
  readonly endNs: number;
  /** Client data after a pause. */
  readonly resumed: readonly (Moment & { readonly pauseNs: number })[];
  readonly offersEch: boolean;
  /** The names of the certificate; `null`: not readable. */
  readonly certificate: readonly string[] | null;
}

/** What a client has to do with one address. */
export interface Contact {
  /** A connection of it began before the capture. */
  isOld: boolean;
  opened: number;
  readonly opens: Earliest<Moment>;
  readonly sealed: Earliest<SealedConnection>;
}

/** All of a run: plain data. */
export interface Contacts {
  /** ClientHellos for a name by client, and where: those that a retry needs. */
  readonly hellos: BoundedTable<Earliest<Moment>>;
  /** By client and server address. */
  readonly contacts: BoundedTable<Contact>;
  /** The tables hold all that there was: what is not in them did not happen. */
  isWhole: boolean;
}

/** None yet. */
export function newContacts(): Contacts {
  return { hellos: boundedTable(MAX_CONTACTS), contacts: boundedTable(MAX_CONTACTS), isWhole: true };
}

/** Adds all of `from`. */
export function mergeContacts(into: Contacts, from: Contacts): void {
  mergeTable(into.hellos, from.hellos, () => earliest<Moment>(MAX_CONNECTIONS), mergeEarliest);
  mergeTable(into.contacts, from.contacts, newContact, (contact, part) => {
    contact.isOld ||= part.isOld;
    contact.opened += part.opened;
    mergeEarliest(contact.opens, part.opens);
    mergeEarliest(contact.sealed, part.sealed);
  });
  into.isWhole &&= from.isWhole;
  noteWhole(into);
}

/** Key of a client's ClientHellos (or requests) for a name. */
export function helloKey(client: string, name: string): string {
  return pairText(client, name);
}

/** Key of what a client has to do with an address. */
export function contactKey(client: string, address: string): string {
  return pairText(client, address);
}

/** All contacts, likewise. */
export function contactsOf({ contacts }: Contacts): Contact[] {
  return entriesInOrder(contacts);
}

/** Whom the client opened a connection to, and for which names. */
export function noteContact(connection: Connection, tally: Contacts): void {
  const { client, server, tls, handshake, guards, firstPacket, startNs } = connection;
  const address = client.endpoint.address;
  const hello = tls?.clientHello ?? null;
  for (const serverName of hello?.serverNames ?? []) {
    const name = hostNameOf(serverName);
    if (hello === null || name === null) continue;
    const hellos = entryOf(tally.hellos, helloKey(address, name), () => earliest<Moment>(MAX_CONNECTIONS));
    if (hellos !== null) addEarliest(hellos, { atNs: hello.atNs, packet: hello.lastPacket });
  }
  const contact = entryOf(tally.contacts, contactKey(address, server.endpoint.address), newContact);
  if (contact !== null) {
    contact.isOld ||= guards.midStream;
    contact.opened += 1;
    // Beyond those that are kept nothing is said of the contact.
    if (handshake.syn !== null && contact.opened <= MAX_CONNECTIONS)
      addEarliest(contact.opens, { atNs: startNs, packet: firstPacket });
    const sealed = sealedOf(connection);
    if (sealed !== null) addEarliest(contact.sealed, sealed);
  }
  noteWhole(tally);
}

/** In clear text a name needs no ClientHello. */
export function noteClearNames({ client, exchanges }: Connection, tally: Contacts): void {
  let last: string | null = null;
  for (let at = 0; at < exchanges.length; at += 1) {
    const exchange = exchanges[at];
    if (exchange === undefined || exchange.request === null || exchange.request.authority === last) continue;
    if (opensTunnel(exchange)) break;
    const name = nameIn(exchange);
    if (name === null) continue;
    last = exchange.request.authority;
    entryOf(tally.hellos, helloKey(client.endpoint.address, name), () => earliest<Moment>(MAX_CONNECTIONS));
  }
  noteWhole(tally);
}

/** A table that is full may have left something out. */
function noteWhole(tally: Contacts): void {
  const { hellos, contacts } = tally;
  tally.isWhole &&= hellos.size < hellos.limit && contacts.size < contacts.limit;
}

/** A connection that may carry several names and that nobody can read; `null`: it is none. */
function sealedOf({ tls, stream, client, server, endNs, guards }: Connection): SealedConnection | null {
  const hello = tls?.clientHello ?? null;
  if (tls === null || hello === null || tls.decryption !== 'no-key' || guards.oneSided || guards.clockStepped)
    return null;
  const name = hostNameOf(hello.serverNames[0] ?? '');
  // Clients put several names on a connection of HTTP/2 alone.
  const mayBeH2 = hello.alpn.includes('h2') && (tls.serverHello?.alpn ?? 'h2') === 'h2';
  if (name === null || !mayBeH2 || tls.client.resumed.length === 0) return null;
  const [leaf] = tls.certificates.server ?? [];
  return {
    atNs: hello.atNs,
    packet: hello.lastPacket,
    stream,
    client: client.endpoint,
    server: server.endpoint,
    openedFor: name,
    helloNs: hello.atNs,
    endNs,
    resumed: tls.client.resumed,
    offersEch: hello.offersEch,
    certificate:
      leaf === undefined || leaf.alternativeNameCount > leaf.alternativeNames.length ? null : leaf.alternativeNames,
  };
}

function newContact(): Contact {
  return { isOld: false, opened: 0, opens: earliest(MAX_CONNECTIONS), sealed: earliest(MAX_CONNECTIONS) };
}
