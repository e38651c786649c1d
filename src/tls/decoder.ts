/**
 * takes: the bytes of both directions in order, and a key log. gives: TLS facts; the plaintext, in order,
 * where keys are known. may: know records, handshakes and their cryptography. may not: know what is
 * spoken above or below.
 *
 * One connection's TLS. Both directions feed one session: hellos decide version and cipher suite, and
 * with them how records are protected; a ChangeCipherSpec (TLS 1.2) or the hello itself (TLS 1.3)
 * says from where. Without keys everything is told from what is in clear, and from lengths.
 */
import { copied } from '../bytes/copied.js';
import type { EndOfDirection, InOrder } from '../bytes/in-order.js';
import type { Side } from '../facts/endpoint.js';
import {
  type CertificateFacts,
  type ClientHelloFacts,
  type Decryption,
  MAX_ALERTS,
  type ServerHelloFacts,
  type TlsAlert,
  type TlsFacts,
} from '../facts/tls.js';
import { CLOSE_NOTIFY, readAlert } from './alert.js';
import { type CertificateChain, readCertificates, readCompressedCertificates } from './certificate.js';
import { type BulkCipher, bulkCipherOf, cipherSuiteName } from './cipher-suite.js';
import { type ClientHello, readClientHello, readSsl2ClientHello } from './client-hello.js';
import { ALERT, APPLICATION_DATA, HANDSHAKE } from './content-type.js';
import { nextSecret, protectionOfSecret, protectionsOfSession } from './decryption/key-derivation.js';
import { RecordOpener } from './decryption/record-opener.js';
import type { RecordProtection } from './decryption/record-protection.js';
import { Direction, type DirectionOwner } from './direction.js';
import * as handshake from './handshake-type.js';
import type { KeyLog, SessionSecrets } from './key-log.js';
import { readEncryptedExtensions, readServerHello, type ServerHello } from './server-hello.js';
import { TLS13_ALERT_LENGTH } from './side-tally.js';
import { isTls13, SSL_2_0, SSL_3_0, TLS_1_3, versionName } from './version.js';

/** What the decoder tells. */
export interface TlsListener {
  /** Plaintext comes: where it goes. Called once, before the first of it. */
  plaintext(): { readonly client: InOrder; readonly server: InOrder };
  /** Something the bytes did wrong, by its stable name. */
  anomaly(name: string, from: Side, packet: number): void;
}

/** 0-RTT plaintext held until the server says whether it takes it: servers allow some 16 KB. RFC 8446 §4.6.1. */
export const MAX_EARLY_BYTES = 65_536;

/** Length of a client's Certificate message without a certificate, protected. RFC 8446 §4.4.2. */
const EMPTY_CERTIFICATE_LENGTH = 25;
/** Client records after which its Finished must have been among them, whatever their lengths: a certificate, its proof, Finished. */
const RECORDS_OF_CLIENT_FLIGHT = 4;

interface EarlyData {
  readonly bytes: Uint8Array;
  readonly packet: number;
  readonly at: number;
}

/** See the head of this file. */
export class TlsDecoder implements DirectionOwner {
  private readonly one: Direction;
  private readonly other: Direction;

  private clientHello: ClientHelloFacts | null = null;
  private serverHello: ServerHelloFacts | null = null;
  private helloRetryRequest: number | null = null;
  /** The hellos that the keys in use, or those to come, belong to. */
  private hello: ClientHello | null = null;
  private answer: ServerHello | null = null;
  private version = 0;
  private cipher: BulkCipher | null = null;
  private secrets: SessionSecrets | null = null;
  private hadProtection = false;
  private isUnsupported = false;
  /** TLS 1.2 and before: what the next ChangeCipherSpec puts in force. */
  private pending: { client: RecordProtection; server: RecordProtection } | null = null;
  /** TLS 1.3: the secrets of application data in use, for KeyUpdate. */
  private clientSecret: Uint8Array | null = null;
  private serverSecret: Uint8Array | null = null;

