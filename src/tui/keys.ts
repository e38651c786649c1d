/**
 * The one table of keys: what each does, where. The footer, the help screen and the reducers read it.
 *
 * Vim, less, k9s, lazygit, termshark, mitmproxy and sngrep agree on most of it.
 */
import { meantKey } from './terminal/input-method.js';

/** What a key can ask for. */
export type Action =
  | 'up'
  | 'down'
  | 'half-down'
  | 'half-up'
  | 'page-down'
  | 'page-up'
  | 'top'
  | 'bottom'
  | 'left'
  | 'right'
  | 'open'
  | 'back'
  | 'leave'
  | 'quit'
  | 'repaint'
  | 'suspend'
  | 'pane'
  | 'view-1'
  | 'view-2'
  | 'view-3'
  | 'view-4'
  | 'previous'
  | 'next'
  | 'sort'
  | 'reverse'
  | 'filter'
  | 'next-match'
  | 'previous-match'
  | 'copy'
  | 'export'
  | 'mark'
  | 'explain'
  | 'unseen'
  | 'help'
  | 'all-packets'
  | 'acknowledgements'
  | 'legs'
  | 'mermaid'
  | 'times'
  | 'follow'
  | 'reveal'
  | 'next-packet'
  | 'previous-packet';

/** A screen as far as its keys differ from others'. */
export type Place =
  | 'overview'
  | 'findings'
  | 'finding'
  | 'connections'
  | 'servers'
  | 'ladder'
  | 'packet'
  | 'stream'
  | 'text';

/** One row of the table. */
export interface KeyBinding {
  readonly action: Action;
  /** As the keyboard names them (terminal/keyboard.ts). */
  readonly keys: readonly string[];
  /** A line of help. */
  readonly help: string;
  /** A word for the footer; absent: help alone tells it. */
  readonly short?: string;
  /** Screens where it is valid; absent: all. The first row that is valid counts. */
  readonly on?: readonly Place[];
}

const LISTS: readonly Place[] = ['overview', 'findings', 'connections', 'servers'];

