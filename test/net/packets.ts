/** Hand-made packets, and a decoder that notes what it was given and refuses to read outside the packet. */
import { expect } from 'vitest';
import { emptyPacket } from '../../src/capture/packet.js';
import type { CaptureDirection } from '../../src/facts/segment-evidence.js';
import { ACK, PSH } from '../../src/facts/tcp-flags.js';
import { PacketDecoder } from '../../src/net/decoder.js';
import type { NameAnswer, PresenceSign, QuotedSegment, SegmentView } from '../../src/net/segment.js';

/** Numbers are bytes, strings Latin-1. */
export type Part = number | string | Uint8Array;

export function bytes(...parts: readonly Part[]): Uint8Array {
  return Buffer.concat(
    parts.map((part) =>
      typeof part === 'number' ? Buffer.of(part) : typeof part === 'string' ? Buffer.from(part, 'latin1') : part,
    ),
  );
}

export function u16(value: number): Uint8Array {
  return Uint8Array.of((value >>> 8) & 255, value & 255);
}

export function u32(value: number): Uint8Array {
  return bytes(u16(value >>> 16), u16(value & 0xffff));
}

/** Little-endian. */
export function le16(value: number): Uint8Array {
  return u16(value).reverse();
}

export function le32(value: number): Uint8Array {
  return u32(value).reverse();
}

export function zeros(length: number): Uint8Array {
  return new Uint8Array(length);
}

const LINKTYPE_ETHERNET = 1;
export const LINKTYPE_IPV4 = 228;
export const LINKTYPE_IPV6 = 229;

/** 192.0.2.1 asks 198.51.100.2: above 2³¹, where signed arithmetic would show. */
export const CLIENT = 0xc0000201;
export const SERVER = 0xc6336402;

export const CLIENT_MAC = Uint8Array.of(0xf2, 0, 0, 0xfe, 0xdc, 0xba);
export const CLIENT_MAC_NUMBER = 0xf20000fedcba;
export const OTHER_MAC = Uint8Array.of(2, 0, 0, 0, 0, 0x0b);

export interface TcpOptions {
  readonly source?: number;
  readonly destination?: number;
  readonly sequence?: number;
  readonly acknowledgement?: number;
  readonly flags?: number;
  readonly window?: number;
  readonly options?: Uint8Array;
  /** In words; by default what the options need. */
  readonly dataOffset?: number;
  readonly data?: Part;
}

export const REQUEST = 'GET / HTTP/1.1\r\n\r\n';

export function tcp(given: TcpOptions = {}): Uint8Array {
  const options = given.options ?? zeros(0);
  const dataOffset = given.dataOffset ?? 5 + options.length / 4;
  return bytes(
    u16(given.source ?? 54_321),
    u16(given.destination ?? 80),
    u32(given.sequence ?? 0x9000_0001),
    u32(given.acknowledgement ?? 0xa000_0002),
    dataOffset << 4,
    given.flags ?? PSH | ACK,
    u16(given.window ?? 502),
    zeros(4),
    options,
    given.data ?? REQUEST,
  );
}

export interface Ipv4Options {
  readonly protocol?: number;
  readonly source?: number;
  readonly destination?: number;
  readonly id?: number;
  readonly ttl?: number;
  /** Bytes. */
  readonly offset?: number;
  readonly more?: boolean;
  readonly options?: Uint8Array;
  /** Words; by default what the options need. */
  readonly headerLength?: number;
  readonly totalLength?: number;
}

export function ipv4(payload: Uint8Array = tcp(), given: Ipv4Options = {}): Uint8Array {
  const options = given.options ?? zeros(0);
  return bytes(
    0x40 | (given.headerLength ?? 5 + options.length / 4),
    0,
    u16(given.totalLength ?? 20 + options.length + payload.length),
    u16(given.id ?? 0x1234),
    u16((given.more ? 0x2000 : 0) | ((given.offset ?? 0) >>> 3)),
    given.ttl ?? 63,
    given.protocol ?? 6,
    zeros(2),
    u32(given.source ?? CLIENT),
    u32(given.destination ?? SERVER),
    options,
    payload,
  );
}

export interface Ipv6Options {
  readonly next?: number;
  readonly payloadLength?: number;
  readonly hopLimit?: number;
  readonly source?: Uint8Array;
  readonly destination?: Uint8Array;
}

/** 2001:db8::1 and f001:db8::2. */
export const CLIENT6 = bytes(u32(0x20010db8), zeros(11), 1);
export const SERVER6 = bytes(u32(0xf0010db8), zeros(11), 2);

export function ipv6(payload: Uint8Array = tcp(), given: Ipv6Options = {}): Uint8Array {
  return bytes(
    u32(0x6000_0000),
    u16(given.payloadLength ?? payload.length),
    given.next ?? 6,
    given.hopLimit ?? 61,
    given.source ?? CLIENT6,
    given.destination ?? SERVER6,
    payload,
  );
}

export function udp(source: number, destination: number, payload: Uint8Array, length = 8 + payload.length): Uint8Array {
  return bytes(u16(source), u16(destination), u16(length), zeros(2), payload);
}

export function ethernet(type: number, payload: Uint8Array, source: Uint8Array = CLIENT_MAC): Uint8Array {
  return bytes(OTHER_MAC, source, u16(type), payload);
}

