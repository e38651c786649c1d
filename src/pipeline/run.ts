/**
 * One run over its captures: packets in, finished connections out.
 *
 * Wires the stages in the order of the data: net, tcp, what the bytes speak, facts; and from
 * there to the rules and the tallies of servers, names and what was not seen.
 */
import { linkTypeName } from '../capture/link-types.js';
import type { PacketView } from '../capture/packet.js';
import type { ClientBasis, Connection } from '../facts/connection.js';
import type { Exchange } from '../facts/exchange.js';
import type { Unseen } from '../facts/summary.js';
import type { NameAnswer, PresenceSign, QuotedSegment, SegmentView } from '../net/segment.js';
import { type CapturedSink, SEGMENTS_TOGETHER, SegmentsAhead } from '../net/segments-ahead.js';
import type { TrackedConnection } from '../tcp/connection.js';
import { clientOf, connectionFactsOf, type Said } from '../tcp/connection-facts.js';
import { BUCKETS, type Share, WHOLE } from '../tcp/share.js';
import { type ConnectionHandler, ConnectionTracker } from '../tcp/tracker.js';
import type { DeferredTags } from '../tls/decryption/deferred-tags.js';
import { KeyLog } from '../tls/key-log.js';
import { QuicHelloReader } from '../tls/quic/hello-reader.js';
import { Conversation, type ConversationOwner, EXCHANGES_THAT_STAY, type ExchangeBudget } from './conversation.js';
import type { LayerTap } from './layer-owner.js';
import { PointEnds } from './point-ends.js';

/** Who is told of the run's results. */
export interface RunListener {
  /** A connection ended, or (`exchangeOffset` tells) hands over a batch of its exchanges. */
  connection(connection: Connection): void;
  evicted(): void;
  /** A stream number went to a segment that is only quoted, or to a connection of another share. */
  spent(stream: number): void;
  name(answer: NameAnswer): void;
  presence(sign: PresenceSign): void;
  /** A client began a QUIC connection: the first name it asks for (`null`: none) and what it offers to speak. */
  quic(name: string | null, alpn: readonly string[]): void;
}

/** Exchanges that come with a connection's end, at most: of HTTP/2 many may be open then, and a flood behind it is handed over all the same. */
const MAX_ENDING_EXCHANGES = 1024;

/** What a run reads with: keys, its share of the connections, an onlooker. */
export interface RunOptions {
  /** Exchanges of a connection that are kept while it goes on, before they are handed over; infinite: all, until it ends. */
  readonly exchangeBatch?: number | undefined;
  /** Looks on while the run's conversations are read. */
  readonly tap?: LayerTap;
  /** Keys to open TLS with; none without it. May grow while packets are read. */
  readonly keyLog?: KeyLog;
  /** Takes tags of TLS records to check them later; without it each is checked at once. */
  readonly deferredTags?: DeferredTags | undefined;
  /** The connections that are looked at; all without it. What is no connection's (names, QUIC, signs of hosts) is the first share's. */
  readonly share?: Share;
  /** Packets are taken apart before those before them are followed: their bytes stay until {@link Run.catchUp} is called. */
  readonly readsAhead?: boolean;
  /** Several captures are read: both sides of a translator of addresses may be among them. */
  readonly isOfSeveral?: boolean;
}

/** See the head of this file. */
export class Run implements CapturedSink, ConnectionHandler {
  private readonly packets: SegmentsAhead;
  private readonly tracker: ConnectionTracker;
  private readonly quicHellos = new QuicHelloReader(({ facts }) =>
    this.listener.quic(facts.serverNames[0] ?? null, facts.alpn),
  );
  /** By the connection's slot: `null` where none is open, or all is said. */
  private readonly open: (OpenConnection | null)[] = [];
  /** By slot: what was said in a connection of which both directions have ended. */
  private readonly said: (Said | null)[] = [];
  /** By slot: epoch time of the connection's first packet. */
  private readonly startEpochs: Connection['startEpoch'][] = [];
  private readonly spare: OpenConnection[] = [];
  /** The capturing kernel dropped packets. Captures say so at their end, when most connections are still at hand. */
  captureDrops = false;
  /** Keys of TLS sessions. */
  readonly keyLog: KeyLog;
  private readonly exchangeBudgets: readonly ExchangeBudget[] = Array.from({ length: BUCKETS }, () => ({ kept: 0 }));
  /** Epoch time of the packet in hand. */
  private epochSeconds = 0;
  private epochNanoseconds = 0;
  private hasPaused = false;
  private readonly ends = new PointEnds();
  private ended = false;

