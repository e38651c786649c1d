/**
 * A text taken apart into packets: the line that says what a packet is, joined where it was wrapped,
 * and the lines behind it that may say what it holds. Prose, prompts, fences and what tickets put
 * before a line are neither.
 */
import { plainLines } from './plain-line.js';
import { timeIn } from './time.js';

/** One packet of a text. */
export interface PrintedPacket {
  /** Its head in one line, wrapped lines joined by a blank. */
  readonly line: string;
  /** The same joined by nothing: a terminal wraps within words. */
  readonly joined: string;
  /** What follows: hexadecimal digits, characters, the lines of HTTP; and whatever else stands there. */
  readonly body: readonly string[];
}

/** A packet's head joined; a longer one is something else. */
const MAX_HEAD_TEXT = 4096;
const MAX_HEAD_LINES = 8;
/** 64 KiB in lines of sixteen bytes, and some more. */
const MAX_BODY_LINES = 4200;

/** Behind the time of a packet: an interface and which way, a link-layer address, or a protocol. */
const BEGINNING =
  /^\s+(?:\([^)]*\bproc [^)]*\)\s+)?(?:(?:[\w.@:-]+\s+)?(?:In|Out|B|M|P)\s+)?(?:IP6? (?:\(|truncated-ip|[^>]* >)|ARP[, ]|RARP[, ]|(?:ifindex \d+ )?(?:[0-9a-f]{1,2}:){5}[0-9a-f]{1,2} |[^\s>]+\.[\w+-]+ > [^\s>]+\.[\w+-]+: |STP |LLDP|CDPv|IGMP|MPLS |PPPoE |802\.1|Loopback|AF )/i;
/** A head is whole with the length of TCP's payload, or with what there was before tcpdump 4.0. */
const WHOLE = /: (?:Flags \[.*, length \d+|[SFPRWEU.]+ .*\bwin \d+)/;
/** With -v the ends of a segment stand in the line behind the IP header's. */
const IP_HEADER = /^[^>]*\blength:? \d+\)\s*$/;
/** The end of a quotation in Markdown. */
const FENCE = /^\s*(?:```|~~~)/;

/** Whether a line is a packet's first: one that its end may follow in another line, or all of its head. */
export type Beginning = 'wrapped' | 'whole' | null;

/** Of tcpdump's output: a time, and behind it what a packet begins with. */
export function beginningOf(line: string): Beginning {
  const time = timeIn(line);
  if (time === null || !BEGINNING.test(line.slice(time.end))) return null;
  return WHOLE.test(line) ? 'whole' : 'wrapped';
}

/** The packets of a text, one by one. */
export function* packetsIn(text: string, begin: (line: string) => Beginning): Generator<PrintedPacket> {
  let head: string[] = [];
  let body: string[] = [];
  let inHead = false;
  for (const line of plainLines(text)) {
    const beginning = begin(line);
    if (beginning !== null) {
      if (head.length > 0) yield packetOf(head, body);
      head = [line];
      body = [];
      inHead = beginning === 'wrapped';
    } else if (head.length === 0) continue;
    else if (!inHead || isEnd(line, head)) {
      inHead = false;
      if (body.length < MAX_BODY_LINES) body.push(line);
    } else {
      // Some tickets put an empty line behind every line.
      if (line.trim() === '') continue;
      head.push(line);
      inHead = !WHOLE.test(head.join(' '));
    }
  }
  if (head.length > 0) yield packetOf(head, body);
}

function isEnd(line: string, head: readonly string[]): boolean {
  if (line.trim() === '') return head.length > 1 || !IP_HEADER.test(head[0] ?? '');
  if (FENCE.test(line) || head.length >= MAX_HEAD_LINES || isHexLine(line)) return true;
  return head.reduce((sum, { length }) => sum + length, line.length) > MAX_HEAD_TEXT;
}

function isHexLine(line: string): boolean {
  return /^\s*0x[0-9a-f]{4,5}:\s/i.test(line);
}

function packetOf(head: readonly string[], body: readonly string[]): PrintedPacket {
  const [first = '', ...more] = head;
  return {
    line: [first.trimEnd(), ...more.map((line) => line.trim())].join(' '),
    joined: [first, ...more.map((line) => line.trimStart())].join(''),
    body,
  };
}
