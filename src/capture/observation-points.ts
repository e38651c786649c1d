/**
 * Where the captures of a run were taken (RFC 7011 §2: observation points), as far as their times tell:
 * the files of a ring follow one another and are one point's; captures that overlap in time are of
 * several. A segment that is seen again is a copy at another point, and at the same one it was sent again.
 */

/** How far the last packets of one file and the first of the next may be out of order: nanoseconds, and as a share of the file. */
const SLACK_NS = 10_000_000;
const SLACK_SHARE = 0.1;

/** A capture that was begun. */
interface Begun {
  readonly captureIndex: number;
  readonly file: string;
  /** Times of its first and its last packet, nanoseconds since the run's first; `null`: it goes on. */
  readonly beganNs: number;
  endedNs: number | null;
  point: number;
  /** It is the first of its point. */
  isFirst: boolean;
}

/** See the head of this file. */
export class ObservationPoints {
  /** By `captureIndex`: its point. */
  readonly byCapture: number[] = [];
  /** The last capture of each point. */
  private readonly last = new Map<number, Begun>();
  private count = 0;

  /** A capture begins: gives the number of its point, that of the one among those that have ended whose name is most like its own. */
  begin(captureIndex: number, file: string, beganNs: number): number {
    const before = this.mostAlike(file, ({ endedNs }) => endedNs !== null);
    const point = before?.point ?? this.count;
    if (before === null) this.count += 1;
    this.last.set(point, { captureIndex, file, beganNs, endedNs: null, point, isFirst: before === null });
    this.byCapture[captureIndex] = point;
    return point;
  }

  /**
   * A capture has ended. Gives the `captureIndex` of one that had begun a little before, out of order, and goes
   * on at its point; `null`: there is none.
   */
  end(captureIndex: number, endedNs: number): number | null {
    const ended = this.last.get(this.byCapture[captureIndex] ?? -1);
    if (ended === undefined || ended.captureIndex !== captureIndex) return null;
    ended.endedNs = endedNs;
    const slackNs = Math.min(SLACK_NS, SLACK_SHARE * (endedNs - ended.beganNs));
    const next = this.mostAlike(
      ended.file,
      (one) => one.isFirst && one.endedNs === null && one.beganNs > ended.beganNs && one.beganNs >= endedNs - slackNs,
    );
    if (next === null) return null;
    this.last.delete(next.point);
    this.last.set(ended.point, next);
    next.point = ended.point;
    next.isFirst = false;
    this.byCapture[next.captureIndex] = ended.point;
    return next.captureIndex;
  }

  /** Of those that are wanted the one whose name has the longest beginning in common with `file`, the latest to end among equals. */
  private mostAlike(file: string, isWanted: (capture: Begun) => boolean): Begun | null {
    let best: Begun | null = null;
    let longest = -1;
    for (const capture of this.last.values()) {
      if (!isWanted(capture)) continue;
      let length = 0;
      while (length < file.length && file[length] === capture.file[length]) length += 1;
      if (length < longest || (length === longest && (capture.endedNs ?? 0) <= (best?.endedNs ?? 0))) continue;
      best = capture;
      longest = length;
    }
    return best;
  }
}
