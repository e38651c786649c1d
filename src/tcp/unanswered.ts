/**
 * The segments of one side that the other has not answered yet, as far as a reset may excuse
 * itself with them: a kernel that resets statelessly copies its sequence number from the
 * acknowledgement of the segment it answers (RFC 9293 §3.5.2).
 *
 * Segments with the same acknowledgement count as one. Two such groups are kept: more differing
 * acknowledgements in a row without any answer do not occur, since each new one is itself caused
 * by a segment of the other side.
 */
export class Unanswered {
  private acknowledgement = -1;
  private end = -1;
  private packet = -1;
  private earlierAcknowledgement = -1;
  private earlierEnd = -1;
  private earlierPacket = -1;

  /** A segment was sent, with its acknowledgement and the offset after its last byte. */
  add(acknowledgement: number, end: number, packet: number): void {
    if (acknowledgement !== this.acknowledgement) {
      this.earlierAcknowledgement = this.acknowledgement;
      this.earlierEnd = this.end;
      this.earlierPacket = this.packet;
    }
    this.acknowledgement = acknowledgement;
    this.end = end;
    this.packet = packet;
  }

  /** The other side sent a segment that is no reset and acknowledges all before `offset`. */
  answered(offset: number): void {
    if (this.earlierEnd <= offset) this.earlierAcknowledgement = this.earlierEnd = this.earlierPacket = -1;
    if (this.end <= offset) this.acknowledgement = this.end = this.packet = -1;
  }

  /** The packet of an unanswered segment whose acknowledgement is `offset`; -1: there is none. */
  packetWith(offset: number): number {
    if (offset < 0) return -1;
    if (this.acknowledgement === offset) return this.packet;
    return this.earlierAcknowledgement === offset ? this.earlierPacket : -1;
  }

  reset(): void {
    this.acknowledgement = this.end = this.packet = -1;
    this.earlierAcknowledgement = this.earlierEnd = this.earlierPacket = -1;
  }
}