  private resumption: TlsFacts['resumption'] = null;
  private sawServerFlight = false;
  private offersEarly = false;
  private earlyData: TlsFacts['earlyData'] = 'none';
  private clientIsEarly = false;
  private early: EarlyData[] = [];
  private earlyBytes = 0;
  private clientChain: readonly CertificateFacts[] | null = null;
  private serverChain: readonly CertificateFacts[] | null = null;
  private certificateRequested: boolean | null = null;
  private clientCertificate: TlsFacts['clientCertificate'] = null;
  private clientFinished: number | null = null;
  private clientFinishedNs = 0;
  private serverFinished: number | null = null;
  private serverFinishedNs = 0;
  private lastClientLength = 0;
  private clientFlightRecords = 0;
  private alerts: TlsAlert[] = [];
  private alertCount = 0;
  private target: { readonly client: InOrder; readonly server: InOrder } | null = null;

  /**
   * @param clientIsFirst Which direction the client's is; `null`: not known, as where the capture begins
   * in the middle. Then `first` stands for the client until the facts are asked for.
   * @param firstBeginsUnseen, secondBeginsUnseen The direction may begin in the middle of a record.
   */
  constructor(
    private readonly listener: TlsListener,
    private readonly keyLog: KeyLog,
    private readonly clientIsFirst: boolean | null,
    firstBeginsUnseen: boolean,
    secondBeginsUnseen: boolean,
  ) {
    this.one = new Direction(this, firstBeginsUnseen);
    this.other = new Direction(this, secondBeginsUnseen);
  }

  /** What the side that sent the connection's first packet sends. */
  get first(): InOrder {
    return this.one.input;
  }

  /** What the other side sends. */
  get second(): InOrder {
    return this.other.input;
  }

  /** The facts, final once both directions have ended. `clientIsFirst`: how the connection's roles came out. */
  factsFor(clientIsFirst: boolean): TlsFacts {
    const client = (this.clientIsFirst ?? clientIsFirst) ? this.one : this.other;
    const server = client === this.one ? this.other : this.one;
    const alerts = [...this.alerts];
    let { alertCount } = this;
    for (const direction of [client, server]) {
      if (!direction.tally.endsInAlertShape || !direction.hasEnded) continue;
      alertCount += 1;
      const { lastPacket: packet, lastNs: atNs } = direction.tally;
      const from = direction === client ? 'client' : 'server';
      if (alerts.length < MAX_ALERTS) {
        alerts.push({ from, packet, atNs, basis: 'shape', level: null, description: null, name: null });
      }
    }
    alerts.sort((one, other) => one.atNs - other.atNs);
    const { clientFinished, serverFinished } = this;
    return {
      clientHello: this.clientHello,
      serverHello: this.serverHello,
      helloRetryRequest: this.helloRetryRequest,
      resumption: this.resumption,
      earlyData: this.earlyData,
      echOutcome:
        this.clientHello?.offersEch !== true
          ? 'not-offered'
          : isTls13(this.version) && server.openedRecords > 0
            ? 'not-accepted'
            : 'unknown',
      certificates: { client: this.clientChain, server: this.serverChain },
      certificateRequested: this.certificateRequested,
      clientCertificate: this.clientCertificate,
      finished: { client: clientFinished, server: serverFinished },
      finishedNs: {
        client: clientFinished === null ? null : this.clientFinishedNs,
        server: serverFinished === null ? null : this.serverFinishedNs,
      },
      alerts,
      alertCount,
      client: client.tally.facts(closeNotifyOf(client)),
      server: server.tally.facts(closeNotifyOf(server)),
      decryption: this.decryption(),
      openedRecords: client.openedRecords + server.openedRecords,
      protectedRecords: client.protectedRecords + server.protectedRecords,
      inner: null,
    };
  }

  // Records

