/** TCP options as bytes, from the words that tcpdump and Wireshark print of them. */

/** Encodes the options that matter, in the order printed; padded to four bytes. RFC 9293 §3.1, RFC 7323, RFC 2018. */
export function optionBytes(text: string): number[] {
  const bytes: number[] = [];
  for (const [word] of text.matchAll(OPTION)) bytes.push(...encoded(word));
  while (bytes.length % 4 !== 0) bytes.push(1);
  // A header has room for forty; what is beyond was no options.
  return bytes.slice(0, 40);
}

/** Of tcpdump since 4.0, of the one before it (`timestamp 1 2`), and of Wireshark (`MSS=1460`, `TSval=1 TSecr=2`, before 1.8 `TSV=1 TSER=2`). */
const OPTION =
  /\bmss[ =]\d+|\bsackOK\b|\bSACK_PERM\b(?:=\d)?|\bTS ?val[ =]\d+,? (?:TS)?ecr[ =]\d+|\bTSV=\d+ TSER=\d+|\btimestamp \d+ \d+|\bwscale \d+|\bWS=\d+|\bsack \d+ (?:\{\d+:\d+\},?)+|\bSLE=\d+ SRE=\d+/gi;

function encoded(word: string): number[] {
  const [first = 0, second = 0, ...more] = [...word.matchAll(/\d+/g)].map(([digits]) => Number(digits));
  if (/^mss/i.test(word)) return [2, 4, (first >>> 8) & 255, first & 255];
  if (/^sack \d/i.test(word)) return blocks([second, ...more]); // the first number counts them
  if (/^sack/i.test(word)) return [4, 2];
  if (/^sle/i.test(word)) return blocks([first, second]);
  if (/^wscale/i.test(word)) return [3, 3, first & 15];
  // Wireshark prints the factor.
  if (/^ws/i.test(word)) return [3, 3, Math.min(14, Math.round(Math.log2(Math.max(1, first))))];
  return [8, 10, ...fourBytes(first), ...fourBytes(second)];
}

/** Relative numbers as printed: that there are blocks is read, where they lie is not. */
function blocks(numbers: readonly number[]): number[] {
  const kept = numbers.slice(0, numbers.length >= 6 ? 6 : numbers.length & ~1);
  return [5, 2 + 4 * kept.length, ...kept.flatMap(fourBytes)];
}

function fourBytes(value: number): number[] {
  return [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}
