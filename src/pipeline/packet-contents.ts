/**
 * What begins in each packet of a conversation or is completed by it: TLS records and handshake
 * messages, frames of HTTP/2 and WebSocket, HTTP messages.
 *
 * Records and frames are read a second time, by readers that see what the conversation's own
 * decoders see; messages, alerts and what else the facts tell are taken from there at the end.
 */
import type { InOrder } from '../bytes/in-order.js';
import type { Connection, Protocol } from '../facts/connection.js';
import type { PacketContent } from '../facts/packet-detail.js';
import type { PacketReference } from '../facts/packet-reference.js';
import type { TlsFacts } from '../facts/tls.js';
import { FLAG, FRAME, type FrameHeader, LARGEST_FRAME_BYTES } from '../http/h2/frame.js';
import { FrameReader as H2FrameReader, type FrameSink as H2FrameSink } from '../http/h2/frame-reader.js';
import {
  type FrameHead,
  OPCODE,
  FrameReader as WebSocketFrameReader,
  type FrameSink as WebSocketFrameSink,
} from '../http/websocket/frame-reader.js';
import { APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE, HEARTBEAT } from '../tls/content-type.js';
import { RecordReader, type RecordSink } from '../tls/record-reader.js';
import type { LayerTap, Tapped } from './layer-owner.js';

/** Contents kept of one packet: a segment of small frames holds some hundred, and nobody reads them all. */
const MAX_PER_PACKET = 24;

/** Names of handshake messages by type. RFC 8446 §4, RFC 5246 §7.4, RFC 5077, RFC 8879. */
const HANDSHAKE_NAMES: ReadonlyMap<number, string> = new Map([
  [0, 'HelloRequest'],
  [1, 'ClientHello'],
  [2, 'ServerHello'],
  [4, 'NewSessionTicket'],
  [5, 'EndOfEarlyData'],
  [8, 'EncryptedExtensions'],
  [11, 'Certificate'],
  [12, 'ServerKeyExchange'],
  [13, 'CertificateRequest'],
  [14, 'ServerHelloDone'],
  [15, 'CertificateVerify'],
  [16, 'ClientKeyExchange'],
  [20, 'Finished'],
  [22, 'CertificateStatus'],
  [24, 'KeyUpdate'],
  [25, 'CompressedCertificate'],
]);

const H2_FRAME_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries({
    DATA: FRAME.data,
    HEADERS: FRAME.headers,
    PRIORITY: FRAME.priority,
    RST_STREAM: FRAME.rstStream,
    SETTINGS: FRAME.settings,
    PUSH_PROMISE: FRAME.pushPromise,
    PING: FRAME.ping,
    GOAWAY: FRAME.goAway,
    WINDOW_UPDATE: FRAME.windowUpdate,
    CONTINUATION: FRAME.continuation,
    ALTSVC: FRAME.altSvc,
    ORIGIN: FRAME.origin,
  }).map(([name, type]) => [type, name]),
);

const WEB_SOCKET_FRAME_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(OPCODE).map(([name, opcode]) => [opcode, name === 'continuation' ? 'Continuation' : capital(name)]),
);

/** See the head of this file. */
export class PacketContents implements LayerTap {
  private readonly byPacket = new Map<PacketReference, PacketContent[]>();

  layer(protocol: Protocol, clientIsFirst: boolean, isUnseen: boolean): Tapped | null {
    switch (protocol) {
      case 'tls':
        return { first: new RecordReader(this.records, isUnseen), second: new RecordReader(this.records, isUnseen) };
      case 'h2':
        return { first: this.h2Reader(isUnseen), second: this.h2Reader(isUnseen) };
      case 'websocket':
        return {
          first: new WebSocketFrameReader(this.webSocketFrames, clientIsFirst),
          second: new WebSocketFrameReader(this.webSocketFrames, !clientIsFirst),
        };
      default:
        return null;
    }
  }

  handshakeMessage(type: number, firstPacket: PacketReference, packet: PacketReference): void {
    const name = HANDSHAKE_NAMES.get(type) ?? `handshake message ${type}`;
    if (firstPacket !== packet) this.add(firstPacket, { kind: 'handshake', name: `${name} begins` });
    this.add(packet, { kind: 'handshake', name });
  }

