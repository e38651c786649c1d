/**
 * A conversation as a ladder: who sent what to whom, in order, one row each. Plain data, laid out by
 * none: text, Mermaid, SVG and the terminal draw the same rows.
 *
 * Pure acknowledgements are left out and runs of equal rows become one, unless asked otherwise;
 * what a finding rests on always stands on a row of its own.
 */
import type { EvidencePacket } from '../../facts/finding.js';
import type { ConversationDetail } from '../../facts/packet-detail.js';
import { endpointText } from '../../text/address.js';
import { visible } from '../../text/visible.js';
import { inOrder, type Leg } from './leg.js';
import { type RowOptions, rowsOf } from './message-rows.js';
import type { LadderRow } from './row.js';

/** Who takes part: the lines that rows run between, from left to right. */
export interface Lifeline {
  readonly role: 'client' | 'proxy' | 'server';
  /** `10.0.1.43:80`; of a proxy the one that it is asked at. */
  readonly endpoint: string;
  /** Host name, safe to show; `null`: none is known. */
  readonly name: string | null;
}

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
export interface LadderOptions extends RowOptions {
  /** What the finding rests on besides; of these, packets that are drawn anyway stand in their rows alone. */
  readonly asides?: readonly EvidencePacket[];
  /** Host names of client and server; with both legs, of the last server. */
  readonly serverName?: string | null;
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
