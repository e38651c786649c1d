/**
 * The beginning of one direction, until it is known what it speaks; from then on a window to the
 * decoder that reads it. A PROXY header before everything else is taken off on the way.
 */
import { copied } from '../bytes/copied.js';
import type { EndOfDirection, InOrder } from '../bytes/in-order.js';
import type { Beginning, BeginningKind } from '../facts/beginning.js';
import type { Side } from '../facts/endpoint.js';
import { beginningKindOf } from '../http/beginning.js';
import { ProxyHeaderReader } from '../http/proxy-protocol.js';
import { type FirstBytes, SNIFF_BYTES, sniff } from '../http/sniff.js';
import { beginsWithClientHello } from '../tls/client-hello-start.js';

/** Segments of one direction that may say nothing known before a connection seen from its start is given up. */
const MAX_UNKNOWN_SEGMENTS = 4;
/** Bytes held back while they may yet become something known: a request line with a method that nobody knows may be long. */
const MAX_HELD_BYTES = SNIFF_BYTES * 8;
/** The same where messages may begin with any segment: `HTTP/1.1 200` tells itself with 12 bytes, and a body must not be joined to the message behind it. */
const MAX_HELD_WITHIN = 12;

/** Who decides what first bytes mean. */
export interface OpeningOwner {
  /** Each segment is looked at though others said nothing: the capture began in the middle, or lost bytes. */
  readonly looksOn: boolean;
  /** No other protocol carries these bytes. */
  readonly isOutermost: boolean;
  /** Bytes are missing before what comes. */
  hasGap: boolean;
  /** What one direction's first bytes look like; false: nothing known. Where it is known, `settle` is called. */
  recognise(what: FirstBytes, isFirst: boolean, packet: number): boolean;
  /** A PROXY header begins a direction: its sender is the client. */
  beginsWithProxyHeader(isFirst: boolean): void;
  anomaly(name: string, from: Side, packet: number): void;
}

/** One direction of a connection until its protocol is known; see the head of this file. */
export class Opening implements InOrder {
  /** Bytes that no decoder took. */
  undecoded = 0;
  /** What the first bytes look like; `null`: none came, or some are missing before them. */
  beginningKind: BeginningKind | null = null;
  private beginPacket = 0;
  private beginAt = 0;
  private hasBegun = false;
  private target: InOrder | null = null;
  private proxy: ProxyHeaderReader | null = null;
  private held: Uint8Array | null = null;
  private heldPacket = 0;
  private heldAt = 0;
  private unknownSegments = 0;
  /** How the direction ended, and where; `null`: it goes on. */
  private ended: EndOfDirection | null = null;
  private endPacket = 0;
  private endAt = 0;

  constructor(
    private readonly owner: OpeningOwner,
    private readonly isFirst: boolean,
  ) {}

  /** The first bytes, and where they came; `null`: see {@link beginningKind}. */
  get beginning(): Beginning | null {
    const { beginningKind: kind, beginPacket: packet, beginAt: atNs } = this;
    return kind === null ? null : { kind, packet, atNs };
  }

  bytes(view: Uint8Array, start: number, end: number, packet: number, at: number): void {
    if (!this.hasBegun) this.begin(view, start, end, packet, at);
    const reader = this.target ?? this.proxy;
    if (reader !== null) reader.bytes(view, start, end, packet, at);
    else this.look(view, start, end, packet, at);
  }

  gap(length: number, packet: number, at: number): void {
    this.hasBegun = true;
    const reader = this.target ?? this.proxy;
    if (reader !== null) reader.gap(length, packet, at);
    else this.missed();
  }

  end(how: EndOfDirection, packet: number, at: number): void {
    if (this.target === null) this.proxy?.end(how, packet, at);
    this.ended = how;
    this.endPacket = packet;
    this.endAt = at;
    this.target?.end(how, packet, at);
  }