  /** Adds what the facts tell, once they are made. */
  finish(connection: Connection): void {
    this.addMessages(connection);
    for (let tls = connection.tls; tls !== null; tls = tls.inner) this.addAlerts(tls);
  }

  /** In the order in which they are to be read. */
  of(packet: PacketReference): readonly PacketContent[] {
    const contents = this.byPacket.get(packet);
    if (contents === undefined) return NOTHING;
    const hasMessages = contents.some(({ kind }) => kind === 'handshake');
    const isOpened = contents.some(
      (content) => content.kind !== 'record' && (content.kind !== 'handshake' || !CLEAR_MESSAGES.has(content.name)),
    );
    const shown = contents.filter(
      (content) =>
        content.kind !== 'record' ||
        // A record whose content is shown needs no mention.
        !((content.name === APPLICATION_RECORD && isOpened) || (content.name === HANDSHAKE_RECORD && hasMessages)),
    );
    return cipherChangeInPlace(headsInPlace(shown).sort((one, other) => orderOf(one) - orderOf(other)));
  }

  /** Forgets a packet that is not kept. */
  forget(packet: PacketReference): void {
    this.byPacket.delete(packet);
  }

  private readonly records: RecordSink = {
    wants: () => false,
    record: () => undefined,
    passed: (contentType, length, packet) => this.addRecord(contentType, length, packet),
    damaged: (contentType, length, packet) => this.addRecord(contentType, length, packet),
    lost: () => undefined,
    ssl2: () => undefined,
    malformed: () => undefined,
    end: () => undefined,
  };

  private readonly h2Frames: H2FrameSink = {
    frame: (header) => this.addFrame(header),
    cutFrame: (header) => this.addFrame(header),
    dataBegins: (header) => this.addFrame(header),
    data: () => undefined,
    missedData: () => undefined,
    dataEnds: () => undefined,
    preface: (packet) => this.add(packet, { kind: 'frame', protocol: 'h2', name: 'preface', h2Stream: null, bytes: 0 }),
    anomaly: () => undefined,
    lost: () => undefined,
    ended: () => undefined,
  };

  private readonly webSocketFrames: WebSocketFrameSink = {
    frame: (head) => this.addWebSocketFrame(head),
    control: () => undefined,
    anomaly: () => undefined,
    ended: () => undefined,
  };

  private h2Reader(isUnseen: boolean): InOrder {
    const reader = new H2FrameReader(this.h2Frames, isUnseen);
    // What the peer allows is the decoder's business.
    reader.maxFrameBytes = LARGEST_FRAME_BYTES;
    return reader;
  }

  private addRecord(contentType: number, bytes: number, packet: PacketReference): void {
    // Alerts are told by the facts, which know what they say.
    const name = RECORD_NAMES.get(contentType);
    if (name !== undefined) this.add(packet, { kind: 'record', name, bytes });
  }

  private addFrame({ type, flags, stream, length, firstPacket }: FrameHeader): void {
    const name = H2_FRAME_NAMES.get(type) ?? `frame type ${type}`;
    this.add(firstPacket, {
      kind: 'frame',
      protocol: 'h2',
      name: `${name}${flagText(type, flags)}`,
      h2Stream: stream === 0 ? null : stream,
      bytes: length,
    });
  }

  private addWebSocketFrame({ opcode, length, packet }: FrameHead): void {
    const name = WEB_SOCKET_FRAME_NAMES.get(opcode) ?? `opcode ${opcode}`;
    this.add(packet, { kind: 'frame', protocol: 'websocket', name, h2Stream: null, bytes: length });
  }

  private addMessages({ exchanges }: Connection): void {
    for (const { request, interim, response, h2Stream } of exchanges) {
      if (request !== null) {
        const { method, target, version } = request;
        this.add(request.firstPacket, { kind: 'request', method, target, version, h2Stream });
      }
      const version = response?.version ?? request?.version ?? '';
      for (const { status, packet } of interim) {
        this.add(packet, { kind: 'response', status, reason: '', version, h2Stream });
      }
      if (response !== null) {
        const { status, reason } = response;
        this.add(response.firstPacket, { kind: 'response', status, reason, version, h2Stream });
      }
    }
  }

