/** What a classic pcap file begins with. draft-ietf-opsawg-pcap §4. */

/** See the head of pcap-variant. */
export const PCAP_MAGIC = {
  microseconds: 0xa1b2c3d4,
  nanoseconds: 0xa1b23c4d,
  modified: 0xa1b2cd34,
  ixiaNanoseconds: 0x1c0001ac,
  ixiaMicroseconds: 0x1c0001ab,
} as const;
const MAGICS: ReadonlySet<number> = new Set(Object.values(PCAP_MAGIC));

/** The major version of all that is written today. */
export const PCAP_MAJOR_VERSION = 2;

/** Whether these four bytes open a classic pcap file, and in which byte order; `null` when they do not. */
export function pcapByteOrder(view: DataView, at: number): 'little' | 'big' | null {
  if (MAGICS.has(view.getUint32(at, true))) return 'little';
  if (MAGICS.has(view.getUint32(at, false))) return 'big';
  return null;
}
