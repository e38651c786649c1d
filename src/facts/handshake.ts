import type { SegmentEvidence } from './segment-evidence.js';

/** `complete`: SYN, SYN-ACK and the ACK of it were seen; `partial`: some of them; `none`: the capture starts later. */
export type HandshakeKind = 'complete' | 'partial' | 'none';

/** The three-way handshake as captured. RFC 9293 §3.5. */
export interface Handshake {
  readonly kind: HandshakeKind;
  /** First SYN, with its facts; `null` when not seen. */
  readonly syn: SegmentEvidence | null;
  /** The SYN was not captured where its client's reset was, but elsewhere: in between its addresses were translated. */
  readonly synElsewhere: boolean;
  readonly synAck: SegmentEvidence | null;
  /** First segment from the client that acknowledges the SYN-ACK. Nanoseconds since the run's first packet. */
  readonly ackNs: number | null;
  /** SYN to SYN-ACK: the round trip from the capture point to the server. First copies; `null` when either was not seen or repeated. */
  readonly synToSynAckNs: number | null;
  /** SYN-ACK to ACK: the round trip from the capture point to the client. */
  readonly synAckToAckNs: number | null;
  readonly synRetransmissions: number;
  readonly synAckRetransmissions: number;
  /** Both sides offered timestamps (RFC 7323 §3.2), so later segments must carry them, RSTs should. */
  readonly timestampsNegotiated: boolean;
  readonly sackNegotiated: boolean;
}