  mayOpen(direction: Direction): boolean {
    if (direction.opener !== null) return direction.opener.isHopeful;
    if (this.keyLog.isEmpty && this.secrets === null) return false;
    if (this.isUnsupported || this.hello === null) return false;
    // Before the ServerHello a client's records are early data, and a server's come late: they may be opened yet.
    if (this.answer === null) return this.lookUpSecrets() !== null;
    return this.findKeys(direction);
  }

  isProtected(direction: Direction, contentType: number): boolean {
    if (contentType === APPLICATION_DATA) return true;
    return direction.hasChangedCipher && !isTls13(this.version);
  }

  protectedRecord(direction: Direction, contentType: number, length: number, packet: number, at: number): void {
    const isClient = direction === this.client;
    if (isTls13(this.version)) {
      if (isClient) this.protectedByClient(length, packet, at);
      return;
    }
    if (this.answer === null && isClient && this.offersEarly && contentType === APPLICATION_DATA) {
      if (this.earlyData === 'offered') this.earlyData = 'sent';
      return;
    }
    // RFC 5246 §7.4.9: what a side sends first under its new keys is Finished.
    if (contentType === HANDSHAKE) this.finish(isClient, packet, at);
  }

  closed(direction: Direction, contentType: number, length: number, packet: number, at: number): void {
    if (isTls13(this.version)) {
      const isApplication = this.isProbablyApplication(direction, length, packet);
      if (length === TLS13_ALERT_LENGTH) direction.tally.alertShape(isApplication);
      else if (isApplication) direction.tally.application(length, length, packet, at);
      return;
    }
    if (contentType === APPLICATION_DATA) direction.tally.application(length, length, packet, at);
    else if (contentType === ALERT) {
      direction.closeNotify ??= 'encrypted';
      this.tellAlert(direction, { basis: 'encrypted', level: null, description: null, name: null }, packet, at);
    }
  }

  alert(direction: Direction, level: number, description: number, isOpened: boolean, packet: number, at: number): void {
    const alert = readAlert(level, description);
    if (alert === null) {
      this.anomaly(direction, 'tls-malformed-alert', packet);
      return;
    }
    this.tellAlert(direction, { basis: isOpened ? 'decrypted' : 'clear', ...alert }, packet, at);
    if (description !== CLOSE_NOTIFY) return;
    direction.closeNotify = 'seen';
    this.endTarget(direction, 'fin', packet, at);
  }

  changeCipherSpec(direction: Direction, packet: number, _at: number): void {
    if (isTls13(this.version)) return;
    direction.hasChangedCipher = true;
    direction.resetHandshake();
    const isServer = direction === this.server;
    if (isServer && this.answer !== null && this.resumption === null) {
      this.resumption = this.sawServerFlight ? 'full' : this.hello?.hasTicket === true ? 'ticket' : 'session-id';
    }
    if (this.answer === null) return;
    this.findKeys(direction);
    if (this.pending === null) {
      // A renegotiation whose keys are not known closes what was open.
      if (direction.opener !== null) {
        direction.opener = null;
        this.anomaly(direction, 'tls-no-key-after-renegotiation', packet);
      }
      return;
    }
    const protection = isServer ? this.pending.server : this.pending.client;
    if (direction.opener === null) direction.opener = new RecordOpener(protection);
    else if (direction.opener.protection !== protection) direction.opener.replace(protection);
  }

  plaintext(direction: Direction, view: Uint8Array, start: number, end: number, packet: number, at: number): void {
    if (direction === this.client && this.clientIsEarly && this.earlyData !== 'accepted') {
      this.holdEarly(view, start, end, packet, at);
      return;
    }
    if (!direction.isTargetEnded) this.targetOf(direction).bytes(view, start, end, packet, at);
  }

  plaintextLost(direction: Direction, length: number, packet: number, at: number): void {
    const isClient = direction === this.client;
    // Before Finished it was the handshake that was lost.
    if ((isClient ? this.clientFinished : this.serverFinished) === null) return;
    if (!direction.isTargetEnded) this.targetOf(direction).gap(length, packet, at);
  }

