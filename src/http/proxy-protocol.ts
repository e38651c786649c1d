/**
 * The PROXY protocol: who the client of a load balancer is, told before the first byte of the
 * connection's own protocol. Versions 1 (a line) and 2 (binary).
 * https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt
 */
import { ByteQueue } from '../bytes/byte-queue.js';
import { dataViewOf, textOf } from '../bytes/data-view.js';
import type { EndOfDirection, InOrder } from '../bytes/in-order.js';
import type { Endpoint } from '../facts/endpoint.js';
import { ipv4Text, ipv6Text } from '../text/address.js';
import { PROXY_V1_PREFIX, PROXY_V2_SIGNATURE, prefixOf } from './signatures.js';

/** Longest version 1 line with its line end, §2.1. */
export const MAX_PROXY_V1_BYTES = 107;

/** Signature, version and command, family, length: §2.2. */
const V2_HEADER = 16;

/** What a PROXY header says. */
export interface ProxyHeader {
  readonly version: 1 | 2;
  /** `local`: the proxy speaks for itself (a health check); then there are no addresses. */
  readonly command: 'proxy' | 'local';
  readonly transport: 'tcp4' | 'tcp6' | 'udp4' | 'udp6' | 'unix' | 'unknown';
  /** Who connected to the proxy, and to which of its addresses; `null` when it does not say. */
  readonly source: Endpoint | null;
  readonly destination: Endpoint | null;
  /** Bytes of the header, TLVs included. */
  readonly length: number;
}

/** A header; or more bytes are needed; or it begins like one and is none; or it does not even begin like one. */
export type ProxyHeaderOutcome = ProxyHeader | 'incomplete' | 'malformed' | 'none';

/** Reads a PROXY header of either version at the beginning of [start, end). */
export function readProxyHeader(view: Uint8Array, start: number, end: number): ProxyHeaderOutcome {
  const signature = prefixOf(view, start, end, PROXY_V2_SIGNATURE);
  if (signature === 'yes') return readVersion2(view, start, end);
  if (signature === 'maybe') return 'incomplete';
  const prefix = prefixOf(view, start, end, PROXY_V1_PREFIX);
  if (prefix === 'yes') return readVersion1(view, start, end);
  return prefix === 'maybe' ? 'incomplete' : 'none';
}

/** `PROXY TCP4 192.0.2.1 198.51.100.1 56324 443 CRLF`, §2.1. */
function readVersion1(view: Uint8Array, start: number, end: number): ProxyHeaderOutcome {
  const last = Math.min(end, start + MAX_PROXY_V1_BYTES);
  let lf = start;
  while (lf < last && view[lf] !== 0x0a) lf += 1;
  if (lf === last) return last - start < MAX_PROXY_V1_BYTES ? 'incomplete' : 'malformed';
  if (view[lf - 1] !== 0x0d) return 'malformed';
  const length = lf + 1 - start;
  const [, family, from, to, fromPort, toPort, ...more] = textOf(view, start, lf - 1).split(' ');
  const plain = { version: 1, command: 'proxy', length } as const;
  // §2.1: with UNKNOWN, whatever follows is to be ignored.
  if (family === 'UNKNOWN') return { ...plain, transport: 'unknown', source: null, destination: null };
  if ((family !== 'TCP4' && family !== 'TCP6') || more.length > 0) return 'malformed';
  const source = endpointOf(from, fromPort);
  const destination = endpointOf(to, toPort);
  if (source === null || destination === null) return 'malformed';
  return { ...plain, transport: family === 'TCP4' ? 'tcp4' : 'tcp6', source, destination };
}

function endpointOf(address: string | undefined, port: string | undefined): Endpoint | null {
  if (address === undefined || port === undefined) return null;
  if (!/^[0-9a-fA-F:.]{2,45}$/.test(address) || !/^\d{1,5}$/.test(port) || Number(port) > 65_535) return null;
  return { address, port: Number(port) };
}

const TRANSPORTS: ReadonlyMap<number, ProxyHeader['transport']> = new Map([
  [0x11, 'tcp4'],
  [0x12, 'udp4'],
  [0x21, 'tcp6'],
  [0x22, 'udp6'],
  [0x31, 'unix'],
  [0x32, 'unix'],
]);

