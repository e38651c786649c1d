/** Conversations packet by packet, written by hand. */
import type { Side } from '../../../src/facts/endpoint.js';
import type { ConversationDetail, PacketDetail, SegmentDetail } from '../../../src/facts/packet-detail.js';
import { connection } from '../../findings/connections.js';

export const SYN = 0x02;
export const RST = 0x04;
export const ACK = 0x10;

/** An ordinary segment but for `facts`. */
export function segment(packet: number, from: Side, facts: Partial<SegmentDetail> = {}): SegmentDetail {
  return {
    kind: 'segment',
    packet,
    atNs: packet * 1_000_000,
    from,
    sequence: 1,
    acknowledgement: 1,
    flags: ACK,
    window: 512,
    payloadLength: 0,
    capturedLength: facts.payloadLength ?? 0,
    options: 0,
    ttl: 64,
    ipId: 7,
    mac: null,
    macTo: null,
    vlan: null,
    direction: null,
    interfaceIndex: 0,
    isRetransmission: false,
    isOutOfOrder: false,
    isKeepAlive: false,
    isCopy: false,
    missingBefore: 0,
    contents: [],
    omittedBefore: 0,
    ...facts,
  };
}

/** A conversation of these packets. */
export function conversation(packets: readonly PacketDetail[], stream = 0): ConversationDetail {
  return { connection: connection({ stream }), packets, packetCount: packets.length };
}

/** A request that the server resets. */
export function resetConversation(): ConversationDetail {
  return conversation([
    segment(4, 'client', { flags: SYN }),
    segment(5, 'server', { flags: SYN | ACK }),
    segment(6, 'client'),
    segment(7, 'client', {
      payloadLength: 312,
      contents: [{ kind: 'request', method: 'GET', target: '/a?token=geheim', version: 'HTTP/1.1', h2Stream: null }],
    }),
    segment(8, 'server', { flags: RST, ttl: 61, ipId: 0 }),
  ]);
}
