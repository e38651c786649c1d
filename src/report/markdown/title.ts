import type { Finding } from '../../facts/finding.js';
import { findingTitle } from '../finding-title.js';
import { markdownText } from './markdown-text.js';

/** A finding's title, with its server where it names none. */
export function titleOf(finding: Finding): string {
  return markdownText(findingTitle(finding));
}
