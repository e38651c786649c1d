/**
 * takes: the bytes of both directions in order, and a key log. gives: TLS facts; the plaintext, in order,
 * where keys are known. may: know records, handshakes and their cryptography. may not: know what is
 * spoken above or below.
 *
 * One connection's TLS. Both directions feed one session: hellos decide version and cipher suite, and
 * with them how records are protected; a ChangeCipherSpec (TLS 1.2) or the hello itself (TLS 1.3)
 * says from where. Without keys everything is told from what is in clear, and from lengths.
 *
 * It is one file because it is one session: what each message and record means depends on those before.
 */
import type { EndOfDirection, InOrder } from '../bytes/in-order.js';
import type { Side } from '../facts/endpoint.js';
import type { TlsFacts } from '../facts/tls.js';
import { CLOSE_NOTIFY, MIN_PROTECTED_ALERT_BYTES, readAlert } from './alert.js';
import { Alerts, closeNotifyOf } from './alerts.js';
import { Authentication } from './authentication.js';
import { type CertificateChain, readCertificates, readCompressedCertificates } from './certificate.js';
import { type ClientHello, readClientHello, readSsl2ClientHello } from './client-hello.js';
import { ALERT, APPLICATION_DATA, HANDSHAKE } from './content-type.js';
import type { DeferredTags } from './decryption/deferred-tags.js';
import { decryptionOf } from './decryption-outcome.js';
import { Direction, type DirectionOwner } from './direction.js';
import { EarlyData } from './early-data.js';
import { HandshakeEnd } from './handshake-end.js';
import * as handshake from './handshake-type.js';
import { Hellos } from './hellos.js';
import type { KeyLog } from './key-log.js';
import type { TlsListener } from './listener.js';
import { PlaintextTarget } from './plaintext-target.js';
import { readEncryptedExtensions, readServerHello, type ServerHello } from './server-hello.js';
import { SessionKeys } from './session-keys.js';
import { UnopenedRecords } from './unopened-records.js';
import { isTls13 } from './version.js';

/** See the head of this file. */
export class TlsDecoder implements DirectionOwner {
  private readonly one: Direction;
  private readonly other: Direction;

  private readonly hellos = new Hellos();
  private readonly keys: SessionKeys;
  private readonly early = new EarlyData();
  private readonly end = new HandshakeEnd();
  private resumption: TlsFacts['resumption'] = null;
  private readonly authentication = new Authentication();
  private readonly alerts = new Alerts();
  private readonly target: PlaintextTarget;
  private readonly unopened: UnopenedRecords;

  /**
   * @param clientIsFirst Which direction the client's is; `null`: not known, as where the capture begins
   * in the middle. Then `first` stands for the client until the facts are asked for.
   * @param firstBeginsUnseen, secondBeginsUnseen The direction may begin in the middle of a record.
   * @param tags Takes tags of records to check them later; `null`: each is checked at once.
   */
  constructor(
    private readonly listener: TlsListener,
    keyLog: KeyLog,
    private readonly clientIsFirst: boolean | null,
    firstBeginsUnseen: boolean,
    secondBeginsUnseen: boolean,
    tags: DeferredTags | null = null,
  ) {
    this.keys = new SessionKeys(keyLog, tags);
    this.one = new Direction(this, firstBeginsUnseen);
    this.other = new Direction(this, secondBeginsUnseen);
    this.target = new PlaintextTarget(listener, this.one, this.other, this.client);
    this.unopened = new UnopenedRecords(this.client, this.hellos, this.keys, this.end, this.alerts);
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
    // Without a hello `one` stood for the client so far.
    const isTurned = client !== this.client;
    const opened = client.openedRecords + server.openedRecords;
    return {
      clientHello: this.hellos.client,
      serverHello: this.hellos.server,
      helloRetryRequest: this.hellos.retryRequest,
      resumption: this.resumption,
      earlyData: this.early.state,
      echOutcome:
        this.hellos.client?.offersEch !== true
          ? 'not-offered'
          : this.hellos.is13 && server.openedRecords > 0
            ? 'not-accepted'
            : 'unknown',
      ...this.authentication.facts(isTurned, this.end.hasEmptyCertificateShape),
      finished: this.end.packets(isTurned),
      finishedNs: this.end.times(isTurned),
      ...this.alerts.facts(client, server, isTurned),
      client: client.tally.facts(closeNotifyOf(client), client.unfinishedBytes),
      server: server.tally.facts(closeNotifyOf(server), server.unfinishedBytes),
      turns: opened > 0 ? null : this.unopened.facts(),
      decryption: decryptionOf(client, server, this.keys, this.hellos.server !== null),
      openedRecords: opened,
      protectedRecords: client.protectedRecords + server.protectedRecords,
      inner: null,
    };
  }

