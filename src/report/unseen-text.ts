import type { CaptureFacts } from '../facts/capture.js';
import type { Unseen } from '../facts/summary.js';
import { countText } from '../text/size.js';
import { visible } from '../text/visible.js';

/** What the captures did not show, a clause each; empty when all was seen. */
export function unseenClauses(unseen: Unseen, captures: readonly CaptureFacts[]): string[] {
  const clauses: string[] = [];
  let isFirst = true;
  const connections = (count: number, one: string, many: string) => {
    if (count === 0) return;
    // The noun stands once: "12 connections began ...; 3 are TLS ...".
    const noun = isFirst ? ` connection${count === 1 ? '' : 's'}` : '';
    isFirst = false;
    clauses.push(`${countText(count)}${noun} ${count === 1 ? one : many}`);
  };
  connections(unseen.midStream, 'began before the capture', 'began before the capture');
  connections(unseen.openAtEnd, 'was open when the capture ended', 'were open when the capture ended');
  connections(unseen.encrypted, 'is TLS and was not decrypted', 'are TLS and were not decrypted');
  connections(unseen.oneSided, 'was captured in one direction only', 'were captured in one direction only');
  connections(unseen.withLostBytes, 'lacks bytes that the capture lost', 'lack bytes that the capture lost');
  connections(unseen.snapped, 'has packets captured short', 'have packets captured short');
  connections(unseen.evicted, 'was given up for lack of memory', 'were given up for lack of memory');
  if (unseen.latePackets > 0) clauses.push(`${packetsText(unseen.latePackets)} came after the end of the connection`);
  for (const { name, count } of unseen.malformedHeaders) clauses.push(`${countText(count)} × ${name}`);
  for (const { name, packets } of unseen.unknownLinkTypes) {
    if (packets > 0) clauses.push(`${packetsText(packets)} of link type ${visible(name)} not decoded`);
  }
  for (const { file, droppedPackets } of captures) {
    const of = captures.length > 1 ? ` of ${visible(file)}` : '';
    if ((droppedPackets ?? 0) > 0)
      clauses.push(`${packetsText(droppedPackets ?? 0)}${of} dropped by the capturing host`);
  }
  return clauses;
}

function packetsText(count: number): string {
  return `${countText(count)} packet${count === 1 ? '' : 's'}`;
}
