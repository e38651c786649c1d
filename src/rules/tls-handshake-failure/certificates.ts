/** What is said of the certificates of servers that were refused. */
import type { Case } from './case.js';
import type { Failure } from './failure.js';

/** What the certificates themselves show, name by name. */
export function certificateText({ failures }: Case): string {
  const seen = new Set<string>();
  for (const failure of failures) {
    const { certificate, serverName } = failure;
    if (certificate === null) continue;
    const name = serverName ?? certificate.subject;
    const flaws = flawsOf(failure);
    seen.add(
      `${name}: ${flaws.length > 0 ? `it ${flaws.join(', it ')}` : `issued by ${certificate.issuer}${certificate.chain === 1 ? ', whose certificate is not sent' : ''}`}`,
    );
  }
  return seen.size === 0 ? '' : `; ${[...seen].slice(0, 5).join('; ')}`;
}

/** The flaw of a certificate that no authority stands for. */
export const SELF_SIGNED = 'is signed by itself';

/** What is wrong with the server's certificate, as far as it shows: what it did, or is. */
export function flawsOf({ certificate, atMs }: Failure): string[] {
  if (certificate === null) return [];
  const flaws: string[] = [];
  const { notAfterMs, notBeforeMs, selfIssued } = certificate;
  if (notAfterMs !== null && notAfterMs < atMs) flaws.push(`expired on ${dayOf(notAfterMs)}`);
  if (notBeforeMs !== null && notBeforeMs > atMs) flaws.push(`is not valid before ${dayOf(notBeforeMs)}`);
  if (selfIssued) flaws.push(SELF_SIGNED);
  return flaws;
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