/** 10.9.8.7 talks to 10.9.8.6 through a tunnel. */
export function tunnel(protocol: number, payload: Uint8Array): Uint8Array {
  return ipv4(payload, { protocol, source: 0x0a090807, destination: 0x0a090806, ttl: 9, id: 9 });
}

export function udpTunnel(port: number, payload: Uint8Array): Uint8Array {
  return tunnel(17, udp(49_152, port, payload));
}

/** LLC and SNAP with an EtherType. */
export function llcSnap(type: number, payload: Uint8Array): Uint8Array {
  return bytes(0xaa, 0xaa, 3, 0, 0, 0, u16(type), payload);
}

export interface Seen extends SegmentView {
  /** The captured payload, Latin-1. */
  readonly data: string;
}

export interface DecodeOptions {
  readonly linkType?: number;
  readonly originalLength?: number;
  readonly direction?: CaptureDirection;
  readonly atNs?: number;
}

/** Takes down what a decoder delivers. */
export class Notes {
  readonly segments: Seen[] = [];
  readonly quoted: QuotedSegment[] = [];
  readonly names: NameAnswer[] = [];
  readonly signs: PresenceSign[] = [];
  readonly quicInitials: Uint8Array[] = [];
  readonly decoder = new PacketDecoder({
    segment: (segment) => {
      expect(segment.payloadStart).toBeLessThanOrEqual(segment.payloadEnd);
      expect(segment.payloadEnd).toBeLessThanOrEqual(segment.buffer.length);
      expect(segment.payloadLength).toBeGreaterThanOrEqual(segment.payloadEnd - segment.payloadStart);
      const data = Buffer.from(segment.buffer.subarray(segment.payloadStart, segment.payloadEnd)).toString('latin1');
      this.segments.push({ ...segment, data });
    },
    quoted: (quoted) => this.quoted.push({ ...quoted }),
    name: (answer) => this.names.push(answer),
    presence: (sign) => this.signs.push(sign),
    quicInitial: (buffer, start, end) => this.quicInitials.push(Uint8Array.from(buffer.subarray(start, end))),
  });
  private packets = 0;

  /** Decodes a packet that lies between foreign bytes; to read those is an error. */
  decode(packet: Uint8Array, options: DecodeOptions = {}): this {
    const margin = 64;
    const buffer = new Uint8Array(packet.length + 2 * margin).fill(0x45);
    buffer.set(packet, margin);
    const view = emptyPacket();
    this.packets += 1;
    view.number = this.packets;
    view.reference = this.packets;
    view.atNs = options.atNs ?? this.packets * 1000;
    view.linkType = options.linkType ?? LINKTYPE_ETHERNET;
    view.direction = options.direction ?? null;
    view.buffer = buffer;
    view.view = new GuardedView(buffer, margin, margin + packet.length);
    view.start = margin;
    view.end = margin + packet.length;
    view.originalLength = options.originalLength ?? packet.length;
    this.decoder.decode(view);
    return this;
  }

  /** The only segment. */
  get segment(): Seen {
    expect([...this.decoder.anomalies.keys()]).toEqual([]);
    expect(this.segments).toHaveLength(1);
    return this.segments[0] as Seen;
  }
}

export function decode(packet: Uint8Array, options: DecodeOptions = {}): Notes {
  return new Notes().decode(packet, options);
}

/** What is asserted of every way to the same request: its ports, its payload, its client. */
export const THE_REQUEST = {
  family: 4,
  source0: CLIENT,
  destination0: SERVER,
  sourcePort: 54_321,
  destinationPort: 80,
  sequence: 0x9000_0001,
  data: REQUEST,
  payloadLength: REQUEST.length,
};

export function expectRequest(packet: Uint8Array, linkType = LINKTYPE_ETHERNET): Seen {
  const { segment } = decode(packet, { linkType });
  expect(segment).toMatchObject(THE_REQUEST);
  expectSafeAtEveryLength(packet, linkType);
  return segment;
}

/**
 * Cuts the packet at each length, once as the snap length does and once as a sender would: never an
 * exception, never a byte from outside, and never a payload that was not there.
 */
export function expectSafeAtEveryLength(packet: Uint8Array, linkType = LINKTYPE_ETHERNET): void {
  for (let length = 0; length < packet.length; length += 1) {
    const cut = packet.subarray(0, length);
    for (const originalLength of [packet.length, length]) {
      for (const segment of decode(cut, { linkType, originalLength }).segments) {
        expect(REQUEST.startsWith(segment.data)).toBe(true);
        expect(segment.payloadLength).toBeLessThanOrEqual(REQUEST.length);
      }
    }
  }
}

/** `DataView` in the one form used here; its own constructor type is too general to extend. */
const ByteView: new (buffer: ArrayBufferLike) => DataView = DataView;

class GuardedView extends ByteView {
  constructor(
    buffer: Uint8Array,
    private readonly from: number,
    private readonly to: number,
  ) {
    super(buffer.buffer);
  }

  private guard(at: number, length: number): void {
    if (at < this.from || at + length > this.to)
      throw new Error(`read ${at}+${length}, packet ${this.from}-${this.to}`);
  }

  override getUint8(at: number): number {
    this.guard(at, 1);
    return super.getUint8(at);
  }

  override getUint16(at: number, littleEndian?: boolean): number {
    this.guard(at, 2);
    return super.getUint16(at, littleEndian);
  }

  override getUint32(at: number, littleEndian?: boolean): number {
    this.guard(at, 4);
    return super.getUint32(at, littleEndian);
  }
}
