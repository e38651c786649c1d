/**
 * One packet as Wireshark and tshark list it: number, time, the two addresses, protocol, length and a
 * sentence. Of TCP it says ports, flags and relative numbers; of what TCP carries (HTTP, TLS) it says
 * no ports and no numbers: summaries.ts finds these out.
 */
import { type PrintedTime, secondsNs, timeIn } from './time.js';

/** A line of the list. */
export interface SummaryLine {
  /** `null`: the list has no column for it. */
  readonly number: number | null;
  readonly time: PrintedTime;
  readonly source: string;
  readonly destination: string;
  /** Where the list has columns of ports. */
  readonly ports: readonly [source: string, destination: string] | null;
  readonly protocol: string;
  /** Bytes of the packet, link header included; `null`: the list has no column for them, as before Wireshark 1.6. */
  readonly frameBytes: number | null;
  readonly info: string;
}

/** What the sentence says of a TCP segment. */
export interface SummarySegment {
  readonly sourcePort: string;
  readonly destinationPort: string;
  readonly flags: number;
  readonly sequence: number;
  readonly acknowledgement: number | null;
  /** As Wireshark calculates it: with the scale, where it knows that. */
  readonly window: number;
  readonly length: number;
}

/**
 * `→` between addresses or ports: as it is, as older versions and ASCII write it, and what terminals without it and
 * Windows-1252 make of it. Between columns of an export nothing stands.
 */
export const ARROW = '(?:→|->|>|\\?|â†’)';
const PORT = '(?:\\s+(\\d{1,5}))?';
/** What stands behind the times; a number before an arrow is a port, and no length. */
const LINE = new RegExp(
  `^([^\\s]+)${PORT}\\s+(${ARROW}\\s+)?([^\\s]+)${PORT}\\s+([A-Z][\\w./+-]*)\\s+(?:(\\d{2,6})\\s+(?!${ARROW}))?(\\S.*)$`,
);
/** A cooked capture has no address that ARP goes to. */
const ARP_TO_NOBODY = new RegExp(`^([^\\s]+)()\\s+(${ARROW}\\s+)()()(ARP)\\s+(\\d{2,6})\\s+(\\S.*)$`);
/** Without an arrow only columns of addresses are known for what they are, or a sentence about a segment. */
const IS_ADDRESS = /^[\da-f]*[.:_][\w.:]*$/i;
/** A date, a time of day and a zone. */
const MAX_TIME = 40;
const NUMBER = /^\s*\d{1,9}\s+/;
/** Seconds since the first packet: what both print unless they are told otherwise. */
const SECONDS = /^(\d{1,9})\.(\d{3,9})(?=\s)/;
/** More columns of times: since the packet before, since the first one. */
const MORE_TIMES = /^(?:-?\d{1,9}\.\d{3,9}\s+){1,3}/;
const CSV = /^\s*"(\d+)","/;
const SEGMENT = new RegExp(
  `^(?:\\[[^\\]]*\\] ?)*([\\w.+-]+?)\\s*${ARROW}\\s*([\\w.+-]+) \\[([A-Z, ]+|<None>)\\] Seq=(\\d+)(?: Ack=(\\d+))? Win=(\\d+)(?: Urg=\\d+)?(?:.*?) Len=(\\d+)`,
);
const FLAG_BITS: Readonly<Record<string, number>> = {
  FIN: 1,
  SYN: 2,
  RST: 4,
  PSH: 8,
  ACK: 16,
  URG: 32,
  ECE: 64,
  CWR: 128,
};

/** Reads a line; `null`: it is none of such a list. */
export function readSummary(line: string): SummaryLine | null {
  const plain = CSV.test(line)
    ? line
        .trim()
        .replace(/^"|",?$/g, '')
        .replaceAll('","', '   ')
    : line;
  const number = NUMBER.exec(plain)?.[0];
  const behind = number === undefined ? plain.trimStart() : plain.slice(number.length);
  const time = timeOf(behind, number !== undefined);
  // A date or a time of day stands at once behind the number.
  if (time === null || time.end > MAX_TIME) return null;
  const said = behind.slice(time.end).trimStart().replace(MORE_TIMES, '');
  const match = ARP_TO_NOBODY.exec(said) ?? LINE.exec(said);
  if (match === null) return null;
  const [, source = '', sourcePort, arrow, destination = '', destinationPort, protocol = '', length, info = ''] = match;
  const ports = sourcePort && destinationPort ? ([sourcePort, destinationPort] as const) : null;
  const isSure = arrow !== undefined || segmentOf(info) !== null;
  const areAddresses = IS_ADDRESS.test(source) && IS_ADDRESS.test(destination);
  if (number === undefined ? !isSure && !(areAddresses && ports !== null) : !isSure && !areAddresses) return null;
  const frameBytes = length === undefined ? null : Number(length);
  return {
    number: number === undefined ? null : Number(number),
    time,
    source,
    destination,
    ports,
    protocol,
    frameBytes,
    info: info.trimEnd(),
  };
}

function timeOf(text: string, isNumbered: boolean): PrintedTime | null {
  const seconds = isNumbered ? SECONDS.exec(text) : null;
  if (seconds === null) return timeIn(text);
  const atNs = secondsNs(Number(seconds[1]), seconds[2] ?? '');
  const hasDate = Number(seconds[1]) >= 100_000_000;
  return { atNs, hasDate, isRelative: !hasDate, end: seconds[0].length };
}

/** What the sentence says of a segment; `null`: it is about something else. */
export function segmentOf(info: string): SummarySegment | null {
  const match = SEGMENT.exec(info);
  if (match === null) return null;
  const [, sourcePort = '', destinationPort = '', names = '', sequence, acknowledgement, window, length] = match;
  let flags = 0;
  for (const name of names.split(', ')) flags |= FLAG_BITS[name] ?? 0;
  return {
    sourcePort,
    destinationPort,
    flags,
    sequence: Number(sequence) >>> 0,
    acknowledgement: acknowledgement === undefined ? null : Number(acknowledgement) >>> 0,
    window: Number(window),
    length: Number(length),
  };
}

/** Whether a line lists a segment. */
export function looksListed(line: string): boolean {
  const read = readSummary(line);
  return read !== null && segmentOf(read.info) !== null;
}