/** The binary header, §2.2. */
function readVersion2(view: Uint8Array, start: number, end: number): ProxyHeaderOutcome {
  if (end - start < V2_HEADER) return 'incomplete';
  const data = dataViewOf(view);
  const versionAndCommand = data.getUint8(start + 12);
  if (versionAndCommand >>> 4 !== 2 || (versionAndCommand & 15) > 1) return 'malformed';
  const length = V2_HEADER + data.getUint16(start + 14);
  if (end - start < length) return 'incomplete';
  const family = data.getUint8(start + 13);
  const transport = TRANSPORTS.get(family) ?? 'unknown';
  const plain = { version: 2, transport, length } as const;
  const nobody = { source: null, destination: null };
  if ((versionAndCommand & 15) === 0) return { ...plain, command: 'local', ...nobody };
  const addresses = start + V2_HEADER;
  switch (transport) {
    case 'tcp4':
    case 'udp4':
      if (length < V2_HEADER + 12) return 'malformed';
      return {
        ...plain,
        command: 'proxy',
        source: { address: ipv4Text(data.getUint32(addresses)), port: data.getUint16(addresses + 8) },
        destination: { address: ipv4Text(data.getUint32(addresses + 4)), port: data.getUint16(addresses + 10) },
      };
    case 'tcp6':
    case 'udp6':
      if (length < V2_HEADER + 36) return 'malformed';
      return {
        ...plain,
        command: 'proxy',
        source: { address: ipv6At(data, addresses), port: data.getUint16(addresses + 32) },
        destination: { address: ipv6At(data, addresses + 16), port: data.getUint16(addresses + 34) },
      };
    default:
      return { ...plain, command: 'proxy', ...nobody };
  }
}

function ipv6At(data: DataView, at: number): string {
  return ipv6Text(data.getUint32(at), data.getUint32(at + 4), data.getUint32(at + 8), data.getUint32(at + 12));
}

/** Longest version 2 header that is waited for: its length field's largest value and the fixed part. */
export const MAX_PROXY_V2_BYTES = V2_HEADER + 65_535;

/** What the reader of a PROXY header tells. */
export interface ProxyHeaderListener {
  /** The header was read; its last byte came with `packet`. */
  proxyHeader(header: ProxyHeader, packet: number): void;
  /** What looked like a header is none, or bytes of it are missing. */
  anomaly(name: 'proxy-malformed-header' | 'proxy-header-lost', packet: number): void;
}

/**
 * Takes a PROXY header off the beginning of a direction and hands the rest to `next`.
 *
 * To be put before any reader of a client's bytes whose first ones `sniff` as `proxy-v1` or
 * `proxy-v2`; the HTTP/1 decoder does so by itself. What turns out to be no header goes to `next`
 * as it came.
 */
export class ProxyHeaderReader implements InOrder {
  private readonly queue = new ByteQueue(MAX_PROXY_V2_BYTES);
  private passing = false;
  private firstPacket = 0;
  private firstNs = 0;

  constructor(
    private readonly listener: ProxyHeaderListener,
    private readonly next: InOrder,
  ) {}

  bytes(view: Uint8Array, start: number, end: number, packet: number, at: number): void {
    if (this.passing) {
      this.next.bytes(view, start, end, packet, at);
      return;
    }
    const before = this.queue.length;
    if (before === 0) {
      this.firstPacket = packet;
      this.firstNs = at;
    }
    this.queue.append(view, start, end);
    const outcome = readProxyHeader(this.queue.bytes, 0, this.queue.length);
    if (outcome === 'incomplete') return;
    if (outcome === 'malformed' || outcome === 'none') {
      if (outcome === 'malformed') this.listener.anomaly('proxy-malformed-header', packet);
      this.passOn(before);
      this.next.bytes(view, start, end, packet, at);
      return;
    }
    this.passing = true;
    this.queue.clear();
    this.listener.proxyHeader(outcome, packet);
    const rest = start + (outcome.length - before);
    if (rest < end) this.next.bytes(view, rest, end, packet, at);
  }

  gap(length: number, packet: number, at: number): void {
    if (!this.passing) {
      this.listener.anomaly('proxy-header-lost', packet);
      this.passOn(0);
    }
    this.next.gap(length, packet, at);
  }

  end(how: EndOfDirection, packet: number, at: number): void {
    if (!this.passing) this.passOn(this.queue.length);
    this.next.end(how, packet, at);
  }

  /** Gives up: `length` bytes queued go to the next reader, and all that follows. */
  private passOn(length: number): void {
    this.passing = true;
    if (length > 0) this.next.bytes(this.queue.bytes, 0, length, this.firstPacket, this.firstNs);
    this.queue.clear();
  }
}