/** In order of the footer. */
export const KEYS: readonly KeyBinding[] = [
  {
    action: 'open',
    keys: ['enter'],
    help: 'go deeper',
    short: 'open',
    on: ['overview', 'findings', 'connections', 'servers'],
  },
  { action: 'open', keys: ['enter'], help: 'the occurrence as a ladder', short: 'ladder', on: ['finding'] },
  { action: 'open', keys: ['enter'], help: 'the packet, field by field', short: 'packet', on: ['ladder'] },
  { action: 'open', keys: ['enter'], help: 'open or close the field', on: ['packet'] },
  {
    action: 'all-packets',
    keys: ['a'],
    help: 'all packets, or runs of them folded',
    short: 'all packets',
    on: ['ladder'],
  },
  {
    action: 'acknowledgements',
    keys: ['h'],
    help: 'show or hide packets that only acknowledge',
    short: 'ACKs',
    on: ['ladder'],
  },
  {
    action: 'follow',
    keys: ['f'],
    help: 'follow the plaintext of the connection',
    short: 'follow',
    on: ['ladder', 'packet', 'connections'],
  },
  {
    action: 'times',
    keys: ['t'],
    help: 'times since the beginning, since the packet before, or of the day',
    short: 'times',
    on: ['ladder'],
  },
  { action: 'legs', keys: ['l'], help: 'one leg of a proxy, or both', short: 'legs', on: ['ladder'] },
  { action: 'mermaid', keys: ['m'], help: 'copy the ladder as a Mermaid diagram', short: 'mermaid', on: ['ladder'] },
  {
    action: 'reveal',
    keys: ['w'],
    help: 'show or hide secrets and bodies',
    short: 'show secrets',
    on: ['packet', 'stream'],
  },
  { action: 'next-packet', keys: ['n'], help: 'next packet of the connection', short: 'next', on: ['packet'] },
  { action: 'previous-packet', keys: ['p'], help: 'packet before', short: 'previous', on: ['packet'] },
  { action: 'pane', keys: ['tab', 'shift-tab'], help: 'the other pane', short: 'pane', on: ['finding', 'packet'] },
  { action: 'previous', keys: ['['], help: 'previous occurrence', on: ['finding', 'ladder'] },
  { action: 'next', keys: [']'], help: 'next occurrence', short: 'next', on: ['finding', 'ladder'] },
  { action: 'view-1', keys: ['1'], help: 'overview', short: 'view' },
  { action: 'view-2', keys: ['2'], help: 'findings' },
  { action: 'view-3', keys: ['3'], help: 'connections' },
  { action: 'view-4', keys: ['4'], help: 'servers' },
  { action: 'filter', keys: ['/'], help: 'choose rows', short: 'filter', on: ['findings', 'connections', 'servers'] },
  { action: 'filter', keys: ['/'], help: 'search', short: 'search', on: ['ladder', 'stream', 'finding', 'text'] },
  { action: 'next-match', keys: ['n'], help: 'next match', on: ['ladder', 'stream', 'finding', 'text'] },
  { action: 'previous-match', keys: ['N'], help: 'match before', on: ['ladder', 'stream', 'finding', 'text'] },
  {
    action: 'sort',
    keys: ['s'],
    help: 'sort by the next column',
    short: 'sort',
    on: ['findings', 'connections', 'servers'],
  },
  { action: 'reverse', keys: ['S'], help: 'turn the order round', on: ['findings', 'connections', 'servers'] },
  { action: 'mark', keys: ['space'], help: 'mark the row for export', short: 'mark', on: ['findings', 'connections'] },
  { action: 'export', keys: ['e'], help: 'write a report or the packets to a file', short: 'export' },
  { action: 'copy', keys: ['y'], help: 'copy a filter, a command or the finding', short: 'copy' },
  {
    action: 'explain',
    keys: ['x'],
    help: 'the rule in full',
    short: 'explain',
    on: ['overview', 'findings', 'finding'],
  },
  { action: 'unseen', keys: ['c'], help: 'what was not seen, and why', short: 'why', on: ['overview'] },
  { action: 'down', keys: ['j', 'down'], help: 'row down' },
  { action: 'up', keys: ['k', 'up'], help: 'row up' },
  { action: 'half-down', keys: ['ctrl-d'], help: 'half a page down' },
  { action: 'half-up', keys: ['ctrl-u'], help: 'half a page up' },
  { action: 'page-down', keys: ['page-down', 'ctrl-f'], help: 'page down' },
  { action: 'page-up', keys: ['page-up', 'ctrl-b'], help: 'page up' },
  {
    action: 'page-down',
    keys: ['space'],
    help: 'page down',
    on: ['finding', 'text', 'stream', 'packet', 'ladder', 'overview', 'servers'],
  },
  {
    action: 'page-up',
    keys: ['b'],
    help: 'page up',
    on: ['finding', 'text', 'stream', 'packet', 'ladder', 'overview', 'servers'],
  },
  { action: 'top', keys: ['g', 'home'], help: 'first row' },
  { action: 'bottom', keys: ['G', 'end'], help: 'last row; 123G: packet or stream 123' },
  { action: 'left', keys: ['h', 'left'], help: 'pan left; close the field' },
  { action: 'right', keys: ['l', 'right'], help: 'pan right; open the field' },
  {
    action: 'back',
    keys: ['escape'],
    help: 'close the menu, clear the filter, or back',
    short: 'back',
    on: ['finding', 'ladder', 'packet', 'stream', 'text'],
  },
  { action: 'back', keys: ['escape'], help: 'clear the filter; while reading: stop' },
  { action: 'help', keys: ['?'], help: 'these keys', short: 'help' },
  { action: 'leave', keys: ['q'], help: 'back', on: ['finding', 'ladder', 'packet', 'stream', 'text'] },
  { action: 'leave', keys: ['q'], help: 'quit', short: 'quit' },
  { action: 'quit', keys: ['ctrl-c', 'Q'], help: 'quit from anywhere' },
  { action: 'repaint', keys: ['ctrl-l'], help: 'draw all of it again' },
  { action: 'suspend', keys: ['ctrl-z'], help: 'suspend; fg brings it back' },
];

/** Keys of the user's own, by action. */
export type OwnKeys = Readonly<Partial<Record<Action, readonly string[]>>>;

/** What a key does on a screen; `null`: nothing. */
export function actionOf(key: string, place: Place, own: OwnKeys = {}): Action | null {
  const meant = meantKey(key);
  const binding = byRank(place, own).find(({ action, keys }) => {
    const bound = own[action] ?? keys;
    return bound.includes(meant) || bound.includes(key);
  });
  return binding?.action ?? null;
}

/** The keys that are valid on a screen, each action once. */
export function keysOn(place: Place, own: OwnKeys = {}): readonly KeyBinding[] {
  const taken = new Map<string, KeyBinding>();
  for (const binding of byRank(place, own))
    for (const key of own[binding.action] ?? binding.keys) if (!taken.has(key)) taken.set(key, binding);
  return KEYS.flatMap((binding) => {
    const keys = (own[binding.action] ?? binding.keys).filter((key) => taken.get(key) === binding);
    return keys.length === 0 ? [] : [{ ...binding, keys }];
  });
}

/** The rows of a screen, those with keys of the user's own first: their keys are taken from whatever else had them. */
function byRank(place: Place, own: OwnKeys): readonly KeyBinding[] {
  const here = KEYS.filter(({ on }) => on === undefined || on.includes(place));
  const isOwn = ({ action }: KeyBinding) => own[action] !== undefined;
  return [...here.filter(isOwn), ...here.filter((binding) => !isOwn(binding))];
}

/** Whether `name` is an action that keys can be given. */
export function isAction(name: string): name is Action {
  return KEYS.some(({ action }) => action === name);
}

/** Whether a screen is one of the four views. */
export function isView(place: Place): boolean {
  return LISTS.includes(place);
}
