/**
 * How far each observation point (capture/observation-points) has come: a connection that one capture had, which has
 * ended, may have gone on behind its end, however long another capture lasts.
 */
import type { TrackedConnection } from '../tcp/connection.js';
import type { Direction } from '../tcp/direction.js';

/** See the head of this file. Times are nanoseconds since the run's first packet. */
export class PointEnds {
  /** The point of the last packet, and its latest time. */
  private point = 0;
  private pointNs = Number.NEGATIVE_INFINITY;
  /** Latest times by point, of all but that one. */
  private readonly others: number[] = [];

  /** A packet was captured. Called for each. */
  note(observationPoint: number, atNs: number): void {
    if (observationPoint !== this.point) this.turnTo(observationPoint);
    if (atNs > this.pointNs) this.pointNs = atNs;
  }

  /** The latest time of all; minus infinity before the first packet. */
  get latestNs(): number {
    return this.others.reduce((latest, atNs) => Math.max(latest, atNs), this.pointNs);
  }

  /** The latest time where a connection was captured. */
  latestOf({ first, second }: TrackedConnection): number {
    if (this.others.length === 0) return this.pointNs;
    return Math.max(this.latestAt(first), this.latestAt(second));
  }

  private latestAt({ seen, lastPacket, lastPoint }: Direction): number {
    if (lastPacket < 0) return Number.NEGATIVE_INFINITY;
    if (seen === null) return this.endOf(lastPoint);
    return seen.reduce((latest, { point }) => Math.max(latest, this.endOf(point)), Number.NEGATIVE_INFINITY);
  }

  private endOf(point: number): number {
    return point === this.point ? this.pointNs : (this.others[point] ?? Number.NEGATIVE_INFINITY);
  }

  private turnTo(observationPoint: number): void {
    while (this.others.length < this.point) this.others.push(Number.NEGATIVE_INFINITY);
    this.others[this.point] = this.pointNs;
    this.pointNs = this.others[observationPoint] ?? Number.NEGATIVE_INFINITY;
    this.point = observationPoint;
  }
}
