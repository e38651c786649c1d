/** Keys while a line is typed: filter, search, name of a file. */
import { complete } from '../../filter/complete.js';
import { parseFilter } from '../../filter/parse.js';
import { chosenFindings, chosenStreams } from './choice.js';
import { type Effect, NO_EFFECTS } from './effect.js';
import { AT_TOP } from './list-viewport.js';
import { edited, type PromptEvent, remembered } from './prompt.js';
import { searched } from './search.js';
import { type Prompt, type TuiState, topOf, withTop } from './state.js';
import type { Step, Surroundings } from './step.js';

/** What a key does to the line, and to what it is typed for. */
export function promptKey(state: TuiState, key: string, around: Surroundings): Step {
  const { prompt } = state;
  if (prompt === null) return { state, effects: NO_EFFECTS };
  switch (key) {
    case 'escape':
      return { state: given(state, prompt), effects: NO_EFFECTS };
    case 'enter':
      return taken(state, prompt, around);
    case 'tab':
    case 'shift-tab':
      return { state: completed(state, key === 'tab' ? 1 : -1, around), effects: NO_EFFECTS };
    default:
      return { state: changed(state, { kind: 'key', key }), effects: NO_EFFECTS };
  }
}

/** What is pasted is put in as if typed, as one line. */
export function promptPaste(state: TuiState, text: string, _around: Surroundings): TuiState {
  return changed(state, { kind: 'insert', text });
}

function changed(state: TuiState, event: PromptEvent): TuiState {
  const { prompt } = state;
  if (prompt === null) return state;
  const line = edited(prompt.line, event);
  if (prompt.kind !== 'filter') {
    return {
      ...state,
      prompt: prompt.kind === 'file' ? { ...prompt, line, isOverwriting: false } : { ...prompt, line },
    };
  }
  return filtered(state, { ...prompt, line, offer: null });
}

/** The list follows what is typed, as long as it can be read. */
function filtered(state: TuiState, prompt: Prompt & { kind: 'filter' }): TuiState {
  const { text } = prompt.line;
  const { filter, error } = parseFilter(text);
  const typing = { ...state, prompt: { ...prompt, error } };
  const top = topOf(typing);
  if (filter === null || !('filter' in top) || top.filter.typed === text) return typing;
  return withTop(typing, { ...top, filter: { typed: text, filter }, list: AT_TOP });
}

/** Esc: as it was before. */
function given(state: TuiState, prompt: Prompt): TuiState {
  const closed = { ...state, prompt: null };
  const top = topOf(closed);
  if (prompt.kind !== 'filter' || !('filter' in top)) return closed;
  return withTop(closed, { ...top, filter: prompt.before });
}

function taken(state: TuiState, prompt: Prompt, around: Surroundings): Step {
  const { text } = prompt.line;
  switch (prompt.kind) {
    case 'filter':
      // What is wrong is mended first: the line stays.
      if (prompt.error !== null) return { state, effects: NO_EFFECTS };
      return {
        state: { ...state, prompt: null, filterHistory: remembered(state.filterHistory, text.trim()) },
        effects: NO_EFFECTS,
      };
    case 'search': {
      const searchHistory = remembered(state.searchHistory, text);
      return { state: searched({ ...state, prompt: null, searchHistory }, text, around), effects: NO_EFFECTS };
    }
    case 'file': {
      const file = text.trim();
      if (file === '') return { state: { ...state, prompt: null }, effects: NO_EFFECTS };
      const effect: Effect = {
        kind: 'export',
        choice: prompt.what,
        file,
        isOverwriting: prompt.isOverwriting,
        findings: chosenFindings(state, prompt.what.scope, around.data),
        streams: chosenStreams(state, prompt.what.scope, around.data),
      };
      return { state, effects: [effect] };
    }
    default: {
      const never: never = prompt;
      return never;
    }
  }
}

/** Tab: what the fields and values are, one after the other. */
function completed(state: TuiState, by: 1 | -1, { data }: Surroundings): TuiState {
  const { prompt } = state;
  if (prompt?.kind !== 'filter') return state;
  const { line, offer } = prompt;
  if (offer !== null && offer.candidates.length > 1) {
    const { candidates, start } = offer;
    const at = (offer.at + by + candidates.length) % candidates.length;
    const end = start + (candidates[offer.at]?.length ?? 0);
    const next = edited(line, { kind: 'replace', start, end, text: candidates[at] ?? '' });
    return filtered(state, { ...prompt, line: next, offer: { candidates, start, at } });
  }
  const { start, end, candidates } = complete(line.text, line.cursor, (field) => data.values(field));
  const [first] = candidates;
  if (first === undefined) return state;
  const next = edited(line, { kind: 'replace', start, end, text: first });
  return filtered(state, { ...prompt, line: next, offer: { candidates, start, at: 0 } });
}
