/** Names of keys: as the keyboard gives them (terminal/keyboard.ts), and as people write them. */

const KEY_TEXTS: Readonly<Record<string, string>> = {
  enter: '⏎',
  escape: 'Esc',
  space: 'Space',
  tab: 'Tab',
  'shift-tab': 'Shift-Tab',
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  home: 'Home',
  end: 'End',
  'page-up': 'PgUp',
  'page-down': 'PgDn',
};

const ASCII_KEY_TEXTS: Readonly<Record<string, string>> = {
  enter: 'Enter',
  up: 'Up',
  down: 'Down',
  left: 'Left',
  right: 'Right',
};

/** A key as people write it. */
export function keyText(key: string, isAscii: boolean): string {
  return (
    (isAscii ? ASCII_KEY_TEXTS[key] : undefined) ??
    KEY_TEXTS[key] ??
    (key.startsWith('ctrl-') ? `Ctrl-${key.slice(5).toUpperCase()}` : key)
  );
}

/** Whether a keyboard can send `key`: a character, a key by its name, or `ctrl-` and a letter. */
export function isKey(key: string): boolean {
  return Object.hasOwn(KEY_TEXTS, key) || /^ctrl-[a-z]$/.test(key) || /^[^\s\p{C}]$/u.test(key);
}
