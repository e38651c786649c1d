import type { CaptureFacts } from '../facts/capture.js';
import type { Unseen } from '../facts/summary.js';
import { countText } from '../text/size.js';
import { visible } from '../text/visible.js';

/** What the captures did not show, a clause each; empty when all was seen. */
export function unseenClauses(unseen: Unseen, captures: readonly CaptureFacts[]): string[] {
  const clauses: string[] = [];
  const say = (count: number, one: string, many: string) => {
    if (count > 0) clauses.push(count === 1 ? `1 ${one}` : `${countText(count)} ${many}`);
  };
  say(unseen.midStream, 'connection began before the capture', 'connections began before the capture');
  say(unseen.openAtEnd, 'was still open when it ended', 'were still open when it ended');
  say(unseen.encrypted, 'is TLS and was not decrypted', 'are TLS and were not decrypted');
  say(unseen.oneSided, 'was captured in one direction only', 'were captured in one direction only');
  say(unseen.withLostBytes, 'lacks bytes that the capture lost', 'lack bytes that the capture lost');
  say(unseen.snapped, 'has packets captured short (tcpdump -s0)', 'have packets captured short (tcpdump -s0)');
  say(unseen.evicted, 'was given up for lack of memory', 'were given up for lack of memory');
  for (const { name, packets } of unseen.unknownLinkTypes) {
    say(
      packets,
      `packet of link type ${visible(name)} not decoded`,
      `packets of link type ${visible(name)} not decoded`,
    );
  }
  for (const { file, droppedPackets } of captures) {
    const of = captures.length > 1 ? ` of ${visible(file)}` : '';
    say(droppedPackets ?? 0, `packet${of} dropped by the capturing host`, `packets${of} dropped by the capturing host`);
  }
  return clauses;
}
