/** What each part of an update is given, and gives. */
import type { OwnKeys } from '../keys.js';
import type { TuiData } from './data.js';
import { type Effect, NO_EFFECTS } from './effect.js';
import type { TuiState } from './state.js';

/** What an update may look at. */
export interface Surroundings {
  readonly data: TuiData;
  readonly keys: OwnKeys;
  /** The captures as the user named them. */
  readonly files: readonly string[];
}

/** What an event comes to: the next state, and what has to be done beyond it. */
export interface Step {
  readonly state: TuiState;
  readonly effects: readonly Effect[];
}

/** A step that changes the state alone. */
export function only(state: TuiState): Step {
  return { state, effects: NO_EFFECTS };
}
