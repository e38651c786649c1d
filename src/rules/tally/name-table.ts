/**
 * The names that addresses go by in this run: host names of requests, server names of TLS, DNS answers.
 *
 * Both are counted, so that the name most used comes first. What clients ask for is what users
 * know a server by, so it precedes DNS, which also tells of aliases and of names nobody asked for.
 *
 * Bounds: where there are more names than room, the shorter stay (of equal length, the first in
 * order of the alphabet): the made-up names of scanners are long ones, and a choice by the name
 * itself, not by its count so far, makes every split of the work keep the same names with the same
 * counts. A table grows to twice its bound before it is cut, so that cutting costs little; a name
 * that was cut and comes again is cut again.
 */
import type { Connection } from '../../facts/connection.js';
import type { Exchange } from '../../facts/exchange.js';
import { endpointText } from '../../text/address.js';
import { hostNameOf } from '../../text/host-name.js';
import { compareText } from '../../text/order.js';

/** Names for an address: what clients put in Host fields for an endpoint, and what DNS answered. */
export interface NameTable {
  /** Names for a server endpoint, most used first; empty when none was seen. */
  namesOf(address: string, port: number): readonly string[];
}

/** Names kept for one endpoint (requests) or one address (DNS): a shared front end has hundreds; more are a scan. */
export const MAX_NAMES_PER_PLACE = 256;
/** Names kept in all, for requests and for DNS each: some 10 MB. */
export const MAX_NAMES = 65_536;

/** How often each name was used for each place. */
type Counts = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** What a part of a run saw: plain data. */
export interface NamesSeen {
  readonly requested: Counts;
  readonly resolved: Counts;
}

/** Counts names by the place they stand for; see the head of this file. */
export class NameTally implements NameTable {
  private readonly requested = new NameCounts();
  private readonly resolved = new NameCounts();

  /** Counts the hosts that this connection's requests name; where none can be read, the server name of its ClientHello. */
  inspect(connection: Connection): void {
    const { exchangeOffset, exchanges, tls } = connection;
    if (exchanges.length === 0 && (tls === null || exchangeOffset > 0)) return;
    const place = endpointText(connection.server.endpoint);
    if (exchanges.length === 0) {
      this.requestedAt(place, tls?.clientHello?.serverNames[0] ?? null, 1);
      return;
    }
    let authority: string | null = null;
    let times = 0;
    for (const exchange of exchanges) {
      // What goes through a tunnel names whoever is at its other end.
      if (exchange.response?.framing === 'tunnel' && exchange.request?.method === 'CONNECT') break;
      const next = authorityOf(exchange);
      if (next === authority) times += 1;
      else {
        this.requestedAt(place, authority, times);
        authority = next;
        times = 1;
      }
    }
    this.requestedAt(place, authority, times);
  }

  /** Counts a DNS answer that gave `address` for `name`. */
  dns(name: string, address: string): void {
    const host = hostNameOf(name);
    if (host !== null) this.resolved.add(address, host, 1);
  }

  get seen(): NamesSeen {
    return { requested: this.requested.places, resolved: this.resolved.places };
  }

  merge(other: NamesSeen): void {
    this.requested.merge(other.requested);
    this.resolved.merge(other.resolved);
  }

  namesOf(address: string, port: number): readonly string[] {
    const requested = this.requested.mostUsed(endpointText({ address, port }));
    const resolved = this.resolved.mostUsed(address);
    return resolved.length === 0 ? requested : [...new Set([...requested, ...resolved])];
  }

  private requestedAt(place: string, authority: string | null, times: number): void {
    const host = authority === null ? null : hostNameOf(authority);
    if (host !== null) this.requested.add(place, host, times);
  }
}

/** The authority that names the server itself: what a proxy is asked to fetch or to connect to names another. */
function authorityOf({ request }: Exchange): string | null {
  if (request === null || request.method === 'CONNECT') return null;
  return request.target.includes('://') && !request.target.startsWith('/') ? null : request.authority;
}

/** See {@link Counts}. */
class NameCounts {
  readonly places = new Map<string, Map<string, number>>();
  private size = 0;
  /** More than its bounds may stand in it. */
  private isOver = false;

  add(place: string, name: string, times: number): void {
    let names = this.places.get(place);
    if (names === undefined) {
      names = new Map();
      this.places.set(place, names);
    }
    const before = names.get(name);
    names.set(name, (before ?? 0) + times);
    if (before !== undefined) return;
    this.size += 1;
    if (names.size <= MAX_NAMES_PER_PLACE && this.size <= MAX_NAMES) return;
    this.isOver = true;
    if (names.size >= 2 * MAX_NAMES_PER_PLACE) this.cutPlace(names);
    if (this.size >= 2 * MAX_NAMES) this.cut();
  }

  merge(other: Counts): void {
    for (const [place, names] of other) for (const [name, times] of names) this.add(place, name, times);
  }

  /** The names of a place, most used first. */
  mostUsed(place: string): string[] {
    this.cut();
    const names = this.places.get(place);
    if (names === undefined) return [];
    return [...names]
      .sort(([a, times], [b, otherTimes]) => otherTimes - times || compareNames(a, b))
      .map(([name]) => name);
  }

  /** Brings all within its bounds, if it is not. */
  private cut(): void {
    if (!this.isOver) return;
    for (const names of this.places.values()) this.cutPlace(names);
    this.isOver = false;
    if (this.size <= MAX_NAMES) return;
    const all = [...this.places].flatMap(([place, names]) => [...names.keys()].map((name) => ({ place, name })));
    all.sort((a, b) => compareNames(a.name, b.name) || compareText(a.place, b.place));
    for (const { place, name } of all.slice(MAX_NAMES)) {
      const names = this.places.get(place);
      names?.delete(name);
      if (names?.size === 0) this.places.delete(place);
    }
    this.size = MAX_NAMES;
  }

  private cutPlace(names: Map<string, number>): void {
    if (names.size <= MAX_NAMES_PER_PLACE) return;
    const all = [...names.keys()];
    for (const name of all.sort(compareNames).slice(MAX_NAMES_PER_PLACE)) names.delete(name);
    this.size -= all.length - names.size;
  }
}

function compareNames(a: string, b: string): number {
  return a.length - b.length || compareText(a, b);
}
