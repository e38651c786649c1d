/** A capture cut into files that follow one another, as `tcpdump -C` and `dumpcap -b` write them. */

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE = 1;
/** Blocks that hold a packet: Packet (obsolete), Simple and Enhanced Packet. */
const PACKETS: ReadonlySet<number> = new Set([2, 3, 6]);
const LITTLE = 0x1a2b3c4d;
const PCAP_HEADER = 24;
const RECORD_HEADER = 16;

/** The files, no more than `count`, each with some of the packets. */
export function ringOf(capture: Buffer, count: number): Buffer[] {
  const pieces = capture.readUInt32BE(0) === SECTION_HEADER ? blocksOf(capture) : recordsOf(capture);
  const packets = pieces.filter(({ isPacket }) => isPacket).length;
  const perFile = Math.ceil(packets / count);
  const files: Buffer[][] = [];
  let header: Buffer[] = [];
  let left = 0;
  for (const { bytes, isPacket, isHeader } of pieces) {
    if (isHeader) header = [...header, bytes];
    if (isPacket && left === 0) {
      files.push([...header]);
      left = perFile;
    } else if (isHeader) {
      files.at(-1)?.push(bytes);
      continue;
    }
    if (isPacket) left -= 1;
    // What stands before the first packet and is no header goes with it.
    if (files.length === 0 && !isHeader) header = [...header, bytes];
    else if (!isHeader) files.at(-1)?.push(bytes);
  }
  return files.map((parts) => Buffer.concat(parts));
}

interface Piece {
  readonly bytes: Buffer;
  readonly isPacket: boolean;
  /** Each file begins with it. */
  readonly isHeader: boolean;
}

function blocksOf(capture: Buffer): Piece[] {
  const pieces: Piece[] = [];
  const isLittle = capture.readUInt32LE(8) === LITTLE;
  const word = (at: number) => (isLittle ? capture.readUInt32LE(at) : capture.readUInt32BE(at));
  for (let at = 0; at + 12 <= capture.length; ) {
    const type = word(at);
    const length = word(at + 4);
    pieces.push({
      bytes: capture.subarray(at, at + length),
      isPacket: PACKETS.has(type),
      isHeader: type === SECTION_HEADER || type === INTERFACE,
    });
    at += length;
  }
  return pieces;
}

function recordsOf(capture: Buffer): Piece[] {
  const isLittle = [0xa1b2c3d4, 0xa1b23c4d].includes(capture.readUInt32LE(0));
  const pieces: Piece[] = [{ bytes: capture.subarray(0, PCAP_HEADER), isPacket: false, isHeader: true }];
  for (let at = PCAP_HEADER; at + RECORD_HEADER <= capture.length; ) {
    const length = isLittle ? capture.readUInt32LE(at + 8) : capture.readUInt32BE(at + 8);
    const end = at + RECORD_HEADER + length;
    pieces.push({ bytes: capture.subarray(at, end), isPacket: true, isHeader: false });
    at = end;
  }
  return pieces;
}
