/**
 * What a line of printed output says of an ARP packet: who shows that it is there, and whom it asks for. RFC 826.
 *
 * Read are tcpdump's forms (`ARP, Request who-has T tell S`, with -v and -e what stands between, `arp
 * who-has T tell S` of those before 4.0) and those of the list of Wireshark and tshark.
 */
import { linkOf, MAC, macBytes, type PrintedSegment } from './line.js';
import { readSummary } from './summary-line.js';
import { timeIn } from './time.js';

/** An ARP packet as printed: hosts by address or name. */
export interface PrintedArp {
  readonly isRequest: boolean;
  /** `null`: whoever asks has no address yet. RFC 5227 §2.1.1. */
  readonly sender: string | null;
  /** `null`: not said. */
  readonly senderMac: readonly number[] | null;
  /** Whom a request asks for; `null` of a reply, whose line does not say. */
  readonly target: string | null;
  readonly link: PrintedSegment['link'];
}

/** Hardware and protocol that -v names, lengths and types that -e does. */
const BETWEEN = '(?:[ ,:]|\\(\\w+(?: \\w+)*\\)|length \\d+|Ethernet|IPv4|arp\\b)*';
const ARP = new RegExp(
  `\\b(?:ARP|arp)\\b${BETWEEN}(?:(?:Request )?who-has (\\S+)(?: \\(${MAC}[^)]*\\))* tell ([^\\s,]+)|Announcement ([^\\s,]+)|Probe ([^\\s,]+)|Reply ([^\\s,]+) is-at (${MAC}))(?=[\\s,]|$)`,
  'i',
);
/** What of -e may stand between the link's addresses and ARP: types, tags, and the second address of old. */
const BEFORE = new RegExp(
  `^\\s*(?:${MAC} )?(?:\\w{3,5} \\d+: )?(?:ethertype 802\\.1\\S* \\(0x[0-9a-f]{4}\\), length \\d+: )?(?:(?:ethertype 802\\.1\\S*, )?vlan \\d+, p \\d(?:, DEI)?, )*(?:ethertype )?$`,
  'i',
);
const LISTED = new RegExp(
  `^(?:Who has ([^\\s?]+)\\? (?:Tell (\\S+)|\\(ARP Probe\\))|(?:ARP Announcement|Gratuitous ARP) for (\\S+)|(\\S+) is at (${MAC}))(?=[\\s(]|$)`,
);

/** Reads one packet's head; `null`: it is no ARP request or reply for IPv4. */
export function readArp(line: string): PrintedArp | null {
  const time = timeIn(line);
  const behind = line.slice(time?.end ?? line.length);
  const match = ARP.exec(behind);
  if (match === null) return listedArp(line);
  const { link, head } = linkOf(behind.slice(0, match.index));
  if (!BEFORE.test(head)) return null;
  const [, target, asker, announced, probed, answerer, mac] = match;
  return arpOf(target ?? announced ?? probed, asker ?? announced, answerer, macBytes(mac), link);
}

function listedArp(line: string): PrintedArp | null {
  const summary = readSummary(line);
  if (summary?.protocol !== 'ARP') return null;
  const match = LISTED.exec(summary.info);
  if (match === null) return null;
  const [, target, asker, announced, answerer, mac] = match;
  const link = { direction: null, interfaceName: null, mac: null, macTo: null, vlan: null };
  return arpOf(target ?? announced, asker ?? announced, answerer, macBytes(mac), link);
}

function arpOf(
  target: string | undefined,
  asker: string | undefined,
  answerer: string | undefined,
  answererMac: readonly number[] | null,
  link: PrintedSegment['link'],
): PrintedArp {
  if (answerer !== undefined) return { isRequest: false, sender: answerer, senderMac: answererMac, target: null, link };
  const sender = asker === undefined || asker === '0.0.0.0' ? null : asker;
  return { isRequest: true, sender, senderMac: link.mac, target: target ?? null, link };
}