  ended(direction: Direction, how: EndOfDirection, packet: number, at: number): void {
    if (direction === this.client && this.early.length > 0) {
      this.anomaly(direction, 'tls-early-data-undecided', packet);
      this.early = [];
    }
    if (this.target !== null) this.endTarget(direction, how, packet, at);
  }

  anomaly(direction: Direction, name: string, packet: number): void {
    this.listener.anomaly(name, direction === this.client ? 'client' : 'server', packet);
  }

  ssl2(direction: Direction, view: Uint8Array, start: number, end: number, packet: number, at: number): void {
    const type = view[start];
    if (direction === this.client && type === handshake.CLIENT_HELLO) {
      const hello = readSsl2ClientHello(view, start, end);
      if (hello === null) this.anomaly(direction, 'tls-malformed-client-hello', packet);
      else this.takeClientHello(hello, end - start, packet, packet, at);
      return;
    }
    if (direction === this.client || type !== handshake.SSL2_SERVER_HELLO || this.clientHello?.format !== 'ssl2') {
      this.anomaly(direction, 'tls-malformed-record', packet);
      direction.stop();
      return;
    }
    // RFC 6101 appendix E: a server that answers in kind speaks SSL 2.0, of which nothing more is read.
    this.version = SSL_2_0;
    this.isUnsupported = true;
    this.serverHello = { packet, atNs: at, version: versionName(SSL_2_0), cipherSuite: null, alpn: null };
    this.one.stop();
    this.other.stop();
  }

  // Handshake messages

  message(
    direction: Direction,
    type: number,
    view: Uint8Array,
    start: number,
    end: number,
    firstPacket: number,
    packet: number,
    at: number,
  ): void {
    const isClient = direction === this.client;
    switch (type) {
      case handshake.CLIENT_HELLO: {
        const hello = readClientHello(view, start, end);
        if (hello === null) this.anomaly(direction, 'tls-malformed-client-hello', packet);
        else this.takeClientHello(hello, end - start + 4, firstPacket, packet, at);
        break;
      }
      case handshake.SERVER_HELLO: {
        const hello = readServerHello(view, start, end);
        if (hello === null) this.anomaly(direction, 'tls-malformed-server-hello', packet);
        else this.takeServerHello(hello, packet, at);
        break;
      }
      case handshake.ENCRYPTED_EXTENSIONS:
        this.takeEncryptedExtensions(view, start, end);
        break;
      case handshake.CERTIFICATE:
        this.takeCertificates(direction, readCertificates(view, start, end, isTls13(this.version)), packet);
        break;
      case handshake.COMPRESSED_CERTIFICATE:
        this.takeCertificates(direction, readCompressedCertificates(view, start, end), packet);
        break;
      case handshake.CERTIFICATE_REQUEST:
        this.certificateRequested = true;
        break;
      case handshake.SERVER_HELLO_DONE:
        this.sawServerFlight = true;
        this.certificateRequested ??= false;
        break;
      case handshake.END_OF_EARLY_DATA:
        this.endOfEarlyData();
        break;
      case handshake.FINISHED:
        this.finish(isClient, packet, at);
        if (isTls13(this.version)) this.finished13(direction);
        break;
      case handshake.KEY_UPDATE:
        this.updateKey(direction);
        break;
      default:
    }
  }

  private takeClientHello(
    hello: ClientHello,
    bytes: number,
    firstPacket: number,
    lastPacket: number,
    at: number,
  ): void {
    // A second hello after a HelloRetryRequest goes on with the session of the first. RFC 8446 §4.1.2.
    const isRepeated = this.hello !== null && this.hello.random === hello.random;
    this.clientHello ??= { firstPacket, lastPacket, atNs: at, bytes, ...hello.facts };
    this.hello = hello;
    if (isRepeated) return;
    // Renegotiation, RFC 5246 §7.4.1.1: other hellos, other keys.
    this.answer = null;
    this.pending = null;
    this.secrets = null;
    this.offersEarly = hello.facts.offersEarlyData;
    if (this.offersEarly) this.earlyData = 'offered';
    this.lookUpSecrets();
  }

