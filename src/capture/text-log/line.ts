/**
 * What one packet of tcpdump's printed output says of a TCP segment.
 *
 * Read are the forms that people paste: with a date or without, `-n` or names, `-v`, `-S`, `-e`,
 * `-i any`, IPv4 and IPv6, wrapped, quoted, behind a prompt. Whatever says no TCP segment is none.
 */

/** Segments as printed; `null` stands for what the line does not say. */
export interface PrintedSegment {
  /** Epoch nanoseconds; without a date, of the first of January 1970. */
  readonly atNs: bigint;
  readonly hasDate: boolean;
  /** Host as printed, an address or a name, and the port. */
  readonly source: { readonly host: string; readonly port: number };
  readonly destination: { readonly host: string; readonly port: number };
  /** The flag byte. RFC 9293 §3.1. */
  readonly flags: number;
  readonly sequence: number | null;
  readonly acknowledgement: number | null;
  readonly window: number;
  /** Bytes of payload. */
  readonly length: number;
  /** TCP options, encoded. */
  readonly options: readonly number[];
  readonly ttl: number | null;
  readonly ipId: number | null;
  /** The first line of HTTP, where it is printed. */
  readonly text: string | null;
}

const DATE_AND_TIME = /(?:^|[^\d:.])(?:(\d{4})-(\d\d)-(\d\d)[ T])?(\d\d):(\d\d):(\d\d)\.(\d{1,9})(?=Z?\s)/;
const EPOCH = /(?:^|[\s>|])(\d{9,10})\.(\d{6,9})(?=\s)/;
const SEGMENT = /(\S+)\.([\w-]+) > (\S+)\.([\w-]+): Flags \[([^\]]*)\](.*)$/;
const FLAG_BITS: Readonly<Record<string, number>> = { F: 1, S: 2, R: 4, P: 8, '.': 16, U: 32, E: 64, W: 128 };
const HTTP_TEXT = /: HTTP(?:, length: \d+)?:? ([A-Z][A-Z-]* \S.*? HTTP\/\d\.\d|HTTP\/\d\.\d \d{3}.*)$/;

/** Names of services that tcpdump prints without -n. */
const SERVICES: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  'http-alt': 8080,
  webcache: 8080,
  'http-proxy': 8080,
  'https-alt': 8443,
  pcsync: 8443,
  'pcsync-https': 8443,
  ssh: 22,
  smtp: 25,
  domain: 53,
  imap2: 143,
  imaps: 993,
  postgresql: 5432,
  mysql: 3306,
  'ms-wbt-server': 3389,
  'us-cli': 8082,
  'us-srv': 8083,
  tproxy: 8081,
  cslistener: 9000,
  'xmltec-xmlmail': 9091,
};

/** Whether a text holds at least one packet of tcpdump's output. */
export function looksPrinted(text: string): boolean {
  return / > \S+\.[\w-]+: Flags \[/.test(text) && (DATE_AND_TIME.test(text) || EPOCH.test(text));
}

/** Whether a line begins a packet: it has a time. */
export function beginsPacket(line: string): boolean {
  return DATE_AND_TIME.test(line.slice(0, 200)) || EPOCH.test(line.slice(0, 200));
}

/** Reads one packet, its lines joined; `null`: it is no TCP segment. */
export function readPrinted(line: string): PrintedSegment | null {
  const segment = SEGMENT.exec(line);
  const time = timeOf(line);
  if (segment === null || time === null) return null;
  const [, from = '', fromPort = '', to = '', toPort = '', letters = '', rest = ''] = segment;
  const [sourcePort, destinationPort] = [portOf(fromPort), portOf(toPort)];
  const length = /, length (\d+)/.exec(rest)?.[1];
  if (sourcePort === null || destinationPort === null || length === undefined) return null;
  let flags = 0;
  for (const letter of letters === 'none' ? '' : letters) flags |= FLAG_BITS[letter] ?? 0;
  const head = line.slice(0, segment.index);
  return {
    ...time,
    source: { host: from, port: sourcePort },
    destination: { host: to, port: destinationPort },
    flags,
    sequence: numberIn(rest, /\bseq (\d+)/),
    acknowledgement: numberIn(rest, /\back (\d+)/),
    window: Math.min(numberIn(rest, /\bwin (\d+)/) ?? 0, 65_535),
    length: Math.min(Number(length), 65_000),
    options: optionsOf(/options \[([^\]]*)\]/.exec(rest)?.[1] ?? ''),
    ttl: numberIn(head, /\b(?:ttl|hlim) (\d{1,3})\b/),
    ipId: numberIn(head, /\bid (\d{1,5})\b/),
    text: HTTP_TEXT.exec(rest)?.[1] ?? null,
  };
}

function timeOf(line: string): { readonly atNs: bigint; readonly hasDate: boolean } | null {
  const match = DATE_AND_TIME.exec(line);
  if (match !== null) {
    const [, year, month, day, hours, minutes, seconds, fraction = ''] = match;
    const date = year === undefined ? 0 : Date.UTC(Number(year), Number(month) - 1, Number(day));
    const second = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
    const atNs = BigInt(date) * 1_000_000n + BigInt(second) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'));
    return { atNs, hasDate: year !== undefined };
  }
  const epoch = EPOCH.exec(line);
  if (epoch === null) return null;
  return { atNs: BigInt(epoch[1] ?? 0) * 1_000_000_000n + BigInt((epoch[2] ?? '').padEnd(9, '0')), hasDate: true };
}

function portOf(text: string): number | null {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : (SERVICES[text] ?? null);
  return port !== null && port <= 65_535 ? port : null;
}

function numberIn(text: string, pattern: RegExp): number | null {
  const match = pattern.exec(text);
  return match === null ? null : Number(match[1]) >>> 0;
}

/** Encodes the options that matter; padded to four bytes. RFC 9293 §3.1, RFC 7323, RFC 2018. */
function optionsOf(text: string): number[] {
  const bytes: number[] = [];
  const mss = numberIn(text, /\bmss (\d+)/);
  if (mss !== null) bytes.push(2, 4, mss >>> 8, mss & 255);
  if (/\bsackOK\b/.test(text)) bytes.push(4, 2);
  const stamps = /\bTS val (\d+) ecr (\d+)/.exec(text);
  if (stamps !== null) bytes.push(8, 10, ...fourBytes(Number(stamps[1])), ...fourBytes(Number(stamps[2])));
  const scale = numberIn(text, /\bwscale (\d+)/);
  if (scale !== null) bytes.push(3, 3, scale & 15);
  while (bytes.length % 4 !== 0) bytes.push(1);
  return bytes;
}

function fourBytes(value: number): number[] {
  return [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}
