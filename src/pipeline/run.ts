/**
 * One run over its captures: packets in, finished connections out.
 *
 * Wires the stages in the order of design.md: net, tcp, what the bytes speak, facts; and from
 * there to the rules and the tallies of servers, names and what was not seen.
 */
import { linkTypeName } from '../capture/link-types.js';
import type { PacketView } from '../capture/packet.js';
import type { ClientBasis, Connection } from '../facts/connection.js';
import type { Unseen } from '../facts/summary.js';
import { PacketDecoder } from '../net/decoder.js';
import type { NameAnswer, PacketSink, QuotedSegment, SegmentView } from '../net/segment.js';
import type { TrackedConnection } from '../tcp/connection.js';
import { clientOf, connectionFactsOf } from '../tcp/connection-facts.js';
import { type ConnectionHandler, ConnectionTracker } from '../tcp/tracker.js';
import { KeyLog } from '../tls/key-log.js';
import { QuicHelloReader } from '../tls/quic/hello-reader.js';
import { Conversation, type ConversationOwner, type ExchangeBudget } from './conversation.js';
import type { LayerTap } from './layer.js';

/** Who is told of the run's results. */
export interface RunListener {
  /** A connection ended, or (`exchangeOffset` tells) hands over a batch of its exchanges. */
  connection(connection: Connection): void;
  evicted(): void;
  /** A stream number went to a segment that is only quoted. */
  spent(stream: number): void;
  name(answer: NameAnswer): void;
  /** A client began a QUIC connection: the first name it asks for (`null`: none) and what it offers to speak. */
  quic(name: string | null, alpn: readonly string[]): void;
}

export interface RunOptions {
  /** Keep all exchanges of a connection until it ends, rather than hand them over in batches. */
  readonly wholeConnections: boolean;
  /** Looks on while the run's conversations are read. */
  readonly tap?: LayerTap;
  /** Keys to open TLS with; none without it. May grow while packets are read. */
  readonly keyLog?: KeyLog;
}

/** See the head of this file. */
export class Run implements PacketSink, ConnectionHandler {
  private readonly decoder = new PacketDecoder(this);
  private readonly tracker = new ConnectionTracker(this);
  private readonly quicHellos = new QuicHelloReader(({ facts }) =>
    this.listener.quic(facts.serverNames[0] ?? null, facts.alpn),
  );
  /** By the connection's slot. */
  private readonly conversations: Conversation[] = [];
  /** The capturing kernel dropped packets. Captures say so at their end, when most connections are still at hand. */
  captureDrops = false;
  /** Keys of TLS sessions. */
  readonly keyLog: KeyLog;
  private readonly exchangeBudget: ExchangeBudget = { kept: 0 };
  private inHand: PacketView | null = null;
  private lastNs = 0;
  private ended = false;

  constructor(
    private readonly listener: RunListener,
    private readonly options: RunOptions,
  ) {
    this.keyLog = options.keyLog ?? new KeyLog();
  }

  /** Time of the latest packet, nanoseconds since the first. */
  get durationNs(): number {
    return this.lastNs;
  }

  /** What could not be seen of single packets. */
  get unseenPackets(): Pick<Unseen, 'latePackets' | 'malformedHeaders' | 'unknownLinkTypes'> {
    const { anomalies, fragments, unknownLinkTypes } = this.decoder;
    const malformedHeaders = [...anomalies].map(([name, count]) => ({ name, count }));
    const incomplete = fragments.dropped + fragments.pending;
    if (incomplete > 0) malformedHeaders.push({ name: 'fragments-missing', count: incomplete });
    return {
      latePackets: this.tracker.lateSegments,
      malformedHeaders,
      unknownLinkTypes: [...unknownLinkTypes].map(([number, packets]) => ({ name: linkTypeName(number), packets })),
    };
  }

  packet(packet: PacketView): void {
    if (packet.atNs > this.lastNs) this.lastNs = packet.atNs;
    this.inHand = packet;
    this.decoder.decode(packet);
  }