  private takeServerHello(hello: ServerHello, packet: number, at: number): void {
    if (hello.isRetryRequest) {
      this.helloRetryRequest ??= packet;
      this.version = hello.version;
      // RFC 8446 §4.2.10: early data is refused by it.
      if (this.offersEarly) this.earlyData = 'rejected';
      this.offersEarly = false;
      this.client.dropHeld();
      return;
    }
    const isFirst = this.serverHello === null;
    this.version = hello.version;
    this.serverHello ??= {
      packet,
      atNs: at,
      version: versionName(hello.version),
      cipherSuite: cipherSuiteName(hello.cipherSuite),
      alpn: hello.alpn,
    };
    this.answer = hello;
    this.cipher = bulkCipherOf(hello.cipherSuite, hello.version);
    const isDecrypted = hello.version === TLS_1_3 || (hello.version > SSL_3_0 && !isTls13(hello.version));
    this.isUnsupported = this.cipher === null || !isDecrypted;
    if (isTls13(hello.version) && isFirst) {
      this.resumption = hello.usesPreSharedKey ? 'psk' : 'full';
      if (!hello.usesPreSharedKey && this.offersEarly) this.earlyData = 'rejected';
    }
    if (!isTls13(hello.version) && this.offersEarly) this.earlyData = 'rejected';
    for (const direction of [this.server, this.client]) {
      this.findKeys(direction);
      direction.releaseHeld();
    }
  }

  private takeEncryptedExtensions(view: Uint8Array, start: number, end: number): void {
    const extensions = readEncryptedExtensions(view, start, end);
    if (extensions === null) return;
    if (this.serverHello !== null && this.serverHello.alpn === null) {
      this.serverHello = { ...this.serverHello, alpn: extensions.alpn };
    }
    this.certificateRequested ??= false;
    if (!this.offersEarly) return;
    this.earlyData = extensions.acceptsEarlyData ? 'accepted' : 'rejected';
    const { early } = this;
    this.early = [];
    if (!extensions.acceptsEarlyData) return;
    for (const { bytes, packet, at } of early) this.targetOf(this.client).bytes(bytes, 0, bytes.length, packet, at);
  }

  private takeCertificates(direction: Direction, chain: CertificateChain | null, packet: number): void {
    const isClient = direction === this.client;
    if (!isClient) this.sawServerFlight = true;
    if (chain === null || chain.flawed) this.anomaly(direction, 'tls-unreadable-certificate', packet);
    if (chain === null) return;
    if (isClient) {
      this.clientChain ??= chain.certificates;
      this.clientCertificate = chain.certificates.length > 0 || chain.flawed ? 'sent' : 'empty';
    } else this.serverChain ??= chain.certificates;
  }

  // Keys

  private lookUpSecrets(): SessionSecrets | null {
    if (this.secrets === null && this.hello !== null) this.secrets = this.keyLog.secretsOf(this.hello.random);
    return this.secrets;
  }

  /** Sees to it that the direction has its keys, where the hellos and the key log give them. */
  private findKeys(direction: Direction): boolean {
    const { answer, cipher, hello } = this;
    if (direction.opener !== null && isTls13(this.version)) return true;
    if (answer === null || hello === null || cipher === null || this.isUnsupported) return false;
    const secrets = this.lookUpSecrets();
    if (secrets === null) return false;
    if (isTls13(this.version)) return this.findKeys13(direction, cipher, secrets);
    if (secrets.master === undefined) return false;
    if (this.pending === null) {
      this.pending = protectionsOfSession({
        version: this.version,
        cipher,
        encryptThenMac: answer.encryptThenMac,
        masterSecret: secrets.master,
        clientRandom: hello.random,
        serverRandom: answer.random,
      });
      this.hadProtection = true;
    }
    // Keys may come to hand behind the ChangeCipherSpec: what went by until then counts in the sequence.
    if (direction.opener === null && direction.hasChangedCipher) {
      const protection = direction === this.server ? this.pending.server : this.pending.client;
      protection.sequence = direction.passedRecords;
      direction.opener = new RecordOpener(protection);
    }
    return direction.opener !== null;
  }

