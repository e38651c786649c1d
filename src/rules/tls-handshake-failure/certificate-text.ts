import type { Case } from './case.js';
import { flawsOf } from './certificate-flaws.js';

/** What the certificates of servers that were refused show themselves, name by name. */
export function certificateText({ failures }: Case): string {
  const seen = new Set<string>();
  for (const failure of failures) {
    const { certificate, serverName } = failure;
    if (certificate === null) continue;
    const name = serverName ?? certificate.subject;
    const flaws = flawsOf(failure).map(({ text }) => text);
    seen.add(
      `${name}: ${flaws.length > 0 ? `it ${flaws.join(', it ')}` : `issued by ${certificate.issuer}${certificate.chain === 1 ? ', whose certificate is not sent' : ''}`}`,
    );
  }
  return seen.size === 0 ? '' : `; ${[...seen].slice(0, 5).join('; ')}`;
}
