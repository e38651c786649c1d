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

/** What is listed between two addresses. */
interface Between {
  /** By the two ports, in the order of {@link ListedPair}. */
  readonly byPorts: Map<string, ListedPair>;
  /** Those that have not ended on both sides, in the order of the text. */
  open: ListedPair[];
}

/** Beyond so many between two addresses a line without ports is nobody's. */
const MAX_OPEN = 64;

/** See the head of this file. */
export class ListedConnections {
  private readonly between = new Map<string, Between>();

  /** The connection that a line with ports names. @param isNew It is a SYN: what was there on these ports before is over. */
  named(source: string, sourcePort: string, destination: string, destinationPort: string, isNew: boolean): Speaker {
    const between = this.betweenOf(source, destination);
    const isOne = source < destination || (source === destination && sourcePort < destinationPort);
    const [onePort, otherPort] = isOne ? [sourcePort, destinationPort] : [destinationPort, sourcePort];
    const key = `${onePort} ${otherPort}`;
    let pair = between.byPorts.get(key);
    if (pair === undefined || (isNew && (pair.one.isDone || pair.other.isDone))) {
      const before = pair;
      if (before !== undefined) between.open = between.open.filter((known) => known !== before);
      const [one, other] = [senderOf(onePort), senderOf(otherPort)];
      pair = { one, other, client: isOne ? one : other };
      between.byPorts.set(key, pair);
      between.open.push(pair);
    }
    return isOne ? { mine: pair.one, peer: pair.other } : { mine: pair.other, peer: pair.one };
  }

  /**
   * Whom a line without ports may be from: those between the two addresses that have not ended.
   *
   * @param isRequest `null`: the line does not say.
   */
  open(source: string, destination: string, isRequest: boolean | null): Speaker[] {
    // Within one host the addresses do not tell who speaks.
    if (source === destination && isRequest === null) return [];
    const between = this.betweenOf(source, destination);
    if (between.open.length > MAX_OPEN)
      between.open = between.open.filter(({ one, other }) => !one.isDone || !other.isDone);
    if (between.open.length > MAX_OPEN) return [];
    return between.open
      .map(({ one, other, client }) => {
        const isOne = source === destination ? isRequest === (client === one) : source < destination;
        return isOne ? { mine: one, peer: other } : { mine: other, peer: one };
      })
      .filter(({ mine }) => !mine.isDone);
  }

  private betweenOf(source: string, destination: string): Between {
    const key = addressesKey(source, destination);
    const known = this.between.get(key);
    if (known !== undefined) return known;
    const between: Between = { byPorts: new Map(), open: [] };
    this.between.set(key, between);
    return between;
  }
}

/** Two addresses, in either order. */
export function addressesKey(source: string, destination: string): string {
  return source < destination ? `${source} ${destination}` : `${destination} ${source}`;
}

function senderOf(port: string): ListedSender {
  return { port, headerBytes: 0, scale: 0, next: null, acknowledged: 0, window: null, isDone: false, begun: null };
}