  private findKeys13(direction: Direction, cipher: BulkCipher, secrets: SessionSecrets): boolean {
    const isClient = direction === this.client;
    const phases: RecordProtection[] = [];
    const add = (secret: Uint8Array | undefined): void => {
      if (secret !== undefined) phases.push(protectionOfSecret(cipher, secret));
    };
    if (isClient) {
      if (secrets.clientEarly !== undefined && this.offersEarly) {
        add(secrets.clientEarly);
        this.clientIsEarly = true;
      }
      add(secrets.clientHandshake);
      add(secrets.clientApplication);
      this.clientSecret = secrets.clientApplication ?? null;
    } else {
      add(secrets.serverHandshake);
      add(secrets.serverApplication);
      this.serverSecret = secrets.serverApplication ?? null;
    }
    const [current, ...later] = phases;
    if (current === undefined) return false;
    this.hadProtection = true;
    direction.opener = new RecordOpener(current);
    for (const protection of later) direction.opener.append(protection);
    // Keys that came to hand late: records went by, of which phase nobody knows.
    if (direction.passedBytes > 0) direction.opener.lost(direction.passedBytes);
    return true;
  }

  /** The side's Finished is the last record under its handshake keys. */
  private finished13(direction: Direction): void {
    const isClient = direction === this.client;
    if (isClient) this.clientIsEarly = false;
    direction.opener?.advance();
  }

  private endOfEarlyData(): void {
    if (this.earlyData === 'sent' || this.earlyData === 'offered') this.earlyData = 'accepted';
    for (const { bytes, packet, at } of this.early.splice(0)) {
      this.targetOf(this.client).bytes(bytes, 0, bytes.length, packet, at);
    }
    this.clientIsEarly = false;
    this.client.opener?.advance();
  }

  private updateKey(direction: Direction): void {
    const { cipher } = this;
    const isClient = direction === this.client;
    const secret = isClient ? this.clientSecret : this.serverSecret;
    if (cipher === null || secret === null) return;
    const next = nextSecret(cipher, secret);
    if (isClient) this.clientSecret = next;
    else this.serverSecret = next;
    direction.opener?.replace(protectionOfSecret(cipher, next));
  }

  // What is told from outside

  /** TLS 1.3: a protected record of the client, which once it begins shows the server done. */
  private protectedByClient(length: number, packet: number, at: number): void {
    if (this.clientFinished !== null) return;
    const { tally } = this.server;
    if (this.serverFinished === null && this.server.protectedRecords > 0) {
      this.serverFinished = tally.lastPacket;
      this.serverFinishedNs = tally.lastNs;
    }
    if (this.server.protectedRecords === 0) return;
    this.clientFlightRecords += 1;
    const isFinished = length === this.finishedLength;
    if (isFinished && this.lastClientLength === EMPTY_CERTIFICATE_LENGTH && this.clientCertificate === null) {
      this.clientCertificate = 'probably-empty';
    }
    this.lastClientLength = length;
    if (isFinished || this.clientFlightRecords > RECORDS_OF_CLIENT_FLIGHT) this.finish(true, packet, at);
  }

  /** A Finished message, protected: header, hash, type and tag. RFC 8446 §4.4.4. */
  private get finishedLength(): number {
    return (this.cipher?.hash === 'sha384' ? 48 : 32) + 4 + 1 + 16;
  }