  private addAlerts({ alerts }: TlsFacts): void {
    for (const { packet, basis, level, name } of alerts) {
      const told = name ?? (basis === 'shape' ? 'probably an alert' : 'encrypted alert');
      this.add(packet, { kind: 'alert', level, name: told });
    }
  }

  private add(packet: PacketReference, content: PacketContent): void {
    const known = this.byPacket.get(packet);
    if (known === undefined) this.byPacket.set(packet, [content]);
    else if (known.length < MAX_PER_PACKET || content.kind !== 'frame') known.push(content);
  }
}

const NOTHING: readonly PacketContent[] = [];
const APPLICATION_RECORD = 'Application Data';
const HANDSHAKE_RECORD = 'Handshake';
const CIPHER_CHANGE = 'Change Cipher Spec';
const RECORD_NAMES: ReadonlyMap<number, string> = new Map([
  [CHANGE_CIPHER_SPEC, CIPHER_CHANGE],
  [HANDSHAKE, HANDSHAKE_RECORD],
  [APPLICATION_DATA, APPLICATION_RECORD],
  [HEARTBEAT, 'Heartbeat'],
]);

/** Messages that are readable without keys beside records that are not. */
const CLEAR_MESSAGES: ReadonlySet<string> = new Set(['ClientHello', 'ServerHello', 'ClientHello begins']);

/** HTTP/2 messages, which the facts tell last, in the place of the frames that carry their heads. */
function headsInPlace(contents: readonly PacketContent[]): PacketContent[] {
  const heads = new Map<number, PacketContent>();
  for (const content of contents) {
    if (content.kind !== 'request' && content.kind !== 'response') continue;
    if (content.h2Stream !== null && !heads.has(content.h2Stream)) heads.set(content.h2Stream, content);
  }
  const placed: PacketContent[] = [];
  for (const content of contents) {
    if (content.kind === 'frame' && content.h2Stream !== null && content.name.startsWith('HEADERS')) {
      const head = heads.get(content.h2Stream);
      heads.delete(content.h2Stream);
      placed.push(head ?? content);
    } else if (!placed.includes(content)) placed.push(content);
  }
  return placed;
}

/** Messages of TLS up to 1.2 that come before the ciphers change. */
const BEFORE_CHANGE: ReadonlySet<string> = new Set(['ServerHello', 'ClientKeyExchange', 'NewSessionTicket']);

/**
 * Change Cipher Spec before what it changes the ciphers for: Finished (RFC 5246 §7.1), and where TLS 1.3
 * sends it to look like that, all that is protected (RFC 8446 §D.4).
 */
function cipherChangeInPlace(contents: PacketContent[]): PacketContent[] {
  const change = contents.find((content) => content.kind === 'record' && content.name === CIPHER_CHANGE);
  if (change === undefined) return contents;
  const others = contents.filter((content) => content !== change);
  const names = others.map((content) => (content.kind === 'handshake' ? content.name : ''));
  const protectedAt = names.indexOf('EncryptedExtensions');
  const finishedAt = names.indexOf('Finished');
  if (protectedAt < 0 && finishedAt < 0) return contents;
  const isAfterOthers = names.some((name) => BEFORE_CHANGE.has(name));
  others.splice(protectedAt >= 0 ? protectedAt : isAfterOthers ? finishedAt : 0, 0, change);
  return others;
}

/** ` ACK`, ` END_STREAM`: the flags that say something to a reader. */
function flagText(type: number, flags: number): string {
  if ((type === FRAME.settings || type === FRAME.ping) && (flags & FLAG.ack) !== 0) return ' ACK';
  const ends = (type === FRAME.data || type === FRAME.headers) && (flags & FLAG.endStream) !== 0;
  return ends ? ' END_STREAM' : '';
}

/** Handshakes before what they protect; alerts last. */
function orderOf({ kind }: PacketContent): number {
  if (kind === 'handshake') return 0;
  if (kind === 'record') return 1;
  return kind === 'alert' ? 3 : 2;
}

function capital(word: string): string {
  return `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;
}
