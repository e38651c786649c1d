import type { Finding } from '../facts/finding.js';
import { endpointText } from '../text/address.js';
import { visible } from '../text/visible.js';
import { isOfTheCapture } from './answer.js';

/** A finding's title as plain text, with its server before it where it names none; what the capture lacks is no server's. */
export function findingTitle(finding: Finding): string {
  const { title, subject } = finding;
  const shown = visible(title);
  if (isOfTheCapture(finding) || shown.includes(subject.address)) return shown;
  const name = subject.name === null ? '' : ` (${visible(subject.name)})`;
  return `${endpointText(subject)}${name}: ${shown}`;
}
