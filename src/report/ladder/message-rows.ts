/** Packets of a conversation made rows: those that say nothing left out, runs of equal ones made one. */
import { OPPOSITE, type Side } from '../../facts/endpoint.js';
import type { SegmentDetail } from '../../facts/packet-detail.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import { FIN, RST, SYN } from '../../facts/tcp-flags.js';
import { visible } from '../../text/visible.js';
import { fieldsOf } from './fields.js';
import { foldedLabel, foldKeyOf } from './fold.js';
import { isPureAcknowledgement, labelOf, unreachableLabel } from './label.js';
import type { Leg, LegPacket } from './leg.js';
import type { LadderRow, MessageRow, RowShape } from './row.js';

/** Without a packet for longer than this, a row says so. */
export const IDLE_ROW_NS = 1_000_000_000;

/** Which packets have a row of their own, and what stands on it. */
export interface RowOptions {
  /** What a finding says of single packets. */
  readonly notes?: ReadonlyMap<PacketReference, string>;
  /** Show query strings as sent. */
  readonly reveal: boolean;
  /** Every packet on a row of its own, acknowledgements too. */
  readonly all?: boolean;
}

/** A row that others of its kind may still join. */
interface OpenRow {
  row: MessageRow;
  readonly key: string;
  /** Of its first packet. */
  readonly label: string;
}

/** The rows of these packets, which are in order. */
export function rowsOf(packets: readonly LegPacket[], options: RowOptions): LadderRow[] {
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

function isHidden(segment: SegmentDetail, { all }: RowOptions, note: string | null): boolean {
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
