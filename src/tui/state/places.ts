/** What stands in each list, for the keys that move in it. */
import type { TuiData } from './data.js';
import { ladderFor } from './ladder-rows.js';
import { fieldRows } from './packet-fields.js';
import { findingRows, serverRows } from './rows.js';
import type { Level, TuiState } from './state.js';

/** Rows of a level's list; of one that is not here yet none. */
export function countOf(level: Level, state: TuiState, data: TuiData): number {
  switch (level.place) {
    case 'overview':
      return data.findings.length;
    case 'findings':
      return findingRows(level, data, state.marks).length;
    case 'connections':
      return data.connectionCount;
    case 'servers':
      return serverRows(level, data).length;
    case 'finding':
      return data.findingOf(level.finding)?.evidence.length ?? 0;
    case 'ladder':
      return ladderFor(level, data, state.isRevealing)?.rows.length ?? 0;
    case 'packet': {
      const loaded = data.packet(level.packet);
      return loaded?.state === 'here' ? fieldRows(loaded.value, level.closed).length : 0;
    }
    case 'stream':
    case 'text':
      return 0;
    default: {
      const never: never = level;
      return never;
    }
  }
}