  /** The captures have ended: so have all connections. */
  finish(): void {
    this.ended = true;
    this.tracker.finish();
  }

  segment(segment: SegmentView): void {
    this.tracker.segment(segment);
  }

  quoted(quoted: QuotedSegment): void {
    this.tracker.quoted(quoted);
  }

  name(answer: NameAnswer): void {
    this.listener.name(answer);
  }

  quicInitial(buffer: Uint8Array, start: number, end: number): void {
    this.quicHellos.datagram(buffer, start, end);
  }

  opened(connection: TrackedConnection): void {
    const conversation = this.conversationOf(connection);
    conversation.startEpoch = {
      seconds: this.inHand?.epochSeconds ?? 0,
      nanoseconds: this.inHand?.epochNanoseconds ?? 0,
    };
    connection.first.stream.reader = conversation.first;
    connection.second.stream.reader = conversation.second;
  }

  spent(stream: number): void {
    this.listener.spent(stream);
  }

  finished(connection: TrackedConnection, evicted: boolean): void {
    if (evicted) this.listener.evicted();
    if (!connection.isClosed) connection.endIdle(null, true, null, this.ended ? this.lastNs : connection.endNs);
    const conversation = this.conversationOf(connection);
    this.listener.connection(this.factsOf(connection, conversation));
    conversation.reset();
  }

  /** Connections are reused, and so is the conversation that belongs to each. */
  private conversationOf(connection: TrackedConnection): Conversation {
    const known = this.conversations[connection.slot];
    if (known !== undefined) return known;
    const owner = new OpenConnection(connection, () => {
      if (!this.options.wholeConnections) this.handOver(connection, conversation);
    });
    const conversation: Conversation = new Conversation(
      owner,
      this.exchangeBudget,
      this.keyLog,
      this.options.tap ?? null,
    );
    this.conversations[connection.slot] = conversation;
    return conversation;
  }

  /** Gives the exchanges so far of a connection that goes on: nothing is said of how it ends. */
  private handOver(connection: TrackedConnection, conversation: Conversation): void {
    const facts = this.factsOf(connection, conversation);
    this.listener.connection({
      ...facts,
      goesOn: true,
      close: { kind: 'open', resetBy: null, segments: [], segmentCount: 0 },
      idlePeriods: [],
      idlePeriodCount: 0,
      unreachables: [],
      anomalies: [],
      h2: null,
      webSockets: [],
      webSocketCount: 0,
      guards: { ...facts.guards, cutByCaptureEnd: true },
    });
    conversation.handedOver();
  }

  private factsOf(connection: TrackedConnection, conversation: Conversation): Connection {
    const { isFirst } = clientOf(connection);
    const { webSockets, webSocketCount } = conversation.webSocketFacts;
    return connectionFactsOf(
      connection,
      {
        tls: conversation.tlsFacts(isFirst),
        protocol: conversation.protocol,
        exchanges: conversation.exchangesInOrder,
        exchangeOffset: conversation.exchangeOffset,
        h2: conversation.h2Facts,
        webSockets,
        webSocketCount,
        signs: conversation.signs,
        anomalies: conversation.anomaliesFor(isFirst),
        undecodedFirst: conversation.undecodedBytes(true),
        undecodedSecond: conversation.undecodedBytes(false),
      },
      { latestNs: this.lastNs, startEpoch: conversation.startEpoch, captureDrops: this.captureDrops },
    );
  }
}

/** A connection as its conversation knows it: a class, because objects with getters of their own would each have a shape of its own. */
class OpenConnection implements ConversationOwner {
  constructor(
    private readonly connection: TrackedConnection,
    readonly batch: () => void,
  ) {}

  get isMidStream(): boolean {
    return this.connection.syn === null && this.connection.synAck === null;
  }

  claimsClient(isFirst: boolean, basis: ClientBasis): void {
    this.connection.contentClientIsFirst = isFirst;
    this.connection.contentBasis = basis;
  }
}