  // Records

  mayOpen(direction: Direction): boolean {
    return this.keys.mayOpen(direction, direction === this.client);
  }

  isProtected(direction: Direction, contentType: number, length: number): boolean {
    if (contentType === APPLICATION_DATA) return true;
    if (this.hellos.is13) return false;
    // An alert tells by its length that it is protected, though its ChangeCipherSpec was not seen.
    return direction.hasChangedCipher || (contentType === ALERT && length >= MIN_PROTECTED_ALERT_BYTES);
  }

  missedChangeCipherSpec(direction: Direction): void {
    if (this.hellos.server === null || this.hellos.is13) return;
    direction.hasChangedCipher = true;
    direction.hasMissedChangeCipherSpec = true;
    direction.resetHandshake();
  }

  protectedRecord(direction: Direction, contentType: number, length: number, packet: number, at: number): void {
    const isClient = direction === this.client;
    if (this.hellos.is13) {
      if (isClient) this.end.clientRecord(this.server, length, this.keys.finishedLength, packet, at);
      return;
    }
    if (this.keys.answer === null && isClient && this.early.isOpen && contentType === APPLICATION_DATA) {
      this.early.seen();
      return;
    }
    // RFC 5246 §7.4.9: what a side sends first under its new keys is Finished.
    if (contentType === HANDSHAKE) this.end.finish(isClient, packet, at);
  }

  closed(direction: Direction, contentType: number, length: number, packet: number, at: number): void {
    this.unopened.record(direction, contentType, length, packet, at);
  }

  alert(direction: Direction, level: number, description: number, isOpened: boolean, packet: number, at: number): void {
    const alert = readAlert(level, description);
    if (alert === null) {
      this.anomaly(direction, 'tls-malformed-alert', packet);
      return;
    }
    this.alerts.add(this.sideOf(direction), { basis: isOpened ? 'decrypted' : 'clear', ...alert }, packet, at);
    if (description !== CLOSE_NOTIFY) return;
    direction.closeNotify = 'seen';
    this.target.end(direction, 'fin', packet, at);
  }

  changeCipherSpec(direction: Direction, packet: number, _at: number): void {
    if (this.hellos.is13) return;
    direction.hasChangedCipher = true;
    direction.resetHandshake();
    const isClient = direction === this.client;
    if (this.keys.answer === null) return;
    if (!isClient) this.resumption ??= this.resumptionBefore(direction);
    const wasOpen = direction.opener !== null;
    // A renegotiation whose keys are not known closes what was open.
    if (!this.keys.change(direction, isClient) && wasOpen) {
      this.anomaly(direction, 'tls-no-key-after-renegotiation', packet);
    }
  }

  plaintext(direction: Direction, view: Uint8Array, start: number, end: number, packet: number, at: number): void {
    if (direction === this.client && this.early.isWithheld && this.keys.isEarly(direction)) {
      if (!this.early.hold(view, start, end, packet, at)) this.anomaly(direction, 'tls-early-data-too-long', packet);
      return;
    }
    if (!direction.isTargetEnded) this.target.of(direction).bytes(view, start, end, packet, at);
  }

  plaintextLost(direction: Direction, length: number, packet: number, at: number): void {
    // Before Finished it was the handshake that was lost.
    if (!this.end.isFinished(direction === this.client) && !direction.hasMissedChangeCipherSpec) return;
    if (!direction.isTargetEnded) this.target.of(direction).gap(length, packet, at);
  }

  ended(direction: Direction, how: EndOfDirection, packet: number, at: number): void {
    if (direction === this.client && this.early.isHolding) {
      this.anomaly(direction, 'tls-early-data-undecided', packet);
      this.early.drop();
    }
    this.target.end(direction, how, packet, at);
  }

  anomaly(direction: Direction, name: string, packet: number): void {
    this.listener.anomaly(name, this.sideOf(direction), packet);
  }

