/**
 * Who asks and who answers in TLS that no key opens, told from the order and the lengths of its records.
 *
 * A turn is what the client sends after the server has spoken (or before it ever did), with what the
 * server sends upon it. Short records of the client are no question: frames of HTTP/2 that ask nothing
 * and alerts are that short (docs/without-keys.md). Where HTTP/2 may be spoken the client's first record may be
 * its preface: it asks only if another follows before the server has said anything, or if the server,
 * who should greet it in return, says nothing at all. Each record moves a few numbers; an object is made
 * for a turn that waited long for its answer, of which a few are kept.
 */
import {
  LATE_ANSWER_NS,
  MAX_LATE_TURNS,
  MAX_UNASKING_RECORD,
  PROMPT_ANSWER_NS,
  type TlsTurn,
  type TlsTurns,
} from '../facts/tls.js';

/** A side that goes on after such a pause, though the other has not spoken, does not take turns. */
const GOES_ON_NS = 500_000_000;

/** See the head of this file. */
export class Turns {
  private count = 0;
  private prompt = 0;
  private promptPacket = 0;
  private promptNs = 0;
  private clientWentOn = 0;
  private serverWentOn = 0;
  private lateCount = 0;
  private late: TlsTurn[] = [];

  /** `sent`: the first turn is one record that may be a preface. `met`: and the server spoke upon it, in so many records. */
  private preface: 'none' | 'sent' | 'met' = 'none';
  private metRecords = 0;

  private isOpen = false;
  private firstPacket = 0;
  private firstNs = 0;
  private lastPacket = 0;
  private lastNs = 0;
  private bytes = 0;

  private answerRecords = 0;
  private answerPacket = 0;
  private answerNs = 0;
  private answerLastPacket = 0;
  private answerLastNs = 0;
  private answerBytes = 0;

  /** A record of the client, `length` as its header says. `mayBeH2`: it may speak HTTP/2. */
  client(length: number, packet: number, at: number, mayBeH2: boolean): void {
    if (length <= MAX_UNASKING_RECORD) return;
    if (this.preface === 'met') {
      this.preface = 'none';
      this.count = 0;
    } else if (this.count === 0 && mayBeH2) this.preface = 'sent';
    else if (this.preface === 'sent') this.preface = 'none';
    if (!this.isOpen) {
      this.keepIfLate();
      this.count += 1;
      this.isOpen = true;
      this.firstPacket = packet;
      this.firstNs = at;
      this.bytes = 0;
      this.answerRecords = 0;
      this.answerBytes = 0;
    } else if (at - this.lastNs >= GOES_ON_NS) this.clientWentOn += 1;
    this.lastPacket = packet;
    this.lastNs = at;
    this.bytes += length;
  }

  /** A record of the server. In the first turn of HTTP/2 short ones greet, and are no answer. RFC 9113 §3.4. */
  server(length: number, packet: number, at: number, mayBeH2: boolean): void {
    if (this.count === 0) return;
    if (this.preface !== 'none') {
      this.preface = 'met';
      this.metRecords += 1;
      this.isOpen = false;
      return;
    }
    if (this.isOpen) {
      if (this.count === 1 && mayBeH2 && length <= MAX_UNASKING_RECORD) return;
      this.isOpen = false;
      this.answerPacket = packet;
      this.answerNs = at;
      if (at - this.lastNs <= PROMPT_ANSWER_NS) {
        this.prompt += 1;
        this.promptPacket = packet;
        this.promptNs = at;
      }
    } else if (at - this.answerLastNs >= GOES_ON_NS) this.serverWentOn += 1;
    this.answerRecords += 1;
    this.answerLastPacket = packet;
    this.answerLastNs = at;
    this.answerBytes += length;
  }

  /** The server has sent one record upon the first turn, and the client nothing since. */
  get isFirstAnswer(): boolean {
    if (this.preface === 'met') return this.metRecords === 1;
    return this.count === 1 && this.answerRecords === 1 && !this.isOpen;
  }

  /** What was taken for the first answer was none. */
  withdrawAnswer(): void {
    this.isOpen = true;
    if (this.preface === 'met') {
      this.preface = 'sent';
      this.metRecords = 0;
      return;
    }
    this.prompt = 0;
    this.answerRecords = 0;
    this.answerBytes = 0;
  }

  /** `null`: the client asked nothing. */
  facts(): TlsTurns | null {
    if (this.count === 0 || this.preface === 'met') return null;
    const last = this.turn();
    const isLate = this.isLate();
    return {
      count: this.count,
      prompt: this.prompt,
      lastPrompt: this.prompt === 0 ? null : { packet: this.promptPacket, atNs: this.promptNs },
      late: isLate && this.late.length < MAX_LATE_TURNS ? [...this.late, last] : [...this.late],
      lateCount: this.lateCount + (isLate ? 1 : 0),
      last,
      mayBePreface: this.preface === 'sent',
      wentOn: { client: this.clientWentOn, server: this.serverWentOn },
    };
  }

  private isLate(): boolean {
    return this.count > 0 && !this.isOpen && this.answerNs - this.lastNs >= LATE_ANSWER_NS;
  }

  private keepIfLate(): void {
    if (!this.isLate()) return;
    this.lateCount += 1;
    if (this.late.length < MAX_LATE_TURNS) this.late.push(this.turn());
  }

  private turn(): TlsTurn {
    const { firstPacket, firstNs: startNs, lastPacket, lastNs: endNs, bytes } = this;
    return {
      ...{ firstPacket, startNs, lastPacket, endNs, bytes },
      answer:
        this.answerRecords === 0
          ? null
          : {
              records: this.answerRecords,
              bytes: this.answerBytes,
              firstPacket: this.answerPacket,
              startNs: this.answerNs,
              lastPacket: this.answerLastPacket,
              endNs: this.answerLastNs,
            },
    };
  }
}
