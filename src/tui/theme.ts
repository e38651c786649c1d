/**
 * What a piece of text is, and how that looks. Only the terminal's own sixteen colours, and no
 * background of ours; without colour a role is still told by bold, inverse, dim and its glyph.
 */

/** What a span of text is. */
export type Role =
  | 'plain'
  | 'strong'
  | 'dim'
  | 'critical'
  | 'warning'
  | 'notice'
  | 'good'
  | 'client'
  | 'server'
  | 'selected'
  | 'lit'
  | 'error';

interface Look {
  /** SGR parameters (ECMA-48 §8.3.117) without colour, and those of the colour. */
  readonly plain: string;
  readonly colour: string;
}

const LOOKS: Readonly<Record<Role, Look>> = {
  plain: { plain: '', colour: '' },
  strong: { plain: '1', colour: '' },
  dim: { plain: '2', colour: '' },
  critical: { plain: '1', colour: '31' },
  warning: { plain: '', colour: '33' },
  notice: { plain: '', colour: '36' },
  good: { plain: '', colour: '32' },
  client: { plain: '', colour: '34' },
  server: { plain: '', colour: '35' },
  selected: { plain: '7', colour: '' },
  lit: { plain: '7', colour: '' },
  error: { plain: '4', colour: '31' },
};

/** Marks drawn beside what is in colour too. */
export interface Glyphs {
  readonly rule: string;
  readonly cursor: string;
  readonly critical: string;
  readonly warning: string;
  readonly notice: string;
  readonly supported: string;
  readonly ruledOut: string;
  readonly open: string;
  readonly opened: string;
  readonly closed: string;
  readonly marked: string;
  readonly lifeline: string;
  readonly line: string;
  readonly thick: string;
  readonly right: string;
  readonly left: string;
  readonly gap: string;
  readonly ascending: string;
  readonly descending: string;
  readonly repeated: string;
  readonly ellipsis: string;
  readonly bars: string;
}

const UNICODE: Glyphs = {
  rule: '─',
  cursor: '▸',
  critical: '✖',
  warning: '▲',
  notice: '●',
  supported: '✔',
  ruledOut: '✘',
  open: '?',
  opened: '▾',
  closed: '▸',
  marked: '◆',
  lifeline: '│',
  line: '─',
  thick: '━',
  right: '▶',
  left: '◀',
  gap: '⋮',
  ascending: '↑',
  descending: '↓',
  repeated: '»',
  ellipsis: '…',
  bars: '▁▂▃▄▅▆▇█',
};

/** Each as wide as its model. */
const ASCII: Glyphs = {
  rule: '-',
  cursor: '>',
  critical: 'X',
  warning: '!',
  notice: '*',
  supported: '+',
  ruledOut: 'x',
  open: '?',
  opened: 'v',
  closed: '>',
  marked: '#',
  lifeline: '|',
  line: '-',
  thick: '=',
  right: '>',
  left: '<',
  gap: ':',
  ascending: '^',
  descending: 'v',
  repeated: '>',
  ellipsis: '~',
  bars: '_.,-=+*#',
};

/** How the application looks in one terminal. */
export interface Theme {
  readonly isColoured: boolean;
  readonly isAscii: boolean;
  readonly glyphs: Glyphs;
}

/** @param isAscii Nothing beyond ASCII: the terminal shows ambiguous characters two cells wide, or the user said so. */
export function themeOf(isColoured: boolean, isAscii: boolean): Theme {
  return { isColoured, isAscii, glyphs: isAscii ? ASCII : UNICODE };
}

/** SGR parameters of a role; empty: nothing is to be sent. */
export function lookOf(role: Role, { isColoured }: Theme): string {
  const { plain, colour } = LOOKS[role];
  if (!isColoured || colour === '') return plain;
  return plain === '' ? colour : `${plain};${colour}`;
}
