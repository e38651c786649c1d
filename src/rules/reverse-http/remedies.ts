/** What to change, where idle closes left gaps or nobody shows a certificate. */
import type { Remedy } from '../../facts/finding.js';
import { secondsText } from '../../text/duration.js';
import { timeoutText } from '../argument/figures.js';
import { settableSeconds } from '../judgements/timer-window.js';
import type { Case } from './case.js';

/** What to change, by the causes that the packets support. */
export function remediesOf({ gaps, uncertified, first }: Case): Remedy[] {
  const remedies: Remedy[] = [];
  const [gap] = gaps;
  if (gap !== undefined) {
    const seconds = settableSeconds(Math.min(...gaps.map(({ reversed }) => reversed.dropped.idleNs)));
    const everyMs = Math.max(1, Math.floor(seconds * 5)) * 100;
    remedies.push(
      {
        component: 'application',
        text: `Let the side that dials send PING every ${secondsText(everyMs / 1000)}, or keep a second connection ready.`,
        config: `setInterval(() => session.ping(() => {}), ${everyMs}); // Node`,
      },
      {
        component: 'proxy',
        text: `Or raise the idle time-out of ${timeoutText(seconds, gaps.length)} of the side that accepts.`,
        config: null,
      },
    );
  }
  if (uncertified !== null)
    remedies.push({
      component: 'server',
      text: `Ask who dials for a certificate: with ${first.alpn ?? 'reverse HTTP'} it is what tells a server from anybody.`,
      config: null,
    });
  if (remedies.length === 0)
    remedies.push({
      component: 'reader',
      text: 'Nothing to change. Read times, resets and idle closes the other way round: who dialled is the server.',
      config: null,
    });
  return remedies;
}
