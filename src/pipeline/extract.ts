/**
 * Chosen connections as a capture of their own: evidence that fits into a ticket.
 *
 * The packets are read again (drill-down.ts), twice where payload is edited: once in order, to learn
 * what is head and what is body, and once to write them.
 */
import { randomBytes } from 'node:crypto';
import { LINKTYPE_PRINTED } from '../capture/link-types.js';
import type { PacketView } from '../capture/packet.js';
import {
  interfaceBlock,
  keyLogBlock,
  packetBlock,
  sectionHeaderBlock,
  type WrittenPacket,
} from '../capture/pcapng/writer.js';
import { ConversationEdits } from '../extract/conversation-edits.js';
import type { Edits } from '../extract/edits.js';
import { OtherNames, OtherSecrets } from '../extract/head-words.js';
import { asCaptured, DatagramWriter, otherPacket, type PayloadEdit, type Rewritten } from '../extract/packet-writer.js';
import { Pseudonyms } from '../extract/pseudonyms.js';
import type { PacketReference } from '../facts/packet-reference.js';
import { ACK, RST, SYN } from '../facts/tcp-flags.js';
import { PacketDecoder } from '../net/decoder.js';
import type { PacketSink, QuotedSegment, SegmentView } from '../net/segment.js';
import { SenderTrack } from '../tcp/sender-track.js';
import type { DrillDown } from './drill-down.js';

/** `headers`: bodies are made unreadable, lengths stay; `none`: payload is cut off, its length is still told. */
export type PayloadChoice = 'keep' | 'headers' | 'none';

/** Which connections, and what of them may be let out. */
export interface ExtractOptions {
  readonly streams: readonly number[];
  /** Single packets beside them, such as an answer of DNS. Left out where names are replaced. */
  readonly packets: readonly PacketReference[];
  readonly payload: PayloadChoice;
  /** Names and addresses are replaced by this key; `null`: they stay. */
  readonly anonymiseKey: Uint8Array | null;
  /** Cookies, credentials and tokens in heads stay. */
  readonly reveal: boolean;
  /** The TLS secrets of these connections go with them. Not together with a key above. */
  readonly withKeys: boolean;
  /** What the file says of itself. */
  readonly application: string;
  readonly comment: string | null;
  /** What each packet's comment says; `null`: it has none. */
  readonly commentOf: (packet: PacketReference) => string | null;
}

/** Of the key by which secrets are replaced, of each run its own. */
const KEY_BYTES = 32;

/** Writes the extract piece by piece; gives the number of packets written. */
export async function extractConnections(
  drillDown: DrillDown,
  options: ExtractOptions,
  write: (bytes: Uint8Array) => void,
  signal?: AbortSignal,
): Promise<number> {
  const { streams, payload, anonymiseKey, withKeys, reveal } = options;
  const pseudonyms = anonymiseKey === null ? null : new Pseudonyms(anonymiseKey);
  const keepsCiphertext = withKeys || payload === 'keep';
  let edits: ConversationEdits | null = null;
  const words =
    pseudonyms !== null
      ? new OtherNames(pseudonyms)
      : reveal
        ? null
        : new OtherSecrets(new Pseudonyms(randomBytes(KEY_BYTES)));
  if (payload === 'headers' || (payload === 'keep' && words !== null)) {
    const keepsBodies = payload === 'keep' && pseudonyms === null;
    const marks = pseudonyms ?? new Pseudonyms(randomBytes(KEY_BYTES));
    const reader = new ConversationEdits({ pseudonyms, words, marks, keepsBodies, keepsCiphertext });
    await drillDown.eachPacket(streams, (packet, of) => reader.packet(packet, of), signal);
    reader.finish();
    edits = reader;
  }
  write(sectionHeaderBlock(options.application, options.comment));
  if (withKeys) {
    const keys = await drillDown.keysOf(streams, signal);
    if (keys !== '') write(keyLogBlock(keys));
  }
  const writer = new ExtractWriter(options, pseudonyms, edits, write);
  const further = pseudonyms === null ? options.packets : [];
  await drillDown.eachPacket(streams, (packet, of) => writer.packet(packet, of), signal, further);
  return writer.packets;
}

/** What is known of one connection while its packets are written. */
interface Conversation {
  readonly first: string;
  readonly second: string;
  readonly tracks: ReadonlyMap<string, SenderTrack>;
}

class ExtractWriter implements PacketSink {
  packets = 0;
  private readonly decoder = new PacketDecoder(this);
  private readonly datagrams: DatagramWriter;
  private readonly conversations = new Map<number, Conversation>();
  private readonly interfaces = new Map<string, number>();
  private inHand: PacketView | null = null;
  private streams: readonly number[] = [];
  private rewritten: Rewritten[] = [];
  private hasQuotation = false;

  constructor(
    private readonly options: ExtractOptions,
    private readonly pseudonyms: Pseudonyms | null,
    private readonly edits: ConversationEdits | null,
    private readonly write: (bytes: Uint8Array) => void,
  ) {
    this.datagrams = new DatagramWriter(pseudonyms);
  }

