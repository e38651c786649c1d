/** The connections of a list of packets: who speaks with whom, how far its numbers have come, and how long its headers are. */

/** One direction of a connection, as far as listed. */
export interface ListedSender {
  readonly port: string;
  /** Bytes of headers of its packets without SYN; 0: none seen. */
  headerBytes: number;
  /** Window scale factor of its SYN; 0: it offered none. */
  scale: number;
  /** Relative number behind its last byte listed; `null`: nothing of it was. */
  next: number | null;
  /** What it acknowledged last. */
  acknowledged: number;
  /** The window field of its last packet; `null`: none was listed. */
  window: number | null;
  isDone: boolean;
  /** The first part of a message of which a later line says what it is; `null`: there is none. */
  begun: { text: string | null } | null;
}

/** A connection: its two directions, in the order of addresses, or of ports within one host. */
export interface ListedPair {
  readonly one: ListedSender;
  readonly other: ListedSender;
  /** The sender of the SYN, or of what came first. */
  readonly client: ListedSender;
}

/** Who sent a packet, and to whom. */
export interface Speaker {
  readonly mine: ListedSender;
  readonly peer: ListedSender;
}

/** See the head of this file. */
export class ListedConnections {
  /** By the two addresses, in the order of the text. */
  private readonly pairs = new Map<string, ListedPair[]>();

  /** The connection that a line with ports names. @param isNew It is a SYN: what was there on these ports before is over. */
  named(source: string, sourcePort: string, destination: string, destinationPort: string, isNew: boolean): Speaker {
    const key = addressesKey(source, destination);
    const known = this.pairs.get(key) ?? [];
    this.pairs.set(key, known);
    const isOne = source < destination || (source === destination && sourcePort < destinationPort);
    const [onePort, otherPort] = isOne ? [sourcePort, destinationPort] : [destinationPort, sourcePort];
    const at = known.findIndex(({ one, other }) => one.port === onePort && other.port === otherPort);
    let pair = known[at];
    if (pair === undefined || (isNew && (pair.one.isDone || pair.other.isDone))) {
      if (at >= 0) known.splice(at, 1);
      const [one, other] = [senderOf(onePort), senderOf(otherPort)];
      pair = { one, other, client: isOne ? one : other };
      known.push(pair);
    }
    return isOne ? { mine: pair.one, peer: pair.other } : { mine: pair.other, peer: pair.one };
  }

  /** Whom a line without ports may be from: those between the two addresses that have not ended. @param isRequest `null`: it does not say. */
  open(source: string, destination: string, isRequest: boolean | null): Speaker[] {
    // Within one host the addresses do not tell who speaks.
    if (source === destination && isRequest === null) return [];
    const between = this.pairs.get(addressesKey(source, destination)) ?? [];
    return between
      .map(({ one, other, client }) => {
        const isOne = source === destination ? isRequest === (client === one) : source < destination;
        return isOne ? { mine: one, peer: other } : { mine: other, peer: one };
      })
      .filter(({ mine }) => !mine.isDone);
  }
}

/** Two addresses, in either order. */
export function addressesKey(source: string, destination: string): string {
  return source < destination ? `${source} ${destination}` : `${destination} ${source}`;
}

function senderOf(port: string): ListedSender {
  return { port, headerBytes: 0, scale: 0, next: null, acknowledged: 0, window: null, isDone: false, begun: null };
}
