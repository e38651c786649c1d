/** Text for terminals that show nothing beyond ASCII, or show some of it two cells wide. */

/** Stand-ins of the same width, so that columns stay where they are. */
const SAME_WIDTH: Readonly<Record<string, string>> = {
  '…': '~',
  '–': '-',
  '—': '-',
  '−': '-',
  '·': '-',
  '→': '>',
  '←': '<',
  '×': 'x',
  '≥': '>',
  '≤': '<',
  '≠': '#',
  '≈': '~',
  '±': '~',
  µ: 'u',
  μ: 'u',
  '§': 'S',
  '’': "'",
  '‘': "'",
  '“': '"',
  '”': '"',
};

/** `text` without characters of ambiguous width that programs write; letters of any script stay. UAX #11. */
export function inAscii(text: string): string {
  return /^[ -~]*$/.test(text) ? text : text.replace(/[^ -~]/gu, (character) => SAME_WIDTH[character] ?? character);
}
