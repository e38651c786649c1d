/** How many requests there were when, and how many of them failed: in constant memory, whatever the length. */
import type { Connection } from '../../facts/connection.js';
import type { Exchange } from '../../facts/exchange.js';
import type { Timeline } from '../../facts/overview.js';
import { streamingOf } from '../../rules/judgements/streaming.js';

/** Stretches that are kept; as many as a wide terminal can draw. */
export const MAX_STRETCHES = 256;
const FIRST_WIDTH_NS = 1_000_000;

/** See the head of this file. */
export class TimelineTally {
  private widthNs = FIRST_WIDTH_NS;
  private requests: number[] = [];
  private failed: number[] = [];

  add({ exchanges, close, guards }: Connection): void {
    const isOver = close.kind !== 'open' && !guards.cutByCaptureEnd;
    for (const exchange of exchanges) {
      const { request } = exchange;
      if (request === null) continue;
      const at = this.stretchOf(request.startNs);
      this.requests[at] = (this.requests[at] ?? 0) + 1;
      if (isFailure(exchange, isOver)) this.failed[at] = (this.failed[at] ?? 0) + 1;
    }
  }

  /** As it stands. */
  conclude(): Timeline {
    const length = Math.max(this.requests.length, this.failed.length);
    const whole = (counts: readonly number[]) => Array.from({ length }, (_, at) => counts[at] ?? 0);
    return { widthNs: this.widthNs, requests: whole(this.requests), failed: whole(this.failed) };
  }

  private stretchOf(atNs: number): number {
    const from = Math.max(0, atNs);
    while (from / this.widthNs >= MAX_STRETCHES) this.widen();
    return Math.floor(from / this.widthNs);
  }

  private widen(): void {
    this.widthNs *= 2;
    this.requests = paired(this.requests);
    this.failed = paired(this.failed);
  }
}

/** No answer, one of the server's own errors, or one whose connection ended before it did. */
function isFailure(exchange: Exchange, isOver: boolean): boolean {
  const { response } = exchange;
  if (response === null) return isOver;
  if (response.status >= 500) return true;
  const isCut =
    isOver && !response.complete && (response.framing === 'content-length' || response.framing === 'chunked');
  return isCut && streamingOf(exchange) === null;
}

function paired(counts: readonly number[]): number[] {
  const sums: number[] = [];
  for (let at = 0; at < counts.length; at += 2) sums.push((counts[at] ?? 0) + (counts[at + 1] ?? 0));
  return sums;
}
