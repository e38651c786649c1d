/** Keys while a menu is open. */
import type { Menu, MenuEntry } from './menu.js';
import { offeredName } from './menus.js';
import { edited, promptOf } from './prompt.js';
import type { TuiState } from './state.js';
import { only, type Step, type Surroundings } from './step.js';

/** What a key does to the menu. */
export function menuKey(state: TuiState, key: string, around: Surroundings): Step {
  const { menu } = state;
  if (menu === null) return only(state);
  if (menu.help !== null) return only(helpKey(state, menu, key));
  switch (key) {
    case 'escape':
    case 'q':
      return only({ ...state, menu: null });
    case 'down':
    case 'j':
      return only({ ...state, menu: { ...menu, cursor: Math.min(menu.cursor + 1, menu.entries.length - 1) } });
    case 'up':
    case 'k':
      return only({ ...state, menu: { ...menu, cursor: Math.max(0, menu.cursor - 1) } });
    case 'enter':
      return chosen(state, menu.entries[menu.cursor], around);
    default: {
      const entry = menu.entries.find((each) => each.key === key);
      return entry === undefined ? only(state) : chosen(state, entry, around);
    }
  }
}

function chosen(state: TuiState, entry: MenuEntry | undefined, around: Surroundings): Step {
  const closed = { ...state, menu: null };
  if (entry === undefined) return only(closed);
  const { deed } = entry;
  if (deed.kind !== 'export') return { state: closed, effects: [deed] };
  const line = promptOf(offeredName(deed.choice, state, around), []);
  return only({ ...closed, prompt: { kind: 'file', what: deed.choice, isOverwriting: false, line } });
}

/** What is typed finds keys by name or by word; arrows move. */
function helpKey(state: TuiState, menu: Menu, key: string): TuiState {
  const { help } = menu;
  if (help === null) return state;
  const withHelp = (next: { search: string; top: number }): TuiState => ({ ...state, menu: { ...menu, help: next } });
  switch (key) {
    case 'escape':
      return help.search === '' ? { ...state, menu: null } : withHelp({ search: '', top: 0 });
    case 'enter':
      return { ...state, menu: null };
    case 'down':
      return withHelp({ ...help, top: help.top + 1 });
    case 'up':
      return withHelp({ ...help, top: Math.max(0, help.top - 1) });
    case 'page-down':
      return withHelp({ ...help, top: help.top + 10 });
    case 'page-up':
      return withHelp({ ...help, top: Math.max(0, help.top - 10) });
    case '?':
      return help.search === '' ? { ...state, menu: null } : state;
    case 'q':
      if (help.search === '') return { ...state, menu: null };
      break;
    default:
  }
  const { text } = edited(promptOf(help.search, []), { kind: 'key', key });
  return withHelp({ search: text, top: 0 });
}
