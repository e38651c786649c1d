/**
 * A line as it was printed: without what mails, tickets and web pages put around it. Tags of HTML are
 * known by name: between the same brackets tcpdump before 4.0 printed TCP options.
 */

/** A line of a longest request target and what stands around it; what is longer is not looked at to its end. */
const MAX_LINE = 16_384;
/** Quoting of mails and tickets, and what makes a line of code a comment. */
const QUOTE = /^(?:\s*(?:[>|]|#+(?=\s)|\/\/))+ ?/;
/** Characters that Markdown or a ticket's markup has set free, and a line's end of either. */
const ESCAPE = /\\(?:([[\]{}<>*_|#])|$)/g;
const TAG =
  /<\/?(?:a|b|blockquote|br|code|dd|div|dl|dt|em|font|h[1-6]|i|kbd|li|mark|ol|p|pre|s|samp|small|span|strong|sub|sup|table|tbody|td|th|thead|tr|tt|u|ul|var)(?:\s[^<>]{0,300})?\/?>/gi;
/** Where a page breaks a line, or begins a paragraph; the text may do so as well. */
const BREAK = /<(?:br ?\/?|\/?(?:p|pre|div|li|tr|h[1-6])(?:\s[^<>]{0,300})?)>/i;
const ENTITY = /&(?:#(\d{2,6})|#x([\da-f]{2,5})|(gt|lt|amp|quot|nbsp));/gi;
const NAMED: Readonly<Record<string, string>> = { gt: '>', lt: '<', amp: '&', quot: '"', nbsp: ' ' };

/** The lines of a text, each freed of what stands around it. */
export function* plainLines(text: string): Generator<string> {
  for (const raw of text.split('\n')) {
    const pieces = raw.includes('<') ? raw.split(BREAK) : [raw];
    for (const piece of pieces) if (pieces.length === 1 || piece.trim() !== '') yield plainLine(piece);
  }
}

/** See the head of this file. */
export function plainLine(raw: string): string {
  let line = (raw.length > MAX_LINE ? raw.slice(0, MAX_LINE) : raw).replace(/\r$/, '');
  if (line.includes('<')) line = line.replace(TAG, '');
  if (line.includes('&')) line = line.replace(ENTITY, characterOf);
  if (line.includes('\\')) line = line.replace(ESCAPE, '$1');
  return line.replaceAll('\u00a0', ' ').replace(QUOTE, '');
}

function characterOf(entity: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) return NAMED[name.toLowerCase()] ?? entity;
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
  // A line's end within a line would make another line of it.
  return code < 32 || code > 0x10_ffff ? entity : String.fromCodePoint(code);
}
