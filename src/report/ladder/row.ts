/** The rows of a ladder, and what is said of one however it is drawn. */
import { type PacketReference, packetNumberOf } from '../../facts/packet-reference.js';
import { durationText } from '../../text/duration.js';
import { countText } from '../../text/size.js';
import type { Field } from './fields.js';

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
