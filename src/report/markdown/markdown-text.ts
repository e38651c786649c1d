/**
 * Text for Markdown as GitHub, GitLab and Jira read it (CommonMark with GitHub's extensions).
 *
 * Captured text must neither format, nor notify or link anybody: what has a meaning is escaped, and
 * what would become a mention, a reference or a link is put in code marks.
 */

/**
 * `@name`, `#12`, `!12`, `GH-12`, `owner/name#12`, commit ids, addresses of web and mail; and words with a name
 * between two colons, which GitHub draws as an emoji even within a word and however they are escaped: the `:a:` of
 * `fe80::a:1`, a port as in `10.0.0.1:1234: …`. Names are only begun where a word begins: a long one is tried once,
 * not once from each of its letters.
 */
const LINKED =
  /(?:https?|ftp|mailto):\S+|www\.\S+|(?<![\w.:%[\]+-])[\w.:%[\]+-]*:(?:100|1234|[+-]1|[\w+-]{0,30}[a-z][\w+-]{0,30}):[\w.:%[\]+-]*|(?<![\w.+-])[\w.+-]+@[\w.-]+|@[\w/-]+|(?:(?<![\w.-])[\w.-]+\/[\w.-]+)?[#!$&%~]\d[\w-]*|\bGH-\d+|\b[A-Z][A-Z0-9]+-\d+\b|\b[0-9a-f]{7,64}\b/g;
const SPECIAL = /[\\`*_{}[\]<>#|~&^$!]/g;
/** What begins a list, a heading or a line at the beginning of one. */
const LEADING = /^(\s*)([-+=](?=\s|$)|\d+(?=[.)](?:\s|$)))/;

/** Prose in one line. */
export function markdownText(text: string): string {
  let out = '';
  let from = 0;
  // What stands side by side is one span: the marks of two would read as one run of backticks.
  let code = '';
  for (const { 0: found, index } of text.matchAll(LINKED)) {
    const linked = withoutSentenceEnd(found);
    if (index > from) {
      out += spanOf(code) + escaped(text.slice(from, index));
      code = '';
    }
    code += linked;
    from = index + linked.length;
  }
  return (out + spanOf(code) + escaped(text.slice(from))).replace(LEADING, (_, space: string, mark: string) =>
    /\d/.test(mark) ? `${space}&#${mark.charCodeAt(0)};${mark.slice(1)}` : `${space}\\${mark}`,
  );
}

/** What belongs to the sentence around it rather than to an address, as GitHub sees it: a stop, or the end of what began before it. */
function withoutSentenceEnd(linked: string): string {
  let end = linked.length;
  for (const least = Math.max(1, end - MAX_SENTENCE_END); end > least; end -= 1) {
    const last = linked.charAt(end - 1);
    const opening = OPENINGS[last];
    const isOfIt = opening === undefined ? !STOPS.includes(last) : linked.slice(0, end).includes(opening);
    if (isOfIt) break;
  }
  return linked.slice(0, end);
}

/** Characters that are looked at: more are no end of a sentence. */
const MAX_SENTENCE_END = 16;
const STOPS = '.,;:!?\'"’”»';
const OPENINGS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{', '>': '<' };

/** The same in a cell of a table, where a bar ends the cell even in code. */
export function cellText(text: string): string {
  return markdownText(text).replace(/(?<!\\)\|/g, '\\|');
}

/** Code in a line: the marks are longer than any run of backticks in it. */
export function codeSpan(text: string): string {
  const marks = '`'.repeat(longestRun(text) + 1);
  const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${marks}${pad}${text}${pad}${marks}`;
}

function spanOf(code: string): string {
  return code === '' ? '' : codeSpan(code);
}

/** A block of code, of more than three backticks where it holds so many. */
export function codeBlock(text: string, language = ''): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language}\n${text.replace(/\n$/, '')}\n${fence}`;
}

function escaped(text: string): string {
  // Beside the marks of code an escaped backtick would be hard to tell from theirs.
  return text.replace(SPECIAL, (character) => (character === '`' ? '&#96;' : `\\${character}`));
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