  /** TLS 1.3: whether a record that was not opened stands behind its side's handshake (see TlsSideFacts.firstApplication). */
  private isProbablyApplication(direction: Direction, length: number, packet: number): boolean {
    if (this.clientFinished === null) return false;
    if (direction !== this.client) return this.client.tally.applicationRecords > 0;
    // In the packet of Finished it is another record where its length is another.
    return (
      packet !== this.clientFinished ||
      (length !== this.finishedLength && this.lastClientLength === this.finishedLength)
    );
  }

  private finish(isClient: boolean, packet: number, at: number): void {
    if (isClient) {
      if (this.clientFinished !== null) return;
      this.clientFinished = packet;
      this.clientFinishedNs = at;
    } else {
      if (this.serverFinished !== null) return;
      this.serverFinished = packet;
      this.serverFinishedNs = at;
    }
  }

  private tellAlert(
    direction: Direction,
    alert: Pick<TlsAlert, 'basis' | 'level' | 'description' | 'name'>,
    packet: number,
    at: number,
  ): void {
    this.alertCount += 1;
    if (this.alerts.length >= MAX_ALERTS) return;
    this.alerts.push({ from: direction === this.client ? 'client' : 'server', packet, atNs: at, ...alert });
  }

  private decryption(): Decryption {
    const { one, other } = this;
    const opened = one.openedRecords + other.openedRecords;
    const total = one.protectedRecords + other.protectedRecords;
    if (total === 0) return 'nothing-protected';
    if (opened === total && !one.hasLoss && !other.hasLoss) return 'whole';
    if (opened > 0) return 'partial';
    if (this.hello === null || (this.answer === null && this.serverHello === null)) return 'no-hello';
    if (this.isUnsupported) return 'unsupported';
    return this.hadProtection && one.passedRecords + other.passedRecords === 0 ? 'wrong-key' : 'no-key';
  }

  // Plaintext

  private holdEarly(view: Uint8Array, start: number, end: number, packet: number, at: number): void {
    if (this.earlyData === 'offered') this.earlyData = 'sent';
    if (this.earlyBytes + end - start > MAX_EARLY_BYTES) {
      this.anomaly(this.client, 'tls-early-data-too-long', packet);
      return;
    }
    this.earlyBytes += end - start;
    this.early.push({ bytes: copied(view, start, end), packet, at });
  }

  private targetOf(direction: Direction): InOrder {
    if (this.target === null) {
      this.target = this.listener.plaintext();
      // The other direction may have ended before this one said its first.
      for (const each of [this.one, this.other]) {
        if (each.endedHow !== null) this.endTarget(each, each.endedHow, each.endPacket, each.endNs);
        else if (each.closeNotify === 'seen') this.endTarget(each, 'fin', each.tally.lastPacket, each.tally.lastNs);
      }
    }
    return direction === this.client ? this.target.client : this.target.server;
  }

  private endTarget(direction: Direction, how: EndOfDirection, packet: number, at: number): void {
    if (this.target === null || direction.isTargetEnded) return;
    direction.isTargetEnded = true;
    this.targetOf(direction).end(how, packet, at);
  }

  private get client(): Direction {
    return this.clientIsFirst === false ? this.other : this.one;
  }

  private get server(): Direction {
    return this.clientIsFirst === false ? this.one : this.other;
  }
}

function closeNotifyOf(direction: Direction): 'seen' | 'probable' | 'none' | 'unknown' {
  const { closeNotify, hasEnded, hasLoss, tally } = direction;
  if (closeNotify === 'seen') return 'seen';
  const isLastAlert = tally.lastType === ALERT && closeNotify === 'encrypted';
  if (isLastAlert || (hasEnded && tally.endsInAlertShape && tally.applicationRecords > 0)) return 'probable';
  if (hasLoss || !hasEnded || tally.endsInAlertShape) return 'unknown';
  return 'none';
}
