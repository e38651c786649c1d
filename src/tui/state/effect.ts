/** What a key leads to beyond the state: done by whoever runs the application. */
import type { ExportChoice } from './export-choice.js';
import type { FindingKey } from './state.js';

/** Something that has to be done beyond the next state. */
export type Effect =
  | { readonly kind: 'quit' }
  | { readonly kind: 'suspend' }
  | { readonly kind: 'repaint' }
  | { readonly kind: 'stop-reading' }
  /** To the terminal's clipboard; `what` names it for the message. */
  | { readonly kind: 'copy'; readonly what: string; readonly text: string }
  | { readonly kind: 'copy-finding'; readonly finding: FindingKey }
  | { readonly kind: 'copy-mermaid' }
  | {
      readonly kind: 'export';
      readonly choice: ExportChoice;
      readonly file: string;
      readonly isOverwriting: boolean;
      readonly findings: readonly FindingKey[] | null;
      readonly streams: readonly number[];
    }
  /** All that a rule says of itself, on a screen of its own. */
  | { readonly kind: 'explain'; readonly rule: string }
  /** What was not seen, and what could be done about it. */
  | { readonly kind: 'unseen' };

/** Nothing to do. */
export const NO_EFFECTS: readonly Effect[] = [];