  /** Makes it as new, for the next connection. */
  reset(): void {
    this.undecoded = 0;
    this.beginningKind = null;
    this.hasBegun = false;
    this.target = null;
    this.proxy = null;
    this.held = null;
    this.unknownSegments = 0;
    this.ended = null;
  }

  /** Sends the direction to `target`, with the bytes held back so far, where `target` can make something of them. */
  settle(target: InOrder, takes: (firstByte: number) => boolean = takesAny): void {
    this.target = target;
    const { held } = this;
    this.held = null;
    if (held !== null && takes(held[0] ?? 0)) {
      this.undecoded -= held.length;
      target.bytes(held, 0, held.length, this.heldPacket, this.heldAt);
    }
    if (this.ended !== null) target.end(this.ended, this.endPacket, this.endAt);
  }

  private begin(view: Uint8Array, start: number, end: number, packet: number, at: number): void {
    this.hasBegun = true;
    // Layers within are another protocol's to tell, and the middle of a connection begins nothing.
    if (this.owner.looksOn || !this.owner.isOutermost) return;
    this.beginningKind = beginningKindOf(view, start, end);
    this.beginPacket = packet;
    this.beginAt = at;
  }

  private look(view: Uint8Array, start: number, end: number, packet: number, at: number): void {
    this.undecoded += end - start;
    if (this.unknownSegments > MAX_UNKNOWN_SEGMENTS && !this.owner.looksOn) {
      if (beginsWithClientHello(view, start, end)) this.decide(view, start, end, packet, at);
      return;
    }
    const { held, heldPacket, heldAt } = this;
    if (held === null) {
      this.decide(view, start, end, packet, at);
      return;
    }
    // What waited was the end of another protocol's preamble.
    if (beginsWithClientHello(view, start, end)) {
      this.held = null;
      this.decide(view, start, end, packet, at);
      return;
    }
    const joined = new Uint8Array(held.length + end - start);
    joined.set(held);
    joined.set(view.subarray(start, end), held.length);
    this.held = null;
    this.decide(joined, 0, joined.length, heldPacket, heldAt, held.length, packet, at);
  }

  /** Bytes before `seam` came with the packet named first, the rest with the one named last. */
  private decide(
    view: Uint8Array,
    start: number,
    end: number,
    firstPacket: number,
    firstAt: number,
    seam = 0,
    packet = firstPacket,
    at = firstAt,
  ): void {
    const what = sniff(view, start, end, this.owner.looksOn);
    if (what === 'incomplete' && end - start < (this.owner.looksOn ? MAX_HELD_WITHIN : MAX_HELD_BYTES)) {
      this.held = copied(view, start, end);
      this.heldPacket = firstPacket;
      this.heldAt = firstAt;
      return;
    }
    if ((what === 'proxy-v1' || what === 'proxy-v2') && this.proxy === null) this.takeProxyHeader();
    else if (!this.owner.recognise(what, this.isFirst, firstPacket)) {
      this.unknownSegments += 1;
      return;
    }
    const reader = this.target ?? this.proxy;
    if (reader === null) return;
    this.undecoded -= end - start;
    if (seam > 0) reader.bytes(view, start, start + seam, firstPacket, firstAt);
    reader.bytes(view, start + seam, end, packet, at);
  }

  private takeProxyHeader(): void {
    this.owner.beginsWithProxyHeader(this.isFirst);
    this.proxy = new ProxyHeaderReader(
      {
        proxyHeader: () => undefined,
        anomaly: (name, packet) => this.owner.anomaly(name, 'client', packet),
      },
      {
        bytes: (view, start, end, packet, at) => {
          if (this.target !== null) this.target.bytes(view, start, end, packet, at);
          else this.look(view, start, end, packet, at);
        },
        gap: (length, packet, at) => {
          if (this.target !== null) this.target.gap(length, packet, at);
          else this.missed();
        },
        end: () => undefined,
      },
    );
  }

  private missed(): void {
    this.held = null;
    this.owner.hasGap = true;
  }
}

function takesAny(): boolean {
  return true;
}
