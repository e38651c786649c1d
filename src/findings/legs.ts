/**
 * Whether both sides of a proxy are in the captures: then there is no other side to advise.
 *
 * Three signs, each enough: an address that serves some connections and asks on others; a client
 * whose address another client's requests name as forwarded-for, which is what the proxy before a
 * server writes there of the leg in front of it; and a request that is made of another server, by
 * another client, while an equal one waits for its answer.
 *
 * A tally: any order, any split, the same result.
 */
import type { Connection } from '../facts/connection.js';
import type { Endpoint } from '../facts/endpoint.js';
import type { Exchange } from '../facts/exchange.js';
import { endpointText } from '../text/address.js';
import { FirstTexts } from './first-texts.js';
import { LowestKept } from './lowest-kept.js';

/** Addresses kept of each kind, and requests: a proxy that is there shows itself in its first hundreds. */
const MAX_ADDRESSES = 4096;
const MAX_REQUESTS = 512;

/** What a part of a run saw: plain data. */
export interface LegsSeen {
  readonly clients: readonly string[];
  readonly servers: readonly string[];
  readonly forwarded: readonly string[];
  readonly asked: readonly Asked[];
}

interface Asked {
  readonly packet: number;
  readonly what: string;
  readonly client: string;
  readonly server: string;
  readonly startNs: number;
  readonly answeredNs: number;
}

/** See the head of this file. */
export class LegTally {
  private readonly clients = new FirstTexts(MAX_ADDRESSES);
  private readonly servers = new FirstTexts(MAX_ADDRESSES);
  private readonly forwarded = new FirstTexts(MAX_ADDRESSES);
  private readonly asked = new LowestKept<Asked>(MAX_REQUESTS, (one, other) => one.packet - other.packet);
  /** Requests beyond this packet find no room: most of a large capture, for which nothing is made then. */
  private ceiling = Number.POSITIVE_INFINITY;
  private added = 0;

  inspect({ client, server, exchanges }: Connection): void {
    const [from, to] = [client.endpoint.address, server.endpoint.address];
    // A host that talks to itself is no proxy.
    if (from !== to) {
      this.clients.add(from);
      this.servers.add(to);
    }
    const [first] = exchanges;
    if (first === undefined) return;
    this.noteForwarded(first, from);
    for (const exchange of exchanges) this.note(exchange, from, server.endpoint);
  }

  get seen(): LegsSeen {
    const { clients, servers, forwarded, asked } = this;
    return { clients: clients.items(), servers: servers.items(), forwarded: forwarded.items(), asked: asked.items() };
  }

  merge(other: LegsSeen): void {
    for (const kind of ['clients', 'servers', 'forwarded'] as const)
      for (const address of other[kind]) this[kind].add(address);
    for (const one of other.asked) this.asked.add(one);
  }

  /** Whether any of the signs was seen. */
  conclude(): boolean {
    const [servers, forwarded] = [new Set(this.servers.items()), new Set(this.forwarded.items())];
    const isForwarder = this.clients.items().some((address) => servers.has(address) || forwarded.has(address));
    return isForwarder || isHandedOn(this.asked.items());
  }

  /** Whom a connection's first request names as the one before its client. */
  private noteForwarded({ request }: Exchange, client: string): void {
    for (const { name, value } of request?.fields ?? [])
      if (name === 'x-forwarded-for') {
        const before = value.split(',').at(-1)?.trim() ?? '';
        if (before !== '' && before !== client) this.forwarded.add(before);
      }
  }

  private note({ request, response }: Exchange, client: string, endpoint: Endpoint): void {
    if (request === null || response === null || request.firstPacket > this.ceiling) return;
    const what = `${request.method} ${request.target}`;
    const server = endpointText(endpoint);
    const { startNs, firstPacket: packet } = request;
    this.asked.add({ packet, what, client, server, startNs, answeredNs: response.startNs });
    this.added += 1;
    if (this.added % (2 * MAX_REQUESTS) === 0) this.ceiling = this.asked.items().at(-1)?.packet ?? this.ceiling;
  }
}

/** Whether a request was made elsewhere while an equal one waited, and answered before that was. */
function isHandedOn(asked: readonly Asked[]): boolean {
  const byWhat = new Map<string, Asked[]>();
  for (const one of asked) {
    const equal = byWhat.get(one.what);
    if (equal === undefined) byWhat.set(one.what, [one]);
    else equal.push(one);
  }
  for (const equal of byWhat.values()) {
    equal.sort((one, other) => one.startNs - other.startNs || one.packet - other.packet);
    for (const [at, outer] of equal.entries())
      for (let next = at + 1; next < equal.length; next += 1) {
        const inner = equal[next];
        if (inner === undefined || inner.startNs > outer.answeredNs) break;
        const isOther = inner.server !== outer.server && inner.client !== outer.client;
        if (isOther && inner.answeredNs <= outer.answeredNs) return true;
      }
  }
  return false;
}
