/**
 * A conversation as a ladder: who sent what to whom, in order, one row each. Plain data, laid out by
 * none: text, Mermaid, SVG and the terminal draw the same rows.
 *
 * Pure acknowledgements are left out and runs of equal rows become one, unless asked otherwise;
 * what a finding rests on always stands on a row of its own.
 */
import { OPPOSITE, type Side } from '../../facts/endpoint.js';
import type { EvidencePacket } from '../../facts/finding.js';
import type { ConversationDetail, PacketDetail, SegmentDetail } from '../../facts/packet-detail.js';
import { isSameCapture, type PacketReference, packetNumberOf } from '../../facts/packet-reference.js';
import { endpointText } from '../../text/address.js';
import { durationText } from '../../text/duration.js';
import { countText } from '../../text/size.js';
import { visible } from '../../text/visible.js';
import { type Field, fieldsOf } from './fields.js';
import { foldedLabel, foldKeyOf } from './fold.js';
import { isPureAcknowledgement, labelOf, unreachableLabel } from './label.js';

/** Without a packet for longer than this, a row says so. */
export const IDLE_ROW_NS = 1_000_000_000;

/** Who takes part: the lines that rows run between, from left to right. */
export interface Lifeline {
  readonly role: 'client' | 'proxy' | 'server';
  /** `10.0.1.43:80`; of a proxy the one that it is asked at. */
  readonly endpoint: string;
  /** Host name, safe to show; `null`: none is known. */
  readonly name: string | null;
}

/** How a row is drawn. */
export type RowShape = 'plain' | 'handshake' | 'close' | 'reset' | 'retransmission' | 'acknowledgement' | 'error';

/** Packets from one to another, one or a run of equal ones. */
export interface MessageRow {
  readonly kind: 'message';
  /** Where it is from and to, as indices of the lifelines. */
  readonly from: number;
  readonly to: number;
  /** The first of the packets, and how many there are. */
  readonly packet: PacketReference;
  readonly packetCount: number;
  readonly lastPacket: PacketReference;
  /** Of the first packet: since the run's first packet, and since the ladder's. */
  readonly atNs: number;
  readonly sinceStartNs: number;
  /** Payload on the wire. */
  readonly bytes: number;
  /** Safe to show. */
  readonly label: string;
  readonly shape: RowShape;
  /** The stream of HTTP/2 that it is about; `null`: none, or several. */
  readonly h2Stream: number | null;
  /** What the finding says of it, safe to show; `null`: it is no evidence. */
  readonly note: string | null;
  /** Decoded header fields of the first packet, safe to show. */
  readonly fields: readonly Field[];
}

/** A packet of another conversation that the finding rests on as well. */
export interface AsideRow {
  readonly kind: 'aside';
  readonly packet: PacketReference;
  readonly atNs: number;
  readonly sinceStartNs: number;
  /** What it shows, safe to show. */
  readonly note: string;
}

/** One row of a ladder: a message, or what stands in place of packets. */
export type LadderRow =
  | MessageRow
  /** Nothing was sent for a while. */
  | { readonly kind: 'idle'; readonly atNs: number; readonly durationNs: number }
  /** Bytes that the capture does not hold. */
  | { readonly kind: 'gap'; readonly from: number; readonly to: number; readonly bytes: number }
  | AsideRow
  /** Packets that are not shown: a conversation too long. */
  | { readonly kind: 'omitted'; readonly packets: number };

/** A conversation as a drawing has it, without widths or colours. */
export interface Ladder {
  readonly lifelines: readonly Lifeline[];
  /** Wireshark's numbers of the connections shown: one, or both legs of a proxy. */
  readonly streams: readonly number[];
  /** When the first row is, since the run's first packet. */
  readonly startNs: number;
  readonly rows: readonly LadderRow[];
}

/** What is drawn, and what is said beside it. */
export interface LadderOptions {
  /** What a finding says of single packets. */
  readonly notes?: ReadonlyMap<PacketReference, string>;
  /** What it rests on besides; of these, packets that are drawn anyway stand in their rows alone. */
  readonly asides?: readonly EvidencePacket[];
  /** Host names of client and server; with both legs, of the last server. */
  readonly serverName?: string | null;
  /** Show query strings as sent. */
  readonly reveal: boolean;
  /** Every packet on a row of its own, acknowledgements too. */
  readonly all?: boolean;
}

/**
 * The ladder of one connection, or of a proxy's two: `back` is the connection that the server of
 * `front` made for it.
 */
