import type { Ladder } from '../ladder/ladder.js';

/** What a report in Markdown draws. */
export interface MarkdownOptions {
  /** `text` for Jira and mail, which draw no diagrams. */
  readonly ladder: 'mermaid' | 'text' | 'none';
  /** The conversation that proves each finding, by its id. */
  readonly ladders: ReadonlyMap<string, Ladder>;
}
