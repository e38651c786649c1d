/** What is to be written into a file, and of how much of what was read. */
export interface ExportChoice {
  readonly format: 'markdown' | 'json' | 'html' | 'text' | 'pcapng';
  readonly scope: 'this' | 'marked' | 'all' | 'connection';
}
