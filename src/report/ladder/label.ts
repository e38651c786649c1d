/** What stands on a row of a ladder: flags, then what the bytes are, as short as it can be said. */
import { UNKNOWN_STATUS } from '../../facts/exchange.js';
import type { PacketContent, SegmentDetail, UnreachableDetail } from '../../facts/packet-detail.js';
import { ACK, FIN, PSH, RST, SYN } from '../../facts/tcp-flags.js';
import { targetText, UNSALTED } from '../../text/redaction.js';
import { countText } from '../../text/size.js';
import { visible } from '../../text/visible.js';
import { cutText } from '../../text/width.js';

/** Cells of a target on a row. */
const MAX_TARGET = 60;
/** Contents named on a row; the rest is counted. */
const MAX_NAMED = 4;

/** No payload and nothing said but what has come: what a ladder leaves out first. A window of 0 says something. */
export function isPureAcknowledgement(segment: SegmentDetail): boolean {
  return (
    segment.payloadLength === 0 &&
    (segment.flags & ~PSH) === ACK &&
    segment.window > 0 &&
    !segment.isKeepAlive &&
    segment.contents.length === 0
  );
}

/** The label of one segment; safe to show. `isWindowClosed`: what it is sent to has no room (RFC 9293 §3.8.6.1). */
export function labelOf(segment: SegmentDetail, reveal: boolean, isWindowClosed = false): string {
  const { flags, payloadLength } = segment;
  const parts = contentTexts(segment.contents, reveal);
  if (parts.length === 0 && payloadLength > 0 && !segment.isKeepAlive) parts.push(`${countText(payloadLength)} B`);
  const named =
    parts.length <= MAX_NAMED ? parts : [...parts.slice(0, MAX_NAMED - 1), `${parts.length - MAX_NAMED + 1} more`];
  const words = [flagText(flags, named.length > 0), named.join(', ')].filter((word) => word !== '');
  if (segment.isKeepAlive) words.push(isWindowClosed ? 'window probe' : 'keep-alive probe');
  else if (segment.isRetransmission) words.push('again');
  else if (segment.isOutOfOrder) words.push('(late)');
  if ((flags & (SYN | FIN | RST)) === 0 && segment.window === 0 && payloadLength === 0) words.push('window 0');
  return words.join(' ');
}

/** `SYN ACK`, `RST`; ACK and PSH are not worth a word beside others. */
function flagText(flags: number, hasContent: boolean): string {
  if ((flags & SYN) !== 0) return (flags & ACK) !== 0 ? 'SYN ACK' : 'SYN';
  if ((flags & RST) !== 0) return 'RST';
  if ((flags & FIN) !== 0) return hasContent ? 'FIN with' : 'FIN';
  return hasContent ? '' : 'ACK';
}

function contentTexts(contents: readonly PacketContent[], reveal: boolean): string[] {
  return contents.map((content) => contentText(content, reveal));
}

function contentText(content: PacketContent, reveal: boolean): string {
  switch (content.kind) {
    case 'request': {
      const target = cutText(visible(targetText(content.target, reveal)), MAX_TARGET);
      const line = `${wordText(content.method, reveal)} ${target}`;
      return content.h2Stream === null
        ? `${line} ${wordText(content.version, reveal)}`.trim()
        : `HEADERS[${content.h2Stream}] ${line}`;
    }
    case 'response': {
      const status = content.status === UNKNOWN_STATUS ? 'status unknown' : String(content.status);
      if (content.h2Stream !== null) return `HEADERS[${content.h2Stream}] ${status}`;
      return cutText(wordText(`${content.version} ${status} ${content.reason}`.trim(), reveal), MAX_TARGET);
    }
    case 'handshake':
      return content.name;
    case 'record':
      return content.name;
    case 'alert':
      // Without a name of its own it is told what it was taken for: "probably an alert".
      return /\balert$/.test(content.name)
        ? content.name
        : `Alert ${content.level === null ? '' : `${content.level} `}${content.name}`;
    case 'frame':
      return content.h2Stream === null
        ? content.name
        : content.name.replace(/^\S+/, (word) => `${word}[${content.h2Stream}]`);
    default: {
      const never: never = content;
      return never;
    }
  }
}

/** Captured words of which nothing is known. */
function wordText(text: string, reveal: boolean): string {
  return visible(reveal ? text : UNSALTED.text(text));
}

/** RFC 792, RFC 1812 §5.2.7.1, RFC 4443: the messages that end up at TCP, by type and code. */
export function unreachableLabel({ sender, type, code }: UnreachableDetail): string {
  const isV6 = sender.includes(':');
  const name = (isV6 ? ICMPV6_NAMES : ICMP_NAMES)[`${type}/${code}`];
  const message = name === undefined ? `type ${type} code ${code}` : `${name} (${type}/${code})`;
  return `${isV6 ? 'ICMPv6' : 'ICMP'} ${message} from ${sender}`;
}

const ICMP_NAMES: Readonly<Record<string, string>> = {
  '3/0': 'network unreachable',
  '3/1': 'host unreachable',
  '3/2': 'protocol unreachable',
  '3/3': 'port unreachable',
  '3/4': 'fragmentation needed',
  '3/9': 'network prohibited',
  '3/10': 'host prohibited',
  '3/13': 'prohibited',
  '11/0': 'time exceeded',
};

const ICMPV6_NAMES: Readonly<Record<string, string>> = {
  '1/0': 'no route',
  '1/1': 'prohibited',
  '1/3': 'address unreachable',
  '1/4': 'port unreachable',
  '1/5': 'source address refused',
  '1/6': 'route rejected',
  '2/0': 'packet too big',
  '3/0': 'time exceeded',
};
