import { styleText } from 'node:util';

/** How a text report looks. */
export interface TextStyle {
  /** Columns; only lines to paste may be longer. */
  readonly width: number;
  readonly isColoured: boolean;
  /** Nothing beyond ASCII. */
  readonly ascii: boolean;
  readonly time: TimeStyle;
}

/** `relative`: since the run's first packet. */
export type TimeStyle = 'utc' | 'local' | 'relative';

/** What a piece of text is, from which its colour follows; the words say it without colour too. */
export type Role = 'critical' | 'warning' | 'notice' | 'strong' | 'dim';

/** The sixteen named colours alone: the terminal's owner has chosen how they look. */
const FORMATS: Readonly<Record<Role, Parameters<typeof styleText>[0]>> = {
  critical: ['red', 'bold'],
  warning: 'yellow',
  notice: 'cyan',
  strong: 'bold',
  dim: 'dim',
};

/** Text in the colour of its role, where colours are wanted. */
export function painted(text: string, role: Role, style: TextStyle): string {
  // Whether to colour is decided already; Node would decide by NO_COLOR and its own standard output.
  return style.isColoured ? styleText(FORMATS[role], text, { validateStream: false }) : text;
}

/** Stand-ins for the characters beyond ASCII that reports and rules use. */
const ASCII: Readonly<Record<string, string>> = {
  '…': '...',
  '–': '-',
  '—': '-',
  '−': '-',
  '·': '-',
  '→': '->',
  '←': '<-',
  '×': 'x',
  '≥': '>=',
  '≤': '<=',
  '≠': '!=',
  '≈': '~',
  '±': '+-',
  µ: 'u',
  μ: 'u',
  '§': 'section ',
  '’': "'",
  '‘': "'",
  '“': '"',
  '”': '"',
  '✔': '+',
  '✘': 'x',
  '✖': 'X',
  '▲': '!',
  '●': '*',
};

/** `text` in the style's characters: stand-ins for known ones, escapes for the rest, when it has to be ASCII. */
export function inStyle(text: string, style: TextStyle): string {
  if (!style.ascii) return text;
  return text.replace(
    /[^\n -~]/gu,
    (character) => ASCII[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
