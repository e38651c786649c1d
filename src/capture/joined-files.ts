import { PCAP_MAJOR_VERSION, pcapByteOrder } from './pcap-magic.js';
import { SECTION_HEADER } from './pcapng/block.js';
import { SECTION_BYTE_ORDER_BYTES, sectionByteOrder } from './pcapng/section-header.js';

/** What is said where a capture that cannot be read on with begins within a file. */
export const JOINED_FILES =
  'a second capture begins here, in another format or of another link type; to put captures together, try: mergecap -w OUT.pcapng FILES';

/** Of a pcap file: where its major version stands. */
const PCAP_VERSION = 4;

/** Bytes that tell a pcap file; pcapng takes SECTION_BYTE_ORDER_BYTES. */
const PCAP_BYTES = 8;

/** Whether a pcap or pcapng file begins at `at`, as far as what is held up to `end` tells. */
export function beginsCapture(view: DataView, at: number, end: number): boolean {
  if (at + PCAP_BYTES > end) return false;
  const order = pcapByteOrder(view, at);
  if (order !== null) return view.getUint16(at + PCAP_VERSION, order === 'little') === PCAP_MAJOR_VERSION;
  if (at + SECTION_BYTE_ORDER_BYTES > end) return false;
  return view.getUint32(at) === SECTION_HEADER && sectionByteOrder(view, at) !== null;
}
