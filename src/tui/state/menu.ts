/** A choice of a few, in a box over the screen. */
import type { ExportChoice } from './export-choice.js';

/** What is done when an entry is chosen. */
export type MenuDeed =
  | { readonly kind: 'copy'; readonly what: string; readonly text: string }
  /** The text is not made yet. */
  | { readonly kind: 'copy-finding'; readonly finding: string }
  | { readonly kind: 'export'; readonly choice: ExportChoice };

/** An entry, with the key that chooses it. */
export interface MenuEntry {
  readonly key: string;
  readonly label: string;
  readonly deed: MenuDeed;
}

/** A menu that is open. */
export interface Menu {
  readonly title: string;
  readonly entries: readonly MenuEntry[];
  readonly cursor: number;
  /** All keys, with what is typed to find some of them; `null`: an ordinary menu. */
  readonly help: { readonly search: string; readonly top: number } | null;
}

/** A menu with the cursor on its first entry. */
export function menuOf(title: string, entries: readonly MenuEntry[]): Menu {
  return { title, entries, cursor: 0, help: null };
}

/** The list of keys. */
export const HELP_MENU: Menu = { title: 'Keys', entries: [], cursor: 0, help: { search: '', top: 0 } };
