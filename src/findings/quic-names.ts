/**
 * Names that clients asked for over QUIC: what is not to be found in TCP because it moved to HTTP/3.
 * A tally: within its bounds, any order and any split give the same names with the same counts.
 */
import { MAX_QUIC_NAMES, type QuicSeen } from '../facts/summary.js';
import { compareText } from '../text/order.js';

/** Names counted; of more, those that come later are counted as connections alone. */
export const MAX_COUNTED_NAMES = 10_000;

/** What a part of a run saw: plain data. */
export interface QuicNamesSeen {
  readonly connections: number;
  readonly names: ReadonlyMap<string, { readonly connections: number; readonly alpn: ReadonlySet<string> }>;
}

/** See the head of this file. */
export class QuicNameTally {
  private readonly names = new Map<string, { connections: number; readonly alpn: Set<string> }>();
  private connections = 0;

  /** A connection began; it may name no server. */
  add(name: string | null, alpn: readonly string[]): void {
    this.connections += 1;
    if (name === null) return;
    const key = name.toLowerCase();
    let known = this.names.get(key);
    if (known === undefined) {
      if (this.names.size >= MAX_COUNTED_NAMES) return;
      known = { connections: 0, alpn: new Set() };
      this.names.set(key, known);
    }
    known.connections += 1;
    for (const protocol of alpn) if (known.alpn.size < MAX_ALPN) known.alpn.add(protocol);
  }

  get seen(): QuicNamesSeen {
    return { connections: this.connections, names: this.names };
  }

  merge(other: QuicNamesSeen): void {
    this.connections += other.connections;
    for (const [name, { connections, alpn }] of other.names) {
      const known = this.names.get(name);
      if (known === undefined) {
        if (this.names.size < MAX_COUNTED_NAMES) this.names.set(name, { connections, alpn: new Set(alpn) });
        continue;
      }
      known.connections += connections;
      for (const protocol of alpn) if (known.alpn.size < MAX_ALPN) known.alpn.add(protocol);
    }
  }

  conclude(): QuicSeen {
    const names = [...this.names]
      .map(([name, { connections, alpn }]) => ({ name, connections, alpn: [...alpn].sort(compareText) }))
      .sort((a, b) => b.connections - a.connections || compareText(a.name, b.name));
    return { connections: this.connections, names: names.slice(0, MAX_QUIC_NAMES) };
  }
}

/** Protocols kept for a name. */
const MAX_ALPN = 8;