  constructor(
    private readonly listener: RunListener,
    readonly options: RunOptions,
  ) {
    this.keyLog = options.keyLog ?? new KeyLog();
    this.tracker = new ConnectionTracker(this, options.share, options.isOfSeveral);
    this.packets = new SegmentsAhead(this, options.readsAhead === true ? SEGMENTS_TOGETHER : 1);
  }

  private get isFirstShare(): boolean {
    return (this.options.share ?? WHOLE).index === 0;
  }

  /** Time of the latest packet, nanoseconds since the first. */
  get durationNs(): number {
    return Math.max(this.ends.latestNs, 0);
  }

  /** What could not be seen of single packets. */
  get unseenPackets(): Pick<Unseen, 'latePackets' | 'malformedHeaders' | 'unknownLinkTypes'> {
    const { anomalies, fragments, unknownLinkTypes } = this.packets.decoder;
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
    this.packets.packet(packet);
  }

  /** Reads what waits of the packets so far ({@link RunOptions.readsAhead}), up to where a key is missed first. */
  catchUp(): void {
    this.packets.follow();
  }

  /** Takes a TLS key log, for the packets that follow, and for those that wait because a key is missed. */
  addKeys(text: string): void {
    this.packets.follow();
    this.keyLog.add(text);
  }

  /** The captures have ended: so have all connections. */
  finish(): void {
    this.packets.followAll();
    this.ended = true;
    this.tracker.finish();
  }

  captured(observationPoint: number, atNs: number, epochSeconds: number, epochNanoseconds: number): void {
    this.ends.note(observationPoint, atNs);
    this.epochSeconds = epochSeconds;
    this.epochNanoseconds = epochNanoseconds;
  }

  segment(segment: SegmentView): void {
    this.tracker.segment(segment);
  }

  /** When the first key is missed: it may be looked for before the next segment. */
  wantsPause(): boolean {
    if (this.hasPaused || !this.keyLog.hasMissed) return false;
    this.hasPaused = true;
    return true;
  }

  quoted(quoted: QuotedSegment): void {
    this.tracker.quoted(quoted);
  }

  name(answer: NameAnswer): void {
    if (this.isFirstShare) this.listener.name(answer);
  }

  presence(sign: PresenceSign): void {
    if (this.isFirstShare) this.listener.presence(sign);
  }

  quicInitial(buffer: Uint8Array, start: number, end: number): void {
    if (this.isFirstShare) this.quicHellos.datagram(buffer, start, end);
  }

  opened(connection: TrackedConnection): void {
    const open = this.spare.pop() ?? new OpenConnection(this);
    open.begin(connection, this.exchangeBudgets[connection.bucket]);
    const { slot } = connection;
    this.open[slot] = open;
    this.said[slot] = null;
    this.startEpochs[slot] = {
      seconds: this.epochSeconds,
      nanoseconds: this.epochNanoseconds,
    };
    connection.first.stream.reader = open.conversation.first;
    connection.second.stream.reader = open.conversation.second;
  }

  spent(stream: number): void {
    this.listener.spent(stream);
  }

  /**
   * Both directions have ended: all is said, though segments may yet come. Its decoders are at once
   * of use to the next connection, while the processor has them at hand.
   */
  silent(connection: TrackedConnection): void {
    // Without a SYN, a late segment may still tell who is the client.
    const open = this.open[connection.slot];
    if (connection.handshake.syn === null || open === null) return;
    const said = saidIn(connection, open.conversation);
    this.said[connection.slot] = said;
    connection.first.stream.reader = connection.second.stream.reader = null;
    this.release(open);
    this.exchangeBudgets[connection.bucket].kept += said.exchanges.length;
  }

