import type { PacketSink, QuotedSegment } from './segment.js';

/** A quoted segment, and what it means for the numbering of connections. */
export interface QuotedHeader extends QuotedSegment {
  /**
   * Whether Wireshark gives it a `tcp.stream`, which for a connection not seen before uses up a number:
   * when at least the first 16 bytes of the TCP header are quoted (RFC 792 asks for 8, RFC 1812 for more),
   * and not in an ICMP redirect.
   */
  numbered: boolean;
}

/** A sink that is told of the numbering; any other sink will do as well. */
export interface HeaderSink extends PacketSink {
  quoted(quoted: QuotedHeader): void;
}