  ssl2(direction: Direction, view: Uint8Array, start: number, end: number, packet: number, at: number): void {
    const type = view[start];
    if (direction === this.client && type === handshake.CLIENT_HELLO) {
      const hello = readSsl2ClientHello(view, start, end);
      if (hello === null) this.anomaly(direction, 'tls-malformed-client-hello', packet);
      else this.takeClientHello(hello, end - start, packet, packet, at);
      return;
    }
    if (direction === this.client || type !== handshake.SSL2_SERVER_HELLO || this.hellos.client?.format !== 'ssl2') {
      this.anomaly(direction, 'tls-malformed-record', packet);
      direction.stop();
      return;
    }
    // RFC 6101 appendix E: a server that answers in kind speaks SSL 2.0, of which nothing more is read.
    this.hellos.agreeOnSsl2(packet, at);
    this.keys.isUnsupported = true;
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
    this.listener.handshakeMessage?.(type, firstPacket, packet);
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
        this.takeCertificates(direction, readCertificates(view, start, end, this.hellos.is13), packet);
        break;
      case handshake.COMPRESSED_CERTIFICATE:
        this.takeCertificates(direction, readCompressedCertificates(view, start, end), packet);
        break;
      case handshake.CERTIFICATE_REQUEST:
        this.authentication.request();
        break;
      case handshake.SERVER_HELLO_DONE:
        this.authentication.endServerFlight(direction);
        break;
      case handshake.END_OF_EARLY_DATA:
        this.early.accept(() => this.target.of(direction));
        this.early.end();
        direction.opener?.advance();
        break;
      case handshake.FINISHED:
        this.end.finish(isClient, packet, at);
        // RFC 8446 §4.5: a client whose early data is taken says EndOfEarlyData before it.
        if (isClient && this.early.isHolding && !direction.hasLoss) this.early.reject();
        if (isClient) this.early.end();
        // RFC 8446 §4.3.2: a server that authenticates by a key it shares sends no Certificate behind which to tell.
        if (!isClient && this.hellos.is13) this.authentication.isNotRequested(direction);
        // RFC 8446 §4.4.4: it is the last record under the handshake keys.
        if (this.hellos.is13) direction.opener?.advance();
        break;
      case handshake.KEY_UPDATE:
        this.keys.update(direction, isClient);
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
    this.hellos.begin(hello, bytes, firstPacket, lastPacket, at);
    if (!this.keys.begin(hello)) return;
    if (hello.facts.offersEarlyData) this.early.offer();
    if (this.keys.answer !== null) this.useKeys();
  }

  private takeServerHello(hello: ServerHello, packet: number, at: number): void {
    if (hello.isRetryRequest) {
      this.hellos.retry(hello, packet);
      // RFC 8446 §4.2.10: early data is refused by it.
      this.early.reject();
      this.early.end();
      this.client.dropHeld();
      return;
    }
    const isFirst = this.hellos.server === null;
    this.hellos.agree(hello, packet, at);
    this.keys.agree(hello);
    const is13 = isTls13(hello.version);
    if (is13 && isFirst) this.resumption = hello.usesPreSharedKey ? 'psk' : 'full';
    if (!is13 || !hello.usesPreSharedKey) this.early.reject();
    if (this.keys.hello !== null) this.useKeys();
  }

  /** The hellos are complete: what waited for them is opened, if there are keys. */
  private useKeys(): void {
    for (const direction of [this.server, this.client]) {
      this.keys.find(direction, direction === this.client);
      direction.releaseHeld();
    }
  }

  private takeEncryptedExtensions(view: Uint8Array, start: number, end: number): void {
    const extensions = readEncryptedExtensions(view, start, end);
    if (extensions === null) return;
    this.hellos.chooseAlpn(extensions.alpn);
    if (extensions.acceptsEarlyData) this.early.accept(() => this.target.of(this.client));
    else this.early.reject();
  }

  private takeCertificates(direction: Direction, chain: CertificateChain | null, packet: number): void {
    const isClient = direction === this.client;
    this.authentication.certificates(direction, isClient, this.hellos.is13, chain);
    if (chain === null || chain.flawed) this.anomaly(direction, 'tls-unreadable-certificate', packet);
  }

  /** What a server's ChangeCipherSpec tells by what came before it, in TLS 1.2 and before; `null` where something may have been lost. */
  private resumptionBefore(server: Direction): TlsFacts['resumption'] {
    if (this.authentication.sawServerFlight) return 'full';
    const { hello } = this.keys;
    if (hello === null || server.hasLoss) return null;
    return hello.hasTicket ? 'ticket' : 'session-id';
  }

  private sideOf(direction: Direction): Side {
    return direction === this.client ? 'client' : 'server';
  }

  private get client(): Direction {
    return this.clientIsFirst === false ? this.other : this.one;
  }

  private get server(): Direction {
    return this.clientIsFirst === false ? this.one : this.other;
  }
}