  finished(connection: TrackedConnection, evicted: boolean): void {
    if (evicted) this.listener.evicted();
    if (!connection.isClosed) {
      const at = this.ended ? this.ends.latestOf(connection) : connection.endNs;
      connection.idlePeriods.endWithCapture(at, connection.firstStandsFor);
    }
    const open = this.open[connection.slot];
    const said = this.said[connection.slot];
    if (said !== null) {
      this.listener.connection(this.factsOf(connection, said));
      this.exchangeBudgets[connection.bucket].kept -= said.exchanges.length;
    } else if (open !== null) {
      this.listener.connection(this.factsOf(connection, saidIn(connection, open.conversation)));
      this.release(open);
    }
    this.said[connection.slot] = null;
  }

  /** Connections are reused, and so are conversations, each for whatever connection comes. */
  private release(open: OpenConnection): void {
    this.open[open.connection.slot] = null;
    open.conversation.reset();
    this.spare.push(open);
  }

  /** Gives the exchanges so far of a connection that goes on, without those that stay. */
  handOver({ connection, conversation }: OpenConnection): void {
    if (connection.isEnding && conversation.exchanges.length < MAX_ENDING_EXCHANGES) return;
    const exchanges = conversation.exchangesInOrder.slice(0, -EXCHANGES_THAT_STAY);
    this.listener.connection(this.factsOf(connection, saidIn(connection, conversation, exchanges), true));
    conversation.handedOver(exchanges.length);
  }

  private factsOf(connection: TrackedConnection, said: Said, goesOn = false): Connection {
    return connectionFactsOf(connection, said, {
      latestNs: this.ends.latestOf(connection),
      startEpoch: this.startEpochs[connection.slot],
      captureDrops: this.captureDrops,
      goesOn,
    });
  }
}

/** What was said so far, by the roles as they are known now. */
function saidIn(
  connection: TrackedConnection,
  conversation: Conversation,
  exchanges: readonly Exchange[] = conversation.exchangesInOrder,
): Said {
  const { isFirst } = clientOf(connection);
  const { webSockets, webSocketCount } = conversation.webSocketFacts;
  return {
    tls: conversation.tlsFacts(isFirst),
    protocol: conversation.protocol,
    exchanges,
    exchangeOffset: conversation.exchangeOffset,
    h2: conversation.h2Facts,
    webSockets,
    webSocketCount,
    signs: conversation.signs,
    beginnings: conversation.beginningsFor(isFirst),
    anomalies: conversation.anomaliesFor(isFirst),
    undecodedFirst: conversation.undecodedBytes(true),
    undecodedSecond: conversation.undecodedBytes(false),
  };
}

/** A conversation with the connection that it belongs to at present: a class, because objects with getters of their own would each have a shape of its own. */
class OpenConnection implements ConversationOwner {
  readonly conversation: Conversation;
  private current: TrackedConnection | null = null;

  constructor(private readonly run: Run) {
    const { tap = null, exchangeBatch, deferredTags } = run.options;
    this.conversation = new Conversation(this, run.keyLog, tap, exchangeBatch, deferredTags);
  }

  begin(connection: TrackedConnection, budget: ExchangeBudget): void {
    this.current = connection;
    this.conversation.begin(budget);
  }

  get connection(): TrackedConnection {
    if (this.current === null) throw new Error('a conversation was used before its connection began');
    return this.current;
  }

  get isMidStream(): boolean {
    const { connection } = this;
    return connection.handshake.syn === null && connection.handshake.synAck === null;
  }

  claimsClient(isFirst: boolean, basis: ClientBasis): void {
    this.connection.contentClientIsFirst = isFirst;
    this.connection.contentBasis = basis;
  }

  batch(): void {
    this.run.handOver(this);
  }
}