  packet(packet: PacketView, streams: readonly number[]): void {
    this.inHand = packet;
    this.streams = streams;
    this.rewritten = [];
    this.hasQuotation = false;
    this.decoder.decode(packet);
    const isWhole = this.hasQuotation || streams.length === 0;
    if (this.rewritten.length === 0 && isWhole && this.pseudonyms === null) {
      const other = otherPacket(packet);
      if (other !== null) this.rewritten.push(other);
    }
    for (const each of this.rewritten) this.writePacket(packet, each);
  }

  segment(segment: SegmentView): void {
    const { inHand } = this;
    const found = this.conversationOf(segment);
    if (found === null || inHand === null) return;
    const edit = this.editFor(found.stream, found.conversation, segment);
    const whole = this.pseudonyms === null && this.rewritten.length === 0;
    const { headerStart } = this.decoder;
    const written = whole ? asCaptured(inHand, segment, headerStart, edit) : null;
    this.rewritten.push(written ?? this.datagrams.segment(segment, headerStart, edit));
  }

  quoted(quoted: QuotedSegment): void {
    this.hasQuotation = true;
    if (this.pseudonyms !== null) this.rewritten.push(this.datagrams.quoted(quoted, 0));
  }

  name(): void {}

  presence(): void {}

  quicInitial(): void {}

  /** The connection of a segment; `null`: one that shares its packet with those wanted. */
  private conversationOf(
    segment: SegmentView,
  ): { readonly stream: number; readonly conversation: Conversation } | null {
    const [source, target] = endpointsOf(segment);
    for (const stream of this.streams) {
      let conversation = this.conversations.get(stream);
      if (conversation === undefined) {
        const tracks = new Map([
          [source, new SenderTrack()],
          [target, new SenderTrack()],
        ]);
        conversation = { first: source, second: target, tracks };
        this.conversations.set(stream, conversation);
      }
      const { first, second } = conversation;
      if ((first === source && second === target) || (first === target && second === source)) {
        return { stream, conversation };
      }
    }
    return null;
  }

  private editFor(stream: number, { first, tracks }: Conversation, segment: SegmentView): PayloadEdit {
    if (this.options.payload === 'none') return 'cut';
    const [source, target] = endpointsOf(segment);
    const isReset = (segment.flags & RST) !== 0;
    if ((segment.flags & ACK) !== 0 && !isReset) tracks.get(target)?.offsetOf(segment.acknowledgement, false);
    if (segment.payloadLength === 0) {
      if (!isReset) tracks.get(source)?.place(segment, 0);
      return null;
    }
    const place = tracks.get(source)?.place(segment, 0);
    if (this.edits === null || place === undefined) return null;
    const both = this.edits.byStream.get(stream);
    const edits: Edits | undefined = source === first ? both?.first : both?.second;
    const from = place.sequence + ((segment.flags & SYN) !== 0 ? 1 : 0);
    return (payload) => edits?.apply(payload, from);
  }

  private writePacket(packet: PacketView, rewritten: Rewritten): void {
    const { linkType, bytes, originalLength, direction, interfaceIndex } = rewritten;
    const block: WrittenPacket = {
      interfaceId: this.interfaceOf(packet.captureIndex, interfaceIndex, linkType),
      epochNs: BigInt(packet.epochSeconds) * 1_000_000_000n + BigInt(packet.epochNanoseconds),
      bytes,
      originalLength,
      direction,
      comment: this.commentOn(packet),
    };
    this.write(packetBlock(block));
    this.packets += 1;
  }

  /** What whoever opens an extract of a text must know, on its first packet. */
  private commentOn({ reference, linkType }: PacketView): string | null {
    const comment = this.options.commentOf(reference);
    if (linkType !== LINKTYPE_PRINTED || this.packets > 0) return comment;
    const remark =
      'made of a printed capture: what the text does not say (TTL, IP ID, checksums) is 0 in these packets';
    return comment === null ? remark : `${comment}; ${remark}`;
  }

  /** Interfaces stay apart as they were; the block of a new one is written when its first packet comes. */
  private interfaceOf(captureIndex: number, interfaceIndex: number, linkType: number): number {
    const key = `${captureIndex} ${interfaceIndex} ${linkType}`;
    const known = this.interfaces.get(key);
    if (known !== undefined) return known;
    const id = this.interfaces.size;
    this.interfaces.set(key, id);
    this.write(interfaceBlock(linkType, 0));
    return id;
  }
}

/** Keys of source and target, for comparison alone. */
function endpointsOf(segment: SegmentView): readonly [string, string] {
  const { source0, source1, source2, source3, destination0, destination1, destination2, destination3 } = segment;
  return [
    `${source0} ${source1} ${source2} ${source3} ${segment.sourcePort}`,
    `${destination0} ${destination1} ${destination2} ${destination3} ${segment.destinationPort}`,
  ];
}
