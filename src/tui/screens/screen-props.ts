import type { OwnKeys } from '../keys.js';
import type { Context } from '../layout/context.js';

/** What every screen is given. */
export interface ScreenProps<L> {
  readonly level: L;
  readonly context: Context;
  readonly keys: OwnKeys;
}
