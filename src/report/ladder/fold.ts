/** Which neighbouring packets become one row: those that say the same, again and again. */
import type { PacketContent, SegmentDetail } from '../../facts/packet-detail.js';
import { countText } from '../../text/size.js';

const SYN_FIN_RST = 0x07;

/** Segments of one sender with equal keys that follow one another are one row; `null`: it stands alone. */
export function foldKeyOf(segment: SegmentDetail, isWindowClosed = false): string | null {
  if ((segment.flags & SYN_FIN_RST) !== 0) return null;
  if (segment.isKeepAlive) return isWindowClosed ? 'window probe' : 'keep-alive';
  if (segment.payloadLength === 0) return null;
  const content = contentKeyOf(segment.contents);
  if (content === null) return null;
  const course = segment.isRetransmission ? 'again ' : segment.isOutOfOrder ? 'late ' : '';
  return `${course}${content}`;
}

/** Contents that go on as they did before. */
function contentKeyOf(contents: readonly PacketContent[]): string | null {
  const keys = new Set(contents.map(keyOf));
  const [only = 'bytes'] = keys;
  return keys.size > 1 ? null : only;
}

function keyOf(content: PacketContent): string | null {
  if (content.kind === 'record') return content.name;
  if (content.kind !== 'frame') return null;
  const isBody = content.name === 'DATA' || content.protocol === 'websocket';
  return isBody ? `${content.name} ${content.h2Stream}` : null;
}

/** `DATA[1] · 3 segments, 4,344 B`, from the label of the first. */
export function foldedLabel(label: string, packetCount: number, bytes: number): string {
  const first = /^[\d,]+ B$/.test(label) ? '' : `${label} · `;
  return `${first}${countText(packetCount)} segments${bytes > 0 ? `, ${countText(bytes)} B` : ''}`;
}
