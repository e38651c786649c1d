/**
 * How far the message being read reaches so far: its packets, when they came, and its bytes.
 *
 * One for each direction, begun anew with each message. Each segment passes here, so nothing is made.
 */
import type { DraftMessage } from '../message-facts.js';
import { isEarlier } from '../packet-order.js';

/** See the head of this file. Times are nanoseconds since the run's first packet. */
export class MessageExtent {
  firstPacket = 0;
  firstNs = 0;
  lastPacket = 0;
  lastNs = 0;
  /** Of start line and fields. */
  headBytes = 0;
  /** Of the body, those that are missing with them; framing excluded. */
  bodyBytes = 0;
  /** Of either, those that the capture does not hold. */
  lostBytes = 0;
  private longestPauseNs = 0;

  /** A message begins in this packet. */
  begin(packet: number, at: number): void {
    this.firstPacket = packet;
    this.firstNs = at;
    this.lastPacket = packet;
    this.lastNs = at;
    this.headBytes = 0;
    this.bodyBytes = 0;
    this.lostBytes = 0;
    this.longestPauseNs = 0;
  }

  /** So many bytes of its head stand in this packet. */
  addHead(length: number, packet: number, at: number): void {
    this.headBytes += length;
    this.reach(packet, at);
  }

  /** The same of its body. */
  addBody(length: number, packet: number, at: number): void {
    this.bodyBytes += length;
    this.reach(packet, at);
  }

  /** So many bytes of its body are missing. */
  missBody(length: number): void {
    this.bodyBytes += length;
    this.lostBytes += length;
  }

  /** Writes down how far it came, where that was not known yet when its head was read. */
  settle(message: DraftMessage): void {
    message.lastPacket = this.lastPacket;
    message.endNs = this.lastNs;
    message.bodyBytes = this.bodyBytes;
    message.lostBytes = this.lostBytes;
    message.longestPauseNs = this.longestPauseNs;
  }

  /** Notes the latest packet; bytes that waited for others come with an earlier one. */
  private reach(packet: number, at: number): void {
    if (packet === this.lastPacket || !isEarlier(this.lastPacket, this.lastNs, packet, at)) return;
    if (at - this.lastNs > this.longestPauseNs) this.longestPauseNs = at - this.lastNs;
    this.lastPacket = packet;
    this.lastNs = at;
  }
}
