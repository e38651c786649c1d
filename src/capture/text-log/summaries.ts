/**
 * The list of Wireshark and tshark, read in order. Where TCP carries HTTP or TLS, a line says that
 * and no more of TCP than the packet's length. Its payload is as long as the packet without what the
 * headers of that side take; its connection is the only one that is open between the two addresses,
 * or the one whose numbers go on, in a later line, by just so much. A line that still fits several is
 * left out: its bytes then count as not captured.
 */
import type { ToldSegment } from './detail.js';
import type { PrintedSegment } from './line.js';
import { addressesKey, ListedConnections, type ListedSender, type Speaker } from './listed-connections.js';
import { ARROW, readSummary, type SummaryLine, type SummarySegment, segmentOf } from './summary-line.js';
import { optionBytes } from './tcp-options.js';

/** What begins a sentence about a segment; where the rest is missing, the text was cut. */
const CUT = new RegExp(`^(?:\\[[^\\]]*\\] ?)*[\\w.+-]+?\\s*${ARROW}|^\\[[^\\]]*$|^\\S*$`);
/** Protocols that TCP carries and that are read; what else is listed may be UDP. */
const OVER_TCP = /^(?:TCP$|HTTP|TLS|SSL|WebSocket)/;
const START_LINE = /^(?:[A-Z][A-Z-]* \S+ HTTP\/\d\.\d|HTTP\/\d\.\d \d{3}(?: [^()[\]]*?)?)(?=\s*(?:$|[,([]))/;
const REQUEST = /^[A-Z][A-Z-]* \S+ HTTP\//;
const PART = /\[TCP segment of a reassembled PDU\]|\[TCP PDU reassembled in \d+\]/;
/** Lines between two addresses that may still find their connections; an answer comes within fewer. */
const MAX_WAITING = 128;
const [FIN, SYN, RST, ACK] = [1, 2, 4, 16];
/** Lines between two addresses before the first one with ports. */
const MAX_EARLY = 16;
/** Before a side's first window is listed: neither closed nor small. */
const UNKNOWN_WINDOW = 0xffff;
/** What nothing is said of. */
const UNSAID = {
  tcpChecksum: null,
  ttl: null,
  ipId: null,
  fragment: null,
  trafficClass: null,
  link: { direction: null, interfaceName: null, mac: null, macTo: null, vlan: null },
  textFollows: false,
} as const;

/** What a line says of a segment; it may come to be known by later lines. */
export interface Listed {
  segment: PrintedSegment | null;
}

/** Whom a line may be from, and where that one stood then. */
interface Candidate extends Speaker {
  readonly acknowledged: number;
  readonly window: number;
  /** `null`: the list has no lengths; numbers around it may say. */
  readonly bytes: number | null;
  readonly begun: ListedSender['begun'];
}

/** A line that fits several connections so far. */
interface Waiting {
  readonly listed: Listed;
  readonly summary: SummaryLine;
  readonly text: string | null;
  candidates: readonly Candidate[];
}

/** See the head of this file. */
export class Summaries {
  private readonly connections = new ListedConnections();
  /** By the two addresses, in the order of the text. */
  private readonly waiting = new Map<string, Waiting[]>();

  /** Lines before the first one that names a connection of their addresses. */
  private readonly early = new Map<string, Waiting[]>();

  /** Lines that belong to a connection and do not say to which. */
  get unplaced(): number {
    const waiting = [...this.waiting.values(), ...this.early.values()];
    return waiting.reduce((sum, lines) => sum + lines.length, 0) + this.hopeless;
  }
  private hopeless = 0;
  /** Lines about a segment that end before they say what it is. */
  cut = 0;

  /** Reads the text's next line. @param told What the packet's details behind it say; `null`: there are none. */
  read(line: string, told: ToldSegment | null = null): Listed {
    const listed: Listed = { segment: null };
    const summary = readSummary(line);
    if (summary === null) return listed;
    const segment = segmentOf(summary.info);
    if (segment !== null) listed.segment = this.ofTcp(summary, withPorts(segment, told));
    else if (summary.protocol === 'TCP' && !PART.test(summary.info) && CUT.test(summary.info)) this.cut += 1;
    else if (OVER_TCP.test(summary.protocol)) this.ofCarried(summary, listed, told);
    return listed;
  }

  private ofTcp(line: SummaryLine, segment: SummarySegment): PrintedSegment {
    const { time, source, destination, frameBytes, info } = line;
    const { sourcePort, destinationPort, flags, length, sequence, acknowledgement } = segment;
    const isSyn = (flags & SYN) !== 0;
    const speaker = this.connections.named(
      source,
      sourcePort,
      destination,
      destinationPort,
      isSyn && (flags & ACK) === 0,
    );
    const { mine, peer } = speaker;
    if (!isSyn) this.settle(addressesKey(source, destination), speaker, segment);
    if (isSyn) mine.scale = Number(/\bWS=(\d+)/.exec(info)?.[1] ?? 0);
    else if (frameBytes !== null) mine.headerBytes = frameBytes - length;
    if (!isSyn) this.placeEarly(line, speaker, segment);
    const isScaled = !isSyn && mine.scale > 0 && peer.scale > 0;
    mine.window = Math.min(Math.floor(segment.window / (isScaled ? mine.scale : 1)), 0xffff);
    if ((flags & (FIN | RST)) !== 0) mine.isDone = true;
    mine.acknowledged = acknowledgement ?? mine.acknowledged;
    const end = sequence + length + (isSyn ? 1 : 0) + (flags & FIN);
    if ((flags & RST) === 0) mine.next = isSyn || mine.next === null ? end : Math.max(mine.next, end);
    const printed = {
      ...UNSAID,
      time,
      source: { host: source, port: sourcePort },
      destination: { host: destination, port: destinationPort },
      flags,
      sequence,
      acknowledgement,
      window: mine.window,
      length,
      options: optionBytes(info),
      text: null,
    };
    if (PART.test(info)) mine.begun ??= printed;
    return printed;
  }

  /** A line without ports: what it is of TCP follows from the lines around it. */
  private ofCarried(summary: SummaryLine, listed: Listed, told: ToldSegment | null): void {
    const { source, destination, frameBytes, info } = summary;
    const ports = told?.ports ?? summary.ports;
    const text = START_LINE.exec(info)?.[0] ?? null;
    const isRequest = text === null ? null : REQUEST.test(text);
    const speakers =
      ports === null
        ? this.connections.open(source, destination, isRequest)
        : [this.connections.named(source, ports[0], destination, ports[1], false)];
    const candidates = speakers.flatMap(({ mine, peer }): Candidate[] => {
      const headerBytes = mine.headerBytes || peer.headerBytes;
      const { acknowledged, begun } = mine;
      // Of a connection that is named, a line may be the first that is listed.
      const window = ports === null ? mine.window : (mine.window ?? UNKNOWN_WINDOW);
      if (window === null) return [];
      if (told !== null)
        return [{ mine, peer, acknowledged: told.acknowledgement ?? acknowledged, window, begun, bytes: told.length }];
      if (frameBytes === null) return [{ mine, peer, acknowledged, window, begun, bytes: null }];
      if (headerBytes === 0 || frameBytes < headerBytes) return [];
      return [{ mine, peer, acknowledged, window, begun, bytes: frameBytes - headerBytes }];
    });
    const waiting: Waiting = { listed, summary, text, candidates };
    const [only] = candidates;
    if (only === undefined) this.keepEarly(waiting);
    else if (candidates.length === 1 && only.bytes !== null) this.place(waiting, only, only.bytes, told?.sequence);
    else {
      const key = addressesKey(source, destination);
      const lines = this.waiting.get(key) ?? [];
      this.waiting.set(key, lines);
      lines.push(waiting);
      if (lines.length > MAX_WAITING) {
        lines.shift();
        this.hopeless += 1;
      }
    }
  }

  /** A text may begin within a connection, at a line without ports. */
  private keepEarly(waiting: Waiting): void {
    const { source, destination, frameBytes } = waiting.summary;
    const key = addressesKey(source, destination);
    const lines = this.early.get(key) ?? [];
    const isKnown = this.connections.open(source, destination, waiting.text === null ? null : true).length > 0;
    // Within one host the addresses do not tell who speaks.
    if (isKnown || frameBytes === null || source === destination || lines.length >= MAX_EARLY) this.hopeless += 1;
    else this.early.set(key, [...lines, waiting]);
  }

  /** The first line that names a connection says whose the lines before it are, and where they end: nobody else was listed there. */
  private placeEarly({ source, destination }: SummaryLine, { mine, peer }: Speaker, segment: SummarySegment): void {
    const key = addressesKey(source, destination);
    const lines = this.early.get(key);
    if (lines === undefined) return;
    this.early.delete(key);
    const { headerBytes } = mine;
    const bytesOf = ({ summary }: Waiting): number => (summary.frameBytes ?? 0) - headerBytes;
    const sent = (from: string): number =>
      lines.reduce((sum, line) => sum + (line.summary.source === from ? bytesOf(line) : 0), 0);
    const [next, peerNext] = [segment.sequence - sent(source), (segment.acknowledgement ?? 0) - sent(destination)];
    if (next < 1 || peerNext < 1 || lines.some((line) => bytesOf(line) <= 0)) {
      this.hopeless += lines.length;
      return;
    }
    mine.next = next;
    peer.next = peerNext;
    for (const waiting of lines) {
      const [sender, receiver] = waiting.summary.source === source ? [mine, peer] : [peer, mine];
      const { next: sequence, begun } = sender;
      const acknowledged = receiver.next ?? 1;
      const candidate = { mine: sender, peer: receiver, acknowledged, window: UNKNOWN_WINDOW, begun };
      this.place(waiting, { ...candidate, bytes: null }, bytesOf(waiting), sequence);
    }
  }

  /** What a line with numbers says of those without: bytes that are missing before it are theirs, and where none are, they are not of that side. */
  private settle(key: string, { mine, peer }: Speaker, { flags, sequence, acknowledgement }: SummarySegment): void {
    if ((this.waiting.get(key)?.length ?? 0) === 0) return;
    if (acknowledgement !== null && (flags & ACK) !== 0) this.fill(key, peer, acknowledgement);
    this.fill(key, mine, sequence);
    // A reset may stand anywhere: at the start of what was swallowed, or at what it answers.
    if ((flags & RST) === 0 && mine.next !== null && sequence <= mine.next) this.excuse(key, mine);
  }

  /** Gives the bytes up to `until` that were not listed of a side to the lines that they fit, the earliest first. */
  private fill(key: string, sender: ListedSender, until: number): void {
    if (sender.next === null || until <= sender.next) return;
    const mayBe = (this.waiting.get(key) ?? []).flatMap((waiting) => {
      const candidate = waiting.candidates.find(({ mine }) => mine === sender);
      return candidate === undefined ? [] : [[waiting, candidate] as const];
    });
    const missing = until - sender.next;
    for (const [waiting, candidate] of fitting(mayBe, missing)) {
      this.place(waiting, candidate, candidate.bytes ?? missing);
      this.forget(key, waiting);
    }
  }

  /** A side that has sent nothing since is not the one that earlier lines are from. */
  private excuse(key: string, sender: ListedSender): void {
    for (const waiting of [...(this.waiting.get(key) ?? [])]) {
      const left = waiting.candidates.filter(({ mine }) => mine !== sender);
      const [only] = left;
      if (left.length === waiting.candidates.length || only === undefined) continue;
      waiting.candidates = left;
      if (left.length > 1 || only.bytes === null) continue;
      this.place(waiting, only, only.bytes);
      this.forget(key, waiting);
    }
  }

  private forget(key: string, waiting: Waiting): void {
    this.waiting.set(
      key,
      (this.waiting.get(key) ?? []).filter((one) => one !== waiting),
    );
  }

  private place(
    { listed, summary, text }: Waiting,
    { mine, peer, acknowledged, window, begun }: Candidate,
    bytes: number,
    sequence: number | null = null,
  ): void {
    if (sequence !== null) mine.next = Math.max(mine.next ?? 0, sequence + bytes);
    else if (mine.next !== null) mine.next += bytes;
    const { time, source, destination, info } = summary;
    const isPart = PART.test(info);
    // What a line says of a message in several packets stands at its last one; the first line is in its first.
    if (begun !== null) {
      if (text !== null && !isPart) begun.text ??= text;
      if (!isPart && mine.begun === begun) mine.begun = null;
    }
    const printed = {
      ...UNSAID,
      time,
      source: { host: source, port: mine.port },
      destination: { host: destination, port: peer.port },
      // An established connection's segments all have it (RFC 9293 §3.1); what else is set is not listed.
      flags: ACK,
      sequence,
      acknowledgement: acknowledged,
      window,
      length: bytes,
      options: [],
      text: begun === null ? text : null,
    };
    if (isPart) mine.begun ??= printed;
    listed.segment = printed;
  }
}

/** The line that has just so many bytes, or the first ones that have them together; none: no line fits. Without lengths it is the only line. */
function fitting(lines: readonly (readonly [Waiting, Candidate])[], bytes: number): typeof lines {
  if (lines.some(([, candidate]) => candidate.bytes === null)) return lines.length === 1 ? lines : [];
  const single = lines.find(([, candidate]) => candidate.bytes === bytes);
  if (single !== undefined) return [single];
  let sum = 0;
  for (const [at, [, candidate]] of lines.entries()) {
    sum += candidate.bytes ?? 0;
    if (sum >= bytes) return sum === bytes ? lines.slice(0, at + 1) : [];
  }
  return [];
}

/** The details have the numbers of ports that the line may name. */
function withPorts(segment: SummarySegment, told: ToldSegment | null): SummarySegment {
  if (told === null) return segment;
  const [sourcePort, destinationPort] = told.ports;
  return { ...segment, sourcePort, destinationPort };
}