export function ladderOf(front: ConversationDetail, options: LadderOptions, back?: ConversationDetail): Ladder {
  const legs: readonly Leg[] =
    back === undefined
      ? [{ detail: front, client: 0, server: 1 }]
      : [
          { detail: front, client: 0, server: 1 },
          { detail: back, client: 1, server: 2 },
        ];
  const packets = inOrder(legs.map((leg) => leg.detail.packets.map((packet) => ({ packet, leg }))));
  const startNs = packets[0]?.packet.atNs ?? front.connection.startNs;
  const drawn = new Set(packets.map(({ packet }) => packet.packet));
  const asides = (options.asides ?? []).filter(({ packet }) => !drawn.has(packet));
  return {
    lifelines: lifelinesOf(front, back, options.serverName ?? null),
    streams: legs.map(({ detail }) => detail.connection.stream),
    startNs,
    rows: withAsides(rowsOf(packets, options), startNs, asides),
  };
}

/** What the finding says of a row's packet, where that is more than the row says by itself. */
export function remarkOf({ note, label }: Pick<MessageRow, 'note' | 'label'>): string | null {
  return note === null || ` ${label} `.includes(` ${note} `) ? null : note;
}

/** `in another conversation: 502 for the client in front`. */
export function asideNote({ note }: AsideRow): string {
  return `in another conversation: ${note}`;
}

/** The same with its number and time, where these have no columns of their own: `#98, +252 ms, in another ...`. */
export function asideText(row: AsideRow): string {
  const { packet, sinceStartNs } = row;
  const time = `${sinceStartNs < 0 ? '-' : '+'}${durationText(Math.abs(sinceStartNs))}`;
  return `#${packetNumberOf(packet)}, ${time}, ${asideNote(row)}`;
}

/** `3 packets left out`. */
export function omittedText(packets: number): string {
  return `${countText(packets)} packet${packets === 1 ? '' : 's'} left out`;
}

interface Leg {
  readonly detail: ConversationDetail;
  readonly client: number;
  readonly server: number;
}

interface LegPacket {
  readonly packet: PacketDetail;
  readonly leg: Leg;
}

function lifelinesOf(
  front: ConversationDetail,
  back: ConversationDetail | undefined,
  serverName: string | null,
): Lifeline[] {
  const { client, server } = front.connection;
  // A connection is opened for one name, whatever the server is asked for most.
  const asked = (back ?? front).connection.tls?.clientHello?.serverNames[0] ?? serverName;
  const name = asked === null ? null : visible(asked);
  const first: Lifeline = { role: 'client', endpoint: endpointText(client.endpoint), name: null };
  const second = endpointText(server.endpoint);
  if (back === undefined) return [first, { role: 'server', endpoint: second, name }];
  const last = endpointText(back.connection.server.endpoint);
  return [first, { role: 'proxy', endpoint: second, name: null }, { role: 'server', endpoint: last, name }];
}

/** Both legs' packets in one order: by number in one capture, else by time; each leg keeps its own. */
function inOrder([one = [], other = []]: readonly (readonly LegPacket[])[]): readonly LegPacket[] {
  if (other.length === 0) return one;
  const merged: LegPacket[] = [];
  let at = 0;
  for (const next of other) {
    for (; at < one.length; at += 1) {
      const before = one[at];
      if (before === undefined || !isEarlier(before.packet, next.packet)) break;
      merged.push(before);
    }
    merged.push(next);
  }
  return [...merged, ...one.slice(at)];
}

function isEarlier(one: PacketDetail, other: PacketDetail): boolean {
  return isSameCapture(one.packet, other.packet) ? one.packet < other.packet : one.atNs < other.atNs;
}

/** The rows with those of packets that were sent elsewhere between them, each at its time. */
function withAsides(rows: readonly LadderRow[], startNs: number, asides: readonly EvidencePacket[]): LadderRow[] {
  const all = [...rows];
  for (const { packet, atNs, note } of asides) {
    const behind = all.findIndex((row) => (row.kind === 'message' || row.kind === 'aside') && row.atNs > atNs);
    const place = behind < 0 ? all.length : behind;
    // A pause was one of this conversation: what was sent elsewhere meanwhile stands before its end.
    all.splice(place, 0, { kind: 'aside', packet, atNs, sinceStartNs: atNs - startNs, note: visible(note) });
  }
  return all;
}

/** A row that others of its kind may still join. */
interface OpenRow {
  row: MessageRow;
  readonly key: string;
  /** Of its first packet. */
  readonly label: string;
}

