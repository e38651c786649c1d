/**
 * Holds the state outside of React, and tells it of changes no more often than a screen can show: in
 * Ink's debug mode each change draws, and the keys of one that is held down would queue up.
 */

import type { Effect } from './state/effect.js';
import { NO_EFFECTS } from './state/effect.js';
import type { TuiState } from './state/state.js';
import type { Surroundings } from './state/step.js';
import { type TuiEvent, update } from './state/update.js';

/** Sixty frames a second. */
const FRAME_MS = 16;

/** See the head of this file. */
export class Store {
  private state: TuiState;
  /** What React was told of. */
  private told: TuiState;
  private readonly listeners = new Set<() => void>();
  private toldMs = Number.NEGATIVE_INFINITY;
  private timer: NodeJS.Timeout | null = null;

  /** @param perform Does what an update leads to beyond the state. */
  constructor(
    initial: TuiState,
    private readonly around: Surroundings,
    private readonly perform: (effects: readonly Effect[], state: TuiState) => void,
  ) {
    this.state = initial;
    this.told = initial;
  }

  /** As it is now. */
  get current(): TuiState {
    return this.state;
  }

  dispatch(event: TuiEvent): void {
    const { state, effects } = update(this.state, event, this.around);
    const hasChanged = state !== this.state;
    this.state = state;
    if (hasChanged) this.schedule();
    this.perform(effects.length === 0 ? NO_EFFECTS : effects, state);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly shown = (): TuiState => this.told;

  close(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.listeners.clear();
  }

  /** At once after a pause; else when a frame's time has passed. */
  private schedule(): void {
    if (this.timer !== null) return;
    const wait = Math.max(0, this.toldMs + FRAME_MS - performance.now());
    if (wait === 0) this.tell();
    else this.timer = setTimeout(() => this.tell(), wait);
  }

  private tell(): void {
    this.timer = null;
    this.toldMs = performance.now();
    this.told = this.state;
    for (const listener of this.listeners) listener();
  }
}
