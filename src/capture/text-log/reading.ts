/**
 * The packets of a text, each read in the form that it is printed in: tcpdump's lines, a list's, or a
 * list's details. Where an export has a packet's line and its details, the details say more and the
 * line says what is folded in them.
 */
import { type Detail, detailNumber, readDetail } from './detail.js';
import { readPrinted } from './line.js';
import { type Beginning, beginningOf, type PrintedPacket, packetsIn } from './packets.js';
import { type Listed, Summaries } from './summaries.js';
import { readSummary } from './summary-line.js';
import { type PrintedTime, timeIn } from './time.js';

/** A line of tcpdump's about a segment, or that ends before it says what it is about. */
const CUT = /: (?:Flags \[|[SFPRWE.]+ \d+:\d)|\bIP6? \S+ > \S*$/;

/** A packet of the text: what it says of a segment, if it does, and the lines behind it. */
export interface Read {
  readonly listed: Listed;
  readonly packet: PrintedPacket;
  /** `null`: the text does not say. */
  readonly time: PrintedTime | null;
}

/** All packets of a text, in its order. */
export interface Reading {
  readonly packets: readonly Read[];
  /** Listed packets of HTTP or TLS that fit no one connection. */
  readonly unplaced: number;
  /** Segments of which the text does not have enough. */
  readonly cut: number;
}

/** See the head of this file. */
export function readingOf(text: string): Reading {
  const summaries = new Summaries();
  const packets: Read[] = [];
  let cut = 0;
  let before: PrintedPacket | null = null;
  const listed = (packet: PrintedPacket, detail: Detail | null): Read => {
    const { line } = packet;
    const said = summaries.read(line, detail?.told ?? null);
    const behind = detail === null ? packet : { ...packet, body: detail.head };
    return { listed: said, packet: behind, time: readSummary(line)?.time ?? timeIn(line) };
  };
  for (const packet of packetsIn(text, beginning)) {
    const number = detailNumber(packet.line);
    const summary = before === null || number === null ? null : readSummary(before.line);
    const isBefore = summary !== null && summary.number === number;
    const detail = number === null ? null : readDetail(packet.line, packet.body, isBefore ? summary.time : null);
    if (before !== null && !(isBefore && detail?.segment != null))
      packets.push(listed(before, isBefore ? detail : null));
    before = null;
    if (detail !== null) {
      const { segment, told, time, head } = detail;
      if (isBefore && segment === null) continue;
      if (segment === null && told !== null) cut += 1;
      packets.push({ listed: { segment }, packet: { ...packet, body: [...head, ...packet.body] }, time });
      continue;
    }
    const segment = readPrinted(packet.line) ?? readPrinted(packet.joined);
    if (segment !== null) packets.push({ listed: { segment }, packet, time: segment.time });
    else {
      if (CUT.test(packet.line) && readSummary(packet.line) === null) cut += 1;
      before = packet;
    }
  }
  if (before !== null) packets.push(listed(before, null));
  return { packets, unplaced: summaries.unplaced, cut: cut + summaries.cut };
}

function beginning(line: string): Beginning {
  return beginningOf(line) ?? (readSummary(line) === null && detailNumber(line) === null ? null : 'whole');
}
