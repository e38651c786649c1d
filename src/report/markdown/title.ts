import type { Finding } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { visible } from '../../text/visible.js';
import { markdownText } from './markdown-text.js';

/** A finding's title, with its server where it names none. */
export function titleOf({ title, subject }: Finding): string {
  const shown = visible(title);
  return markdownText(shown.includes(subject.address) ? shown : `${endpointText(subject)}: ${shown}`);
}
