/** The bytes that -x, -xx, -X and -XX of tcpdump print, and -x of tshark and Wireshark's exports. */

/** A packet's bytes from its IP header on, and where that stood in what was printed. */
export interface DumpedPacket {
  readonly bytes: Uint8Array;
  /** Bytes of the link header before it; 0: none was printed. */
  readonly linkBytes: number;
  /** All that was printed, the link header included. */
  readonly whole: Uint8Array;
}

/** `\t0x0010:  0a00 000a` with its characters behind two blanks, or `0010  0a 00 00 0a`. */
const LINE = /^\s*(?:0x)?([0-9a-f]{4,5}):?\s{1,3}((?:[0-9a-f]{2}[0-9a-f]{0,2} ?){1,16})(?:\s|$)/i;
const BYTES_PER_LINE = 16;
/** Link headers that IP stands behind: none, Ethernet, cooked, a tag more, BSD's loopback. */
const LINK_HEADERS: readonly number[] = [0, 14, 16, 20, 18, 4, 22];
const TCP = 6;

/** The bytes that the lines dump; empty: they dump none. */
export function dumpedBytes(lines: readonly string[]): Uint8Array {
  const bytes: number[] = [];
  for (const line of lines) {
    const match = LINE.exec(line);
    if (match === null) {
      // Some tickets put an empty line behind every line.
      if (bytes.length > 0 && line.trim() !== '') break;
      continue;
    }
    // A line that does not go on where the one before ended is none of this packet's.
    if (Number.parseInt(match[1] ?? '', 16) !== bytes.length) break;
    const digits = (match[2] ?? '').replaceAll(' ', '').slice(0, 2 * BYTES_PER_LINE);
    for (let at = 0; at + 2 <= digits.length; at += 2) bytes.push(Number.parseInt(digits.slice(at, at + 2), 16));
    if (digits.length < 2 * BYTES_PER_LINE) break;
  }
  return Uint8Array.from(bytes);
}

/**
 * Finds the IP datagram in what was dumped; `null`: there is none that makes sense.
 *
 * @param ports What TCP's ports must be, where they are known: then it must be a TCP segment.
 */
export function datagramIn(
  whole: Uint8Array,
  ports: readonly [source: number | null, destination: number | null] | null,
): DumpedPacket | null {
  for (const linkBytes of LINK_HEADERS) {
    const bytes = whole.subarray(linkBytes);
    const headerBytes = ipHeaderBytes(bytes);
    if (headerBytes === null) continue;
    if (ports === null ? !isSurelyIp(bytes, headerBytes) : !hasPorts(bytes, headerBytes, ports)) continue;
    return { bytes, linkBytes, whole };
  }
  return null;
}

/** Length of the IP header that the bytes begin with; `null`: they do not begin with one. */
function ipHeaderBytes(bytes: Uint8Array): number | null {
  const [first = 0] = bytes;
  if (first >>> 4 === 6) return bytes.length >= 40 ? 40 : null;
  const length = (first & 15) * 4;
  if (first >>> 4 !== 4 || length < 20 || bytes.length < length) return null;
  // What a trailer pads is longer than the total length says, what was cut is shorter; 0 is a segment not yet cut up.
  const total = word(bytes, 2);
  return total === 0 || total >= length ? length : null;
}

/** Whether what looks like an IP header is one: its checksum is right (RFC 791 §3.1), or it is as long as what follows. */
function isSurelyIp(bytes: Uint8Array, headerBytes: number): boolean {
  if ((bytes[0] ?? 0) >>> 4 === 6) return word(bytes, 4) === bytes.length - headerBytes;
  let sum = 0;
  for (let at = 0; at < headerBytes; at += 2) sum += word(bytes, at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum === 0xffff;
}

function hasPorts(bytes: Uint8Array, headerBytes: number, ports: readonly [number | null, number | null]): boolean {
  const protocol = headerBytes === 40 && (bytes[0] ?? 0) >>> 4 === 6 ? bytes[6] : bytes[9];
  if (protocol !== TCP || bytes.length < headerBytes + 20) return false;
  return ports.every((port, at) => port === null || word(bytes, headerBytes + 2 * at) === port);
}

function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
