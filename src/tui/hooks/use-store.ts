import { useSyncExternalStore } from 'react';
import type { TuiState } from '../state/state.js';
import type { Store } from '../store.js';

/** The state, drawn anew whenever the store says so. */
export function useStore(store: Store): TuiState {
  return useSyncExternalStore(store.subscribe, store.shown);
}
