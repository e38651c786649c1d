/**
 * From the packets of one connection to the conversation packet by packet: its facts are made anew
 * by the same stages as in a report, and each segment is kept beside what it holds.
 */
import type { PacketView } from '../capture/packet.js';
import type { Connection } from '../facts/connection.js';
import type { Side } from '../facts/endpoint.js';
import type { ConversationDetail, PacketDetail, SegmentDetail } from '../facts/packet-detail.js';
import type { PacketReference } from '../facts/packet-reference.js';
import { ACK } from '../facts/tcp-flags.js';
import { isEarlier } from '../http/packet-order.js';
import { PacketDecoder } from '../net/decoder.js';
import type { PacketSink, SegmentView } from '../net/segment.js';
import { SenderTrack } from '../tcp/sender-track.js';
import { addressText } from '../text/address.js';
import type { KeyLog } from '../tls/key-log.js';
import type { Span } from './connection-spans.js';
import { KeptPackets } from './kept-packets.js';
import { PacketContents } from './packet-contents.js';
import { Run } from './run.js';

/** A segment before it is known which side is the client. */
interface SegmentDraft extends Omit<SegmentDetail, 'kind' | 'from' | 'missingBefore' | 'contents' | 'omittedBefore'> {
  readonly index: number;
  readonly sender: string;
}

/** See the head of this file. */
export class ConversationReader implements PacketSink {
  private readonly contents = new PacketContents();
  private readonly decoder = new PacketDecoder(this);
  private readonly run: Run;
  private readonly kept: KeptPackets<SegmentDraft>;
  /** By `address port` of the sender. */
  private readonly tracks = new Map<string, SenderTrack>();
  private connection: Connection | null = null;
  private segments = 0;

  /** @param wanted Packets that must be among those kept of a very long conversation. */
  constructor(
    private readonly span: Span,
    wanted: readonly PacketReference[],
    keyLog: KeyLog,
  ) {
    this.kept = new KeptPackets(new Set(wanted), ({ packet }) => this.contents.forget(packet));
    const ignored = () => undefined;
    this.run = new Run(
      {
        connection: (connection) => {
          if (connection.firstPacket === span.first) this.connection ??= connection;
        },
        evicted: ignored,
        spent: ignored,
        name: ignored,
        presence: ignored,
        quic: ignored,
      },
      { exchangeBatch: Number.POSITIVE_INFINITY, tap: this.contents, keyLog },
    );
  }

  /** The connection's next packet. */
  packet(packet: PacketView): void {
    this.decoder.decode(packet);
    this.run.packet(packet);
  }

  /** `null`: the packets are not those of the connection; the capture has changed since it was read. */
  finish(): ConversationDetail | null {
    this.run.finish();
    const { connection } = this;
    if (connection === null) return null;
    this.contents.finish(connection);
    const packets: PacketDetail[] = [...this.segmentsOf(connection)];
    for (const unreachable of unreachablesOf(connection)) {
      const behind = packets.findIndex(({ packet, atNs }) =>
        isEarlier(unreachable.packet, unreachable.atNs, packet, atNs),
      );
      packets.splice(behind < 0 ? packets.length : behind, 0, unreachable);
    }
    return { connection: { ...connection, stream: this.span.stream }, packets, packetCount: this.kept.count };
  }

  segment(segment: SegmentView): void {
    const { family } = segment;
    const source = addressText(family, segment.source0, segment.source1, segment.source2, segment.source3);
    const target = addressText(
      family,
      segment.destination0,
      segment.destination1,
      segment.destination2,
      segment.destination3,
    );
    const sender = `${source} ${segment.sourcePort}`;
    const { sequence, ...placement } = this.trackOf(sender).place(segment, this.segments);
    const peer = this.trackOf(`${target} ${segment.destinationPort}`);
    const hasAcknowledgement = (segment.flags & ACK) !== 0;
    this.kept.add(segment.packet, {
      ...placement,
      index: this.segments,
      sender,
      packet: segment.packet,
      atNs: segment.atNs,
      sequence,
      acknowledgement: hasAcknowledgement ? peer.offsetOf(segment.acknowledgement, false) : null,
      flags: segment.flags,
      window: segment.window,
      payloadLength: segment.payloadLength,
      capturedLength: segment.payloadEnd - segment.payloadStart,
      options: segment.options,
      ttl: segment.ttl <= 0 ? null : segment.ttl,
      ipId: segment.ipId < 0 ? null : segment.ipId,
      mac: segment.mac < 0 ? null : segment.mac,
      macTo: segment.macTo < 0 ? null : segment.macTo,
      vlan: segment.vlan < 0 ? null : segment.vlan,
      direction: segment.direction,
      interfaceIndex: segment.interfaceIndex,
    });
    this.segments += 1;
  }

  quoted(): void {}

  name(): void {}

  presence(): void {}

  quicInitial(): void {}

  private trackOf(endpoint: string): SenderTrack {
    const known = this.tracks.get(endpoint);
    if (known !== undefined) return known;
    const track = new SenderTrack();
    this.tracks.set(endpoint, track);
    return track;
  }

  private *segmentsOf({ client }: Connection): Generator<SegmentDetail> {
    const clientSender = `${client.endpoint.address} ${client.endpoint.port}`;
    const missing = new Map<number, number>();
    for (const track of this.tracks.values()) for (const [index, bytes] of track.missing()) missing.set(index, bytes);
    for (const [{ index, sender, ...draft }, omittedBefore] of this.kept.entries()) {
      const from: Side = sender === clientSender ? 'client' : 'server';
      const missingBefore = missing.get(index) ?? 0;
      yield {
        kind: 'segment',
        ...draft,
        from,
        missingBefore,
        contents: this.contents.of(draft.packet),
        omittedBefore,
      };
    }
  }
}

function unreachablesOf({ unreachables }: Connection): PacketDetail[] {
  return unreachables.map(({ packet, atNs, sender, type, code, quoted }) => ({
    kind: 'unreachable',
    packet,
    atNs,
    sender,
    type,
    code,
    to: quoted,
    omittedBefore: 0,
  }));
}
