/**
 * ICMP errors as tcpdump prints them: who could not be reached, and the port where it says one. RFC 792.
 *
 * Of the segment that an error quotes a line says no more. It is of the one SYN of the error's
 * receiver to there that stands unanswered; where several do, nobody knows of which.
 */
import { linkOf, type PrintedEnd, type PrintedSegment } from './line.js';
import { timeIn } from './time.js';

/** An error as printed. */
export interface PrintedUnreachable {
  readonly sender: string;
  readonly receiver: string;
  /** Of destination unreachable. RFC 792, RFC 1812 §5.2.7.1. */
  readonly code: number;
  readonly target: string;
  /** `null`: not said. */
  readonly port: string | null;
  readonly link: PrintedSegment['link'];
}

const LINE =
  /\bIP (?:\(.*?\)\s+)?(\S+) > (\S+): ICMP (?:(host|net) )?(\S+)(?: tcp port (\S+))? unreachable(?: - (admin prohibited filter|admin prohibited))?, length \d+/;
/** Codes by what the line says, the ways of being prohibited apart. */
const CODES: Readonly<Record<string, number>> = {
  net: 0,
  host: 1,
  'net admin prohibited': 9,
  'host admin prohibited': 10,
  'host admin prohibited filter': 13,
};
const PORT = 3;

/** Reads one packet's head; `null`: it says nothing of the kind. */
export function readUnreachable(line: string): PrintedUnreachable | null {
  const time = timeIn(line);
  if (time === null) return null;
  const behind = line.slice(time.end);
  const match = LINE.exec(behind);
  if (match === null) return null;
  const { link, head } = linkOf(behind.slice(0, match.index));
  if (!/^\s*$/.test(head)) return null;
  const [, sender = '', receiver = '', what, target = '', port, way] = match;
  const code = port === undefined ? CODES[[what, way].filter((word) => word !== undefined).join(' ')] : PORT;
  return code === undefined ? null : { sender, receiver, code, target, port: port ?? null, link };
}

/** SYNs that are kept of two hosts; more are a scan, and an error is of any. */
const MAX_SYNS = 64;
/** A host that answers no ARP is given up after three seconds (Linux); an error about an older SYN is about something else. */
const MAX_AGE_NS = 10_000_000_000n;
const [SYN, ACK] = [2, 16];

/** A SYN, by the ports as printed. */
interface KeptSyn {
  readonly from: PrintedEnd;
  readonly to: PrintedEnd;
  readonly atNs: bigint;
}

/** SYNs without an answer, by the two hosts as printed. */
export class UnansweredSyns {
  private readonly syns = new Map<string, Map<string, KeptSyn>>();

  /** Takes down the text's next segment. */
  note({ source, destination, flags }: Pick<PrintedSegment, 'source' | 'destination' | 'flags'>, atNs: bigint): void {
    if ((flags & (SYN | ACK)) !== SYN) {
      this.syns.get(`${destination.host} ${source.host}`)?.delete(`${destination.port} ${source.port}`);
      return;
    }
    const key = `${source.host} ${destination.host}`;
    const known = this.syns.get(key) ?? new Map<string, KeptSyn>();
    this.syns.set(key, known);
    for (const [ports, syn] of known) if (atNs - syn.atNs > MAX_AGE_NS) known.delete(ports);
    if (known.size < MAX_SYNS) known.set(`${source.port} ${destination.port}`, { from: source, to: destination, atNs });
  }

  /** Takes the only SYN that the error can be about; `null`: there is none, or there are several. */
  take({ receiver, target, port }: PrintedUnreachable, atNs: bigint): KeptSyn | null {
    const known = this.syns.get(`${receiver} ${target}`);
    if (known === undefined || known.size >= MAX_SYNS) return null;
    const fitting = [...known.values()].filter(
      (syn) => atNs - syn.atNs <= MAX_AGE_NS && (port === null || syn.to.port === port),
    );
    const [only] = fitting;
    if (only === undefined || fitting.length > 1) return null;
    // It has its answer; sent again it waits for another.
    known.delete(`${only.from.port} ${only.to.port}`);
    return only;
  }
}
