/**
 * What one side sent, counted record by record, in numbers: no object is made for a record but the
 * first few.
 *
 * In TLS 1.3 all protected records look like application data; which of them are is told by
 * decryption, or guessed from outside (see {@link TlsSideFacts.firstApplication}). A record of an
 * alert's length waits until another follows: as the last one it is taken for an alert.
 */
import {
  MAX_FIRST_RECORDS,
  MAX_RESUMED,
  MIN_DATA_PAUSE_NS,
  type RecordShape,
  type ResumedData,
  type TlsSideFacts,
} from '../facts/tls.js';
import { APPLICATION_DATA } from './content-type.js';

/** Length of a protected alert in TLS 1.3 without padding: two bytes, the type and the tag. RFC 8446 §5.2. */
export const TLS13_ALERT_LENGTH = 19;

/**
 * Lengths of a session ticket's record, and how close together tickets come: servers that send two or more
 * (OpenSSL's two) send them of one length and in one go. RFC 8446 §4.6.1.
 */
const MIN_TICKET_LENGTH = 100;
const MAX_TICKET_LENGTH = 1500;
const ONE_GO_NS = 5_000_000;

const NONE = -1;

/** See the head of this file. */
export class SideTally {
  records = 0;
  private readonly firstProtected: RecordShape[] = [];
  applicationRecords = 0;
  private readonly resumed: ResumedData[] = [];
  applicationBytes = 0;
  /** The last record, and whether it may be a TLS 1.3 alert that nobody could read. */
  lastPacket = NONE;
  lastNs = 0;
  lastType = 0;
  lastLength = 0;
  private ticketLength = 0;
  private firstApplication: RecordShape | null = null;
  private applicationPacket = NONE;
  private applicationNs = 0;
  private applicationLength = 0;
  /** The last record has an alert's length, and so may be one. */
  private isWaiting = false;
  private waitsAsApplication = false;

  /** A record ended. */
  record(contentType: number, length: number, isProtected: boolean, packet: number, at: number): void {
    if (this.isWaiting) this.settleLast();
    this.records += 1;
    this.lastPacket = packet;
    this.lastNs = at;
    this.lastType = contentType;
    this.lastLength = length;
    if (isProtected && this.firstProtected.length < MAX_FIRST_RECORDS) {
      this.firstProtected.push({ packet, atNs: at, contentType, length });
    }
  }

  /** A record of this length holds application data: `bytes` of it. */
  application(bytes: number, length: number, packet: number, at: number): void {
    if (
      this.applicationPacket !== NONE &&
      at - this.applicationNs >= MIN_DATA_PAUSE_NS &&
      this.resumed.length < MAX_RESUMED
    )
      this.resumed.push({ packet, atNs: at, pauseNs: at - this.applicationNs });
    this.applicationRecords += 1;
    this.applicationBytes += bytes;
    this.applicationPacket = packet;
    this.applicationNs = at;
    this.applicationLength = length;
    this.firstApplication ??= { packet, atNs: at, contentType: APPLICATION_DATA, length };
  }

  /**
   * TLS 1.3 from outside: a record as long as the only one that was taken for application data, and right behind it,
   * shows both to be session tickets. What was counted is taken back.
   */
  showsTickets(length: number, at: number): boolean {
    const { firstApplication: first } = this;
    if (this.ticketLength > 0 || first === null || this.applicationRecords !== 1 || length !== first.length)
      return false;
    if (length < MIN_TICKET_LENGTH || length > MAX_TICKET_LENGTH || at - first.atNs > ONE_GO_NS) return false;
    this.ticketLength = length;
    this.applicationRecords = 0;
    this.applicationBytes = 0;
    this.applicationPacket = NONE;
    this.firstApplication = null;
    return true;
  }

  /** The last record has an alert's length; once another follows, it was application data (`isApplication`) or handshake. */
  alertShape(isApplication: boolean): void {
    this.isWaiting = true;
    this.waitsAsApplication = isApplication;
  }

  /** The last record has the shape of a TLS 1.3 alert, and nothing followed it. */
  get endsInAlertShape(): boolean {
    return this.isWaiting;
  }

  facts(closeNotify: TlsSideFacts['closeNotify'], unfinishedBytes: number): TlsSideFacts {
    return {
      records: this.records,
      // A copy: the facts of a connection that goes on do not change.
      firstProtected: [...this.firstProtected],
      lastRecord: this.lastPacket === NONE ? null : this.lastRecord(),
      firstApplication: this.firstApplication,
      lastApplication:
        this.applicationPacket === NONE
          ? null
          : {
              packet: this.applicationPacket,
              atNs: this.applicationNs,
              contentType: APPLICATION_DATA,
              length: this.applicationLength,
            },
      applicationRecords: this.applicationRecords,
      resumed: [...this.resumed],
      applicationBytes: this.applicationBytes,
      unfinishedBytes,
      closeNotify,
    };
  }

  private settleLast(): void {
    this.isWaiting = false;
    if (this.waitsAsApplication) this.application(this.lastLength, this.lastLength, this.lastPacket, this.lastNs);
  }

  private lastRecord(): RecordShape {
    return { packet: this.lastPacket, atNs: this.lastNs, contentType: this.lastType, length: this.lastLength };
  }
}
