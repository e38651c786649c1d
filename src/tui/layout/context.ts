import type { TuiData } from '../state/data.js';
import type { TuiState } from '../state/state.js';
import type { Theme } from '../theme.js';

/** How points in time are shown. */
export type TimeStyle = 'utc' | 'local' | 'relative';

/** What every layout looks at. */
export interface Context {
  readonly state: TuiState;
  readonly data: TuiData;
  readonly theme: Theme;
  /** The captures as the user named them. */
  readonly files: readonly string[];
  readonly time: TimeStyle;
}
