/**
 * One packet as Wireshark and tshark print it in detail (-V, "Export as plain text"): a line for each
 * field, indented below its protocol. Of several headers of a kind the last counts, the innermost.
 */
import type { PrintedSegment } from './line.js';
import { optionBytes } from './tcp-options.js';
import { type PrintedTime, secondsNs, timeIn } from './time.js';

/** Ports and numbers of a segment. */
export interface ToldSegment {
  readonly ports: readonly [source: string, destination: string];
  readonly sequence: number;
  readonly acknowledgement: number | null;
  /** Bytes of payload. */
  readonly length: number;
}

/** A packet in detail. */
export interface Detail {
  /** `null`: nothing says when it was. */
  readonly time: PrintedTime | null;
  /** `null`: it is no TCP, or not all of what TCP's header needs is there. */
  readonly segment: PrintedSegment | null;
  /** What the line of TCP says, which stands there where the rest is folded; `null`: there is none. */
  readonly told: ToldSegment | null;
  /** The head of an HTTP message that begins in this packet, a line each; empty: none does. */
  readonly head: readonly string[];
}

const FRAME = /^\s*Frame (\d+)(?::| \()/;
const IP =
  /^Internet Protocol(?: Version [46])?, Src: (?:[^,]*\()?([^\s,()]+)\)?(?: \([^)]*\))?, Dst: (?:[^,]*\()?([^\s,()]+)\)?/;
const TCP =
  /^Transmission Control Protocol, Src Port: ([\w.+-]+)(?: \((\d+)\))?, Dst Port: ([\w.+-]+)(?: \((\d+)\))?(?:, Seq: (\d+))?(?:, Ack: (\d+))?(?:, Len: (\d+))?/;