function rowsOf(packets: readonly LegPacket[], options: LadderOptions): LadderRow[] {
  const rows: LadderRow[] = [];
  const startNs = packets[0]?.packet.atNs ?? 0;
  let lastNs = startNs;
  let open: OpenRow | null = null;
  const windows = new ClosedWindows();
  const close = () => {
    if (open !== null) rows.push(open.row);
    open = null;
  };
  for (const { packet, leg } of packets) {
    if (packet.omittedBefore > 0) {
      close();
      rows.push({ kind: 'omitted', packets: packet.omittedBefore });
    } else if (packet.atNs - lastNs > IDLE_ROW_NS) {
      close();
      rows.push({ kind: 'idle', atNs: lastNs, durationNs: packet.atNs - lastNs });
    }
    if (packet.atNs > lastNs) lastNs = packet.atNs;
    const note = options.notes?.get(packet.packet) ?? null;
    const isWindowClosed = packet.kind === 'segment' && windows.meets(packet, leg);
    if (packet.kind === 'segment' && isHidden(packet, options, note)) continue;
    if (packet.kind === 'segment' && packet.missingBefore > 0) {
      close();
      rows.push({ kind: 'gap', ...ends(leg, packet.from), bytes: packet.missingBefore });
    }
    const row = rowOf({ packet, leg }, startNs, note, { reveal: options.reveal, isWindowClosed });
    const key =
      options.all === true || note !== null || packet.kind !== 'segment' ? null : foldKeyOf(packet, isWindowClosed);
    const keyed = key === null ? null : `${leg.client} ${row.from} ${key}`;
    if (open !== null && keyed !== null && open.key === keyed) {
      open.row = joined(open.row, row, open.label);
      continue;
    }
    close();
    if (keyed === null) rows.push(row);
    else open = { row, key: keyed, label: row.label };
  }
  close();
  return rows;
}

/** Which sides have no room just now: a probe of such a window looks like a keep-alive, and is none. */
class ClosedWindows {
  private readonly closed = new Set<string>();

  /** Takes the next segment; whether its receiver's window is closed. */
  meets({ from, flags, window }: SegmentDetail, { client }: Leg): boolean {
    if ((flags & (SYN | RST)) === 0) {
      if (window === 0) this.closed.add(`${client} ${from}`);
      else this.closed.delete(`${client} ${from}`);
    }
    return this.closed.has(`${client} ${OPPOSITE[from]}`);
  }
}

function isHidden(segment: SegmentDetail, { all }: LadderOptions, note: string | null): boolean {
  return all !== true && note === null && (segment.isCopy || isPureAcknowledgement(segment));
}

function ends(leg: Leg, from: Side): { readonly from: number; readonly to: number } {
  return from === 'client' ? { from: leg.client, to: leg.server } : { from: leg.server, to: leg.client };
}

function rowOf(
  { packet, leg }: LegPacket,
  startNs: number,
  note: string | null,
  { reveal, isWindowClosed }: { readonly reveal: boolean; readonly isWindowClosed: boolean },
): MessageRow {
  const common = {
    kind: 'message' as const,
    packet: packet.packet,
    packetCount: 1,
    lastPacket: packet.packet,
    atNs: packet.atNs,
    sinceStartNs: packet.atNs - startNs,
    note: note === null ? null : visible(note),
  };
  if (packet.kind === 'unreachable') {
    // Its sender need not be a party: it is drawn as coming from the far side.
    const { from, to } = ends(leg, packet.to === 'client' ? 'server' : 'client');
    return {
      ...common,
      from,
      to,
      bytes: 0,
      label: unreachableLabel(packet),
      shape: 'error',
      h2Stream: null,
      fields: [],
    };
  }
  return {
    ...common,
    ...ends(leg, packet.from),
    bytes: packet.payloadLength,
    label: labelOf(packet, reveal, isWindowClosed),
    shape: shapeOf(packet),
    h2Stream: h2StreamOf(packet),
    fields: fieldsOf(packet, leg.detail.connection),
  };
}

const FIN = 0x01;
const SYN = 0x02;
const RST = 0x04;

function shapeOf(segment: SegmentDetail): RowShape {
  if ((segment.flags & RST) !== 0) return 'reset';
  if (segment.isRetransmission) return 'retransmission';
  if ((segment.flags & SYN) !== 0) return 'handshake';
  if ((segment.flags & FIN) !== 0) return 'close';
  return isPureAcknowledgement(segment) ? 'acknowledgement' : 'plain';
}

/** The one stream that all contents are about. */
function h2StreamOf({ contents }: SegmentDetail): number | null {
  const streams = new Set(contents.map((content) => ('h2Stream' in content ? content.h2Stream : null)));
  const [only = null] = streams;
  return streams.size === 1 ? only : null;
}

function joined(row: MessageRow, next: MessageRow, label: string): MessageRow {
  const packetCount = row.packetCount + 1;
  const bytes = row.bytes + next.bytes;
  return { ...row, packetCount, bytes, lastPacket: next.packet, label: foldedLabel(label, packetCount, bytes) };
}
