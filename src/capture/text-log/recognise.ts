/** What a text that may be a printed capture is: judged by its beginning. */
import { isUtf8 } from 'node:buffer';
import { isDetailed } from './detail.js';
import { plainLines } from './plain-line.js';
import { looksListed } from './summary-line.js';
import { timeIn } from './time.js';

/** `printed` by tcpdump, `listed` by Wireshark or tshark, in detail as well; or what lacks too much to be read. */
export type TextKind = 'printed' | 'listed' | 'without-times' | 'without-flags';

const SEGMENT = / > \S+\.[\w+-]+: (?:Flags \[|[SFPRWEU.]+ (?:\d+:\d+\(\d+\)|ack \d+)[^\n]{0,400}\bwin \d)/;
/** A line of -q. */
const QUIET = / > \S+\.[\w+-]+: tcp \d+\s*$/m;

/** What a text is; `null`: nothing that holds packets. */
export function textKindOf(text: string): TextKind | null {
  const lines = [...plainLines(text)];
  const plain = lines.join('\n');
  if (SEGMENT.test(plain)) return lines.some((line) => timeIn(`${line} `) !== null) ? 'printed' : 'without-times';
  if (QUIET.test(plain)) return 'without-flags';
  return lines.some(looksListed) || isDetailed(lines) ? 'listed' : null;
}

/** What is said of a text that lacks too much. */
export const LACKING: Readonly<Record<'without-times' | 'without-flags', string>> = {
  'without-times': 'is what tcpdump -t prints, packets without times; print it without -t',
  'without-flags': 'is what tcpdump -q prints, packets without flags and numbers; print it without -q',
};

/** The characters of a text: UTF-8, UTF-16 as Windows’ shells write it, or bytes as they are. */
export function charactersOf(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return buffer.toString('utf16le', 2);
  // The last character may be cut.
  const isText = isUtf8(bytes) || isUtf8(bytes.subarray(0, lastWhole(bytes)));
  return buffer.toString(isText ? 'utf8' : 'latin1');
}

/** Where the last character begins. RFC 3629 §3. */
function lastWhole(bytes: Uint8Array): number {
  let at = bytes.length - 1;
  while (at > 0 && ((bytes[at] ?? 0) & 0xc0) === 0x80) at -= 1;
  return at;
}