const EPOCH = /^\s+Epoch (?:Arrival )?Time: (\d{1,11})\.(\d{1,9})/;
const ARRIVAL = /^\s+(?:UTC )?Arrival Time: ([A-Z][a-z]{2}) +(\d{1,2}), (\d{4}) (\d\d:\d\d:\d\d\.\d{1,9})/;
const SINCE_FIRST = /^\s+\[Time since reference or first frame: (\d{1,9})\.(\d{1,9}) seconds\]/;
const HTTP = /^Hypertext Transfer Protocol/;
/** What goes on from an earlier packet began there. */
const REASSEMBLED = /^\[\d+ Reassembled TCP Segments/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The number of the packet whose details begin in this line; `null`: none do. */
export function detailNumber(line: string): number | null {
  const number = FRAME.exec(line)?.[1];
  return number === undefined ? null : Number(number);
}

/** Whether a text has a packet of TCP in detail. */
export function isDetailed(lines: readonly string[]): boolean {
  return lines.some((line) => FRAME.test(line)) && lines.some((line) => TCP.test(line.trimStart()));
}

/**
 * Reads the lines of one packet.
 *
 * @param frame Its first one, indented as they are.
 * @param listedTime When it was by its line of the list; `null`: there is none.
 */
export function readDetail(frame: string, indented: readonly string[], listedTime: PrintedTime | null = null): Detail {
  const indentation = /^\s*/.exec(frame)?.[0] ?? '';
  const lines = indented.map((line) => (line.startsWith(indentation) ? line.slice(indentation.length) : line));
  const tcp = lastMatch(lines, TCP);
  const time = timeOf(lines) ?? listedTime;
  const head = headIn(lines);
  const told = tcp === null ? null : toldBy(tcp.match);
  return { time, segment: segmentIn(lines, time, tcp, head), told, head };
}

function toldBy([, from = '', fromNumber, to = '', toNumber, ...numbers]: RegExpExecArray): ToldSegment | null {
  const [sequence, acknowledgement, length] = numbers.map(wordOf);
  if (sequence == null || length == null) return null;
  return { ports: [fromNumber ?? from, toNumber ?? to], sequence, acknowledgement: acknowledgement ?? null, length };
}

function segmentIn(
  lines: readonly string[],
  time: PrintedTime | null,
  tcp: ReturnType<typeof lastMatch>,
  head: readonly string[],
): PrintedSegment | null {
  const ends = lastMatch(lines, IP);
  if (ends === null || tcp === null || time === null) return null;
  const ipLines = sectionOf(lines, ends.at);
  const tcpLines = sectionOf(lines, tcp.at);
  const flags = hexIn(tcpLines, /^\s+(?:[\d. ]+= )?Flags: 0x([0-9a-f]{1,4})\b/i);
  if (flags === null) return null;
  const [, from = '', fromNumber, to = '', toNumber, relative, relativeAck, len] = tcp.match;
  const raw = numberIn(tcpLines, /^\s+Sequence number \(raw\): (\d+)/i);
  const rawAck = numberIn(tcpLines, /^\s+Acknowledge?ment number \(raw\): (\d+)/i);
  const isAck = (flags & 16) !== 0;
  const isRaw = raw !== null && (rawAck !== null || !isAck);
  const ack = isRaw ? rawAck : (numberIn(tcpLines, /^\s+Acknowledge?ment number: (\d+)/i) ?? wordOf(relativeAck));
  const length = numberIn(tcpLines, /^\s+\[TCP Segment Len: (\d+)\]/i) ?? wordOf(len);
  const sequence = isRaw ? raw : (numberIn(tcpLines, /^\s+Sequence number: (\d+)/i) ?? wordOf(relative));
  if (sequence === null || length === null) return null;
  const dontFragment = ipLines.some((line) => /^\s+(?:[\d. ]+= )?Flags: 0x[0-9a-f]+,? .*Don't fragment/i.test(line));
  const ttl = numberIn(ipLines, /^\s+(?:Time to live|Hop limit): (\d{1,3})/i);
  return {
    time,
    source: { host: ends.match[1] ?? '', port: fromNumber ?? from },
    destination: { host: ends.match[2] ?? '', port: toNumber ?? to },
    flags: flags & 0xff,
    sequence,
    acknowledgement: isAck ? ack : null,
    window: Math.min(numberIn(tcpLines, /^\s+Window(?: size(?: value)?)?: (\d+)/i) ?? 0, 0xffff),
    length,
    options: optionBytes(tcpLines.map(optionWords).join(' ')),
    tcpChecksum: hexIn(tcpLines, /^\s+Checksum: 0x([0-9a-f]{1,4})\b/i),
    ttl,
    ipId: hexIn(ipLines, /^\s+Identification: 0x([0-9a-f]{1,4})\b/i),
    fragment: ttl === null ? null : dontFragment ? 0x4000 : 0,
    trafficClass: null,
    link: { direction: null, interfaceName: null, mac: null, macTo: null, vlan: null },
    text: head[0] ?? null,
    textFollows: head.length > 0,
  };
}

/** When the packet was; without a date where only its time since the first packet stands there. */
function timeOf(lines: readonly string[]): PrintedTime | null {
  const epoch = lastMatch(lines, EPOCH)?.match;
  if (epoch !== undefined)
    return { atNs: secondsNs(Number(epoch[1]), epoch[2] ?? ''), hasDate: true, isRelative: false, end: 0 };
  const arrival = lastMatch(lines, ARRIVAL)?.match;
  if (arrival !== undefined) {
    const month = `${MONTHS.indexOf(arrival[1] ?? '') + 1}`.padStart(2, '0');
    return timeIn(`${arrival[3]}-${month}-${(arrival[2] ?? '').padStart(2, '0')} ${arrival[4]} `);
  }
  const since = lastMatch(lines, SINCE_FIRST)?.match;
  return since === undefined
    ? null
    : { atNs: secondsNs(Number(since[1]), since[2] ?? ''), hasDate: false, isRelative: true, end: 0 };
}

/** `TCP Option - Window scale: 7 (multiply by 128)` in the words of the list. */
function optionWords(line: string): string {
  const mss = /^\s+(?:TCP Option - )?Maximum segment size: (\d+) bytes/i.exec(line);
  if (mss !== null) return `MSS=${mss[1]}`;
  const scale = /^\s+(?:TCP Option - )?Window scale: \d+ \(multiply by (\d+)\)/i.exec(line);
  if (scale !== null) return `WS=${scale[1]}`;
  const stamps = /^\s+(?:TCP Option - )?Timestamps: TSval (\d+), TSecr (\d+)/i.exec(line);
  if (stamps !== null) return `TSval=${stamps[1]} TSecr=${stamps[2]}`;
  return /^\s+(?:TCP Option - )?(?:TCP )?SACK permitted/i.test(line) ? 'SACK_PERM' : '';
}

/** The head of HTTP, as lines that end in `\r\n` spelt out; in a list of fields what Wireshark says of them stands in brackets. */
function headIn(lines: readonly string[]): string[] {
  const at = lines.findIndex((line) => HTTP.test(line));
  if (at < 0 || lines.slice(0, at).some((line) => REASSEMBLED.test(line))) return [];
  const head: string[] = [];
  for (const line of sectionOf(lines, at)) {
    const text = /^ {4}(?! )(.*?)(?:\\r)?\\n$/.exec(line)?.[1];
    if (text !== undefined) head.push(text);
    if (text === '') break;
  }
  return head;
}

/** The lines below a protocol's. */
function sectionOf(lines: readonly string[], at: number): readonly string[] {
  const length = lines.slice(at + 1).findIndex((line) => /^\S/.test(line));
  return lines.slice(at + 1, length < 0 ? undefined : at + 1 + length);
}

function lastMatch(lines: readonly string[], pattern: RegExp): { at: number; match: RegExpExecArray } | null {
  for (let at = lines.length - 1; at >= 0; at -= 1) {
    const match = pattern.exec(lines[at] ?? '');
    if (match !== null) return { at, match };
  }
  return null;
}

function firstIn(lines: readonly string[], pattern: RegExp): string | null {
  for (const line of lines) {
    const match = pattern.exec(line);
    if (match !== null) return match[1] ?? null;
  }
  return null;
}

function numberIn(lines: readonly string[], pattern: RegExp): number | null {
  return wordOf(firstIn(lines, pattern) ?? undefined);
}

function wordOf(digits: string | undefined): number | null {
  return digits === undefined ? null : Number(digits) >>> 0;
}

function hexIn(lines: readonly string[], pattern: RegExp): number | null {
  const digits = firstIn(lines, pattern);
  return digits === null ? null : Number.parseInt(digits, 16);
}
