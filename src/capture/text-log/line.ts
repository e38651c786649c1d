/**
 * What one packet of tcpdump's printed output says of a TCP segment.
 *
 * Read are the forms that people paste: with a date or without, `-n` or names, `-v`, `-S`, `-e`,
 * `-i any`, IPv4 and IPv6, of today's tcpdump (`Flags [P.], seq 1:20`), of those before 4.0 and of
 * OpenBSD's (`P 1:20(19)`). Whatever says no TCP segment is none, an ICMP error's quotation among them.
 */
import type { CaptureDirection } from '../../facts/segment-evidence.js';
import { ACK } from '../../facts/tcp-flags.js';
import { optionBytes } from './tcp-options.js';
import { type PrintedTime, timeIn } from './time.js';

/** One end of a segment as printed: an address or a name, and a port or its name. */
export interface PrintedEnd {
  readonly host: string;
  readonly port: string;
}

/** A segment as printed; `null` stands for what the line does not say. */
export interface PrintedSegment {
  readonly time: PrintedTime;
  readonly source: PrintedEnd;
  readonly destination: PrintedEnd;
  /** The flag byte. RFC 9293 §3.1. */
  readonly flags: number;
  readonly sequence: number | null;
  readonly acknowledgement: number | null;
  readonly window: number;
  /** Bytes of payload. */
  readonly length: number;
  /** TCP options, encoded. */
  readonly options: readonly number[];
  readonly tcpChecksum: number | null;
  readonly ttl: number | null;
  readonly ipId: number | null;
  /** Flags and offset of the fragment, as the field has them. RFC 791 §3.1. */
  readonly fragment: number | null;
  readonly trafficClass: number | null;
  readonly link: {
    readonly direction: CaptureDirection;
    readonly interfaceName: string | null;
    readonly mac: readonly number[] | null;
    readonly macTo: readonly number[] | null;
    readonly vlan: number | null;
  };
  /** The first line of HTTP, where it stands in the line; `null`: it does not. */
  readonly text: string | null;
  /** The line ends as one does behind which -v prints what HTTP says. */
  readonly textFollows: boolean;
}

/** A link-layer address, as part of a pattern. */
export const MAC = '[0-9a-f]{1,2}(?::[0-9a-f]{1,2}){5}';
/** The ends of a segment, and what begins TCP: `Flags [`, or the letters of old, which something of TCP's follows. */
const ENDS =
  /(?:^|\s)([^\s>]+)\.([\w+-]+) > ([^\s>]+)\.([\w+-]+): (?=Flags \[|[SFPRWEU.]+ (?:\[[^\]]*\] )?(?:\d+:\d+\(\d+\)|ack \d|win \d))/;
/** Behind the time: the process (macOS), the interface and which way (`-i any`), link-layer addresses (-e). */
const PROCESS = /^\s*\((?:[\w.-]+, )?proc [^)]*\)\s*/;
const DEVICE = /^\s*(?:([\w.@:-]+)\s+)?(In|Out|B|M|P)\s+/;
const LINK = new RegExp(
  `^\\s*(?:ifindex \\d+ )?(${MAC})(?: \\(oui [^)]*\\))?(?: > (${MAC})(?: \\(oui [^)]*\\))?)?,? `,
  'i',
);
const VLAN = /\bvlan (\d{1,4}), p \d/g;
/** What else may stand there. */
const BEFORE_ENDS = /(?:^|\s)(?:IP6?|ethertype IPv[46]|AF IPv[46]|ip6?:)(?:\s|,|:|$)|^\s*$/i;
/** Tunnels: the innermost segment counts, as it does in a capture. */
const TUNNEL = /\bGREv\d|\bVXLAN\b|\bGeneve\b|: IP6? /;
const FLAG_BITS: Readonly<Record<string, number>> = { F: 1, S: 2, R: 4, P: 8, '.': 16, U: 32, E: 64, W: 128 };
const HTTP_TEXT = /: HTTP(?:, length: \d+)?:? ([A-Z][A-Z-]* \S.*? HTTP\/\d\.\d|HTTP\/\d\.\d \d{3}.*?)[\s`'"|]*$/;
const HTTP_FOLLOWS = /: HTTP, length: \d+[\s`'"|]*$/;
/** Largest payload of one line: more than a packet holds is an interface's, merged or not yet cut up. */
const MAX_LENGTH = 65_000;

/** Reads one packet, its lines joined; `null`: it is no TCP segment. */
export function readPrinted(line: string): PrintedSegment | null {
  const time = timeIn(line);
  if (time === null) return null;
  const behind = line.slice(time.end);
  const ends = ENDS.exec(behind);
  if (ends === null) return null;
  const [whole, from = '', fromPort = '', to = '', toPort = ''] = ends;
  const { link, head } = linkOf(behind.slice(0, ends.index));
  if (!isHead(head)) return null;
  const tail = behind.slice(ends.index + whole.length);
  const said = tail.startsWith('Flags [') ? modernTail(tail) : oldTail(tail);
  if (said === null) return null;
  return {
    time,
    source: { host: from, port: fromPort },
    destination: { host: to, port: toPort },
    ...said,
    ttl: numberIn(head, /\b(?:ttl|hlim) (\d{1,3})\b/),
    ipId: numberIn(head, /\bid (\d{1,5})\b/),
    fragment: fragmentIn(head),
    trafficClass: hexIn(head, /\b(?:tos|class) 0x([0-9a-f]{1,2})\b/),
    link,
    text: HTTP_TEXT.exec(tail)?.[1] ?? null,
    textFollows: HTTP_FOLLOWS.test(tail),
  };
}

type Said = Pick<
  PrintedSegment,
  'flags' | 'sequence' | 'acknowledgement' | 'window' | 'length' | 'options' | 'tcpChecksum'
>;

/** `Flags [P.], cksum 0x1 (correct), seq 1:20, ack 1, win 106, options [...], length 19: ...`. */
function modernTail(tail: string): Said | null {
  const length = numberIn(tail, /, length (\d+)/);
  const letters = /^Flags \[([^\]]*)\]/.exec(tail)?.[1];
  if (length === null || letters === undefined) return null;
  // What HTTP says may look like anything.
  const own = tail.slice(0, tail.indexOf(', length '));
  return {
    flags: letters === 'none' ? 0 : flagsOf(letters),
    sequence: numberIn(own, /\bseq (\d+)/),
    acknowledgement: numberIn(own, /\back (\d+)/),
    window: windowIn(own),
    length: Math.min(length, MAX_LENGTH),
    options: optionBytes(/options \[(.*)\]/.exec(own)?.[1] ?? ''),
    tcpChecksum: hexIn(own, /\bcksum 0x([0-9a-f]{1,4})\b/),
  };
}

