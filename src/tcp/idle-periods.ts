/**
 * The pauses of a connection: from its last payload to the segment that ends the silence. The long ones are idle
 * periods, which reveal idle timeouts.
 */
import { MAX_IDLE_PERIODS, MIN_IDLE_NS } from '../facts/connection.js';
import { OPPOSITE, type Side } from '../facts/endpoint.js';
import type { IdleDraft } from './drafts.js';
import { NEVER } from './never.js';

/** The empty list of most connections. All of them share it, so nothing is ever added to it. */
const NONE: IdleDraft[] = [];

/** How idle periods end, by the side that ended them. */
const ENDED_BY = {
  payload: { client: 'client-payload', server: 'server-payload' },
  fin: { client: 'client-fin', server: 'server-fin' },
  rst: { client: 'client-rst', server: 'server-rst' },
} as const;

/** See the head of this file. One for each connection object, reset for the next connection. */
export class IdlePeriods {
  /** The first idle periods and the last one, at most {@link MAX_IDLE_PERIODS}. */
  kept: IdleDraft[] = NONE;
  count = 0;
  /** When the last payload came, and whether `first` sent it; {@link NEVER}: none came, or its pause is already counted. */
  private lastPayloadNs = NEVER;
  private lastPayloadByFirst = false;

  reset(): void {
    this.kept = NONE;
    this.count = 0;
    this.lastPayloadNs = NEVER;
    this.lastPayloadByFirst = false;
  }

  /** A pause begins after new payload. */
  begin(afterFirst: boolean, at: number): void {
    this.lastPayloadNs = at;
    this.lastPayloadByFirst = afterFirst;
  }

  /**
   * The pause ends with a segment. It is kept if it was long enough to be an idle period.
   *
   * @param byFirst Whether `first` sent the segment.
   * @param firstStandsFor The side that `first` is drafted as.
   */
  end(by: keyof typeof ENDED_BY, byFirst: boolean, packet: number, at: number, firstStandsFor: Side): void {
    if (at - this.lastPayloadNs < MIN_IDLE_NS) return;
    this.keep(ENDED_BY[by][byFirst ? firstStandsFor : OPPOSITE[firstStandsFor]], packet, at, firstStandsFor);
  }

  /** Nothing more was captured until `at`. */
  endWithCapture(at: number, firstStandsFor: Side): void {
    if (at - this.lastPayloadNs >= MIN_IDLE_NS) this.keep('capture-ended', null, at, firstStandsFor);
  }

  private keep(endedBy: IdleDraft['endedBy'], packet: number | null, at: number, firstStandsFor: Side): void {
    if (this.lastPayloadNs === NEVER) return;
    this.count += 1;
    // The last idle period shows how the connection was given up, so it replaces the one in the last place.
    if (this.kept.length >= MAX_IDLE_PERIODS) this.kept.pop();
    const period: IdleDraft = {
      startNs: this.lastPayloadNs,
      durationNs: at - this.lastPayloadNs,
      after: this.lastPayloadByFirst ? firstStandsFor : OPPOSITE[firstStandsFor],
      endedBy,
      packet,
    };
    if (this.kept.length === 0) this.kept = [period];
    else this.kept.push(period);
    // A pause counts once, even if both a FIN and an RST end it.
    this.lastPayloadNs = NEVER;
  }
}
