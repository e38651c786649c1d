/**
 * What stands before the IP header of a packet that was made of a text: what the text says of the
 * link, and which fields it says at all. The bytes of those that it does not say are 0 and mean
 * nothing; who reads them asks here first.
 */
import type { CaptureDirection } from '../../facts/segment-evidence.js';

/** Which fields a text says, as bits. */
export const SAID = {
  ttl: 1,
  ipId: 2,
  /** Flags and offset of fragments, and the total length. */
  fragment: 4,
  trafficClass: 8,
  tcpChecksum: 16,
  mac: 32,
  macTo: 64,
  vlan: 128,
  /** All of the IP and TCP headers: their bytes were printed. */
  bytes: 256,
  /** Nothing but that there was a packet: no IP header follows. */
  nothing: 512,
  /** An ARP message follows, and no IP header. */
  arp: 1024,
} as const;

/** Offsets of the header's fields; all are big-endian. */
export const PRINTED = { said: 0, direction: 2, interfaceIndex: 4, vlan: 6, mac: 8, macTo: 14 } as const;
/** What the fields take up together. */
export const PRINTED_HEADER_BYTES = 20;

/** By what the field `direction` holds. */
export const DIRECTIONS: readonly CaptureDirection[] = [null, 'inbound', 'outbound'];

/** What a text says of the link. */
export interface PrintedLink {
  readonly direction: CaptureDirection;
  /** 0: the text names no interface. */
  readonly interfaceIndex: number;
  /** Six bytes each, and a VLAN id; `null`: not said. */
  readonly mac: readonly number[] | null;
  readonly macTo: readonly number[] | null;
  readonly vlan: number | null;
}

/** Writes the header. @param said Bits of {@link SAID} but those of the link, which are set here. */
export function printedHeader(said: number, { direction, interfaceIndex, mac, macTo, vlan }: PrintedLink): Buffer {
  const header = Buffer.alloc(PRINTED_HEADER_BYTES);
  const ofLink = (mac === null ? 0 : SAID.mac) | (macTo === null ? 0 : SAID.macTo) | (vlan === null ? 0 : SAID.vlan);
  header.writeUInt16BE(said | ofLink, PRINTED.said);
  header[PRINTED.direction] = DIRECTIONS.indexOf(direction);
  header.writeUInt16BE(interfaceIndex & 0xffff, PRINTED.interfaceIndex);
  header.writeUInt16BE(vlan ?? 0, PRINTED.vlan);
  if (mac !== null) header.set(mac, PRINTED.mac);
  if (macTo !== null) header.set(macTo, PRINTED.macTo);
  return header;
}