/** `P 1:20(19) ack 1 win 106 <nop,nop,timestamp 1 2>`: a dot is no flag, and what is acknowledged says that ACK is set. */
function oldTail(tail: string): Said | null {
  const letters = /^[SFPRWEU.]+/.exec(tail)?.[0] ?? '';
  const acknowledgement = numberIn(tail, /\back (\d+)/);
  const numbers = /\b(\d+):\d+\((\d+)\)/.exec(tail);
  if (!/\bwin \d/.test(tail)) return null;
  return {
    flags: flagsOf(letters.replaceAll('.', '')) | (acknowledgement === null ? 0 : ACK),
    sequence: numbers === null ? null : Number(numbers[1]) >>> 0,
    acknowledgement,
    window: windowIn(tail),
    length: Math.min(Number(numbers?.[2] ?? 0), MAX_LENGTH),
    options: optionBytes(/<([^<>]*)>/.exec(tail)?.[1] ?? ''),
    tcpChecksum: null,
  };
}

function flagsOf(letters: string): number {
  let flags = 0;
  for (const letter of letters) flags |= FLAG_BITS[letter] ?? 0;
  return flags;
}

function windowIn(text: string): number {
  return Math.min(numberIn(text, /\bwin (\d+)/) ?? 0, 65_535);
}

/** What stands before the ends of a segment, or before ARP, without what it says of the link. */
export function linkOf(before: string): { readonly link: PrintedSegment['link']; readonly head: string } {
  let head = before.replace(PROCESS, '');
  const device = DEVICE.exec(head);
  if (device !== null) head = head.slice(device[0].length);
  const addresses = LINK.exec(head);
  if (addresses !== null) head = head.slice(addresses[0].length);
  const [, mac, macTo] = addresses ?? [];
  // The innermost tag counts.
  const vlan = [...head.matchAll(VLAN)].at(-1)?.[1];
  return {
    head,
    link: {
      direction: device === null ? null : device[2] === 'Out' ? 'outbound' : 'inbound',
      interfaceName: device?.[1] ?? null,
      mac: macBytes(mac),
      macTo: macBytes(macTo),
      vlan: vlan === undefined ? null : Number(vlan) & 0x0fff,
    },
  };
}

/** Whether this may stand between the time and a segment's ends: an ICMP error that quotes a segment does not. */
function isHead(head: string): boolean {
  if (!BEFORE_ENDS.test(head)) return false;
  return !/ > /.test(head) || (TUNNEL.test(head) && !/\bICMP/.test(head));
}

/** The six bytes of a link-layer address; `null`: there is none. */
export function macBytes(text: string | undefined): number[] | null {
  return text === undefined ? null : text.split(':').map((digits) => Number.parseInt(digits, 16));
}

/** `offset 0, flags [DF]` of -v. */
function fragmentIn(head: string): number | null {
  const flags = /\bflags \[([^\]]*)\]/.exec(head)?.[1];
  const offset = numberIn(head, /\boffset (\d+)/);
  if (flags === undefined || offset === null) return null;
  return (flags.includes('DF') ? 0x4000 : 0) | (flags.includes('+') ? 0x2000 : 0) | ((offset >>> 3) & 0x1fff);
}

function numberIn(text: string, pattern: RegExp): number | null {
  const match = pattern.exec(text);
  return match === null ? null : Number(match[1]) >>> 0;
}

function hexIn(text: string, pattern: RegExp): number | null {
  const match = pattern.exec(text);
  return match === null ? null : Number.parseInt(match[1] ?? '0', 16);
}
