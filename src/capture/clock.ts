/** Clocks of several captures brought together: times of one that is ahead are set back. */
import type { CaptureFacts, ClockFacts } from '../facts/capture.js';
import type { PacketView } from './packet.js';

const SECOND_NS = 1_000_000_000;

/** An epoch time: whole seconds, and nanoseconds below 1e9. */
export interface Instant {
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** A capture whose first packet has been looked at: with its time, by its own clock. */
export interface BegunCapture extends Instant {
  readonly captureIndex: number;
  readonly file: string;
}

/** What is known of the clock of a capture. */
export type ComparedClock = Pick<CaptureFacts, 'clock' | 'timedBy'>;

/** Compares the clocks of captures; gives by `captureIndex` what is known of each. */
export type CompareClocks = (captures: readonly BegunCapture[]) => Promise<readonly ComparedClock[]>;

/** Sets the times of a packet back by what its capture's clock is ahead; `atNs` counts from `origin` then, which may not be known yet. */
export function setBack(packet: PacketView, clock: ClockFacts, origin: Instant | null): void {
  const sinceNs = (packet.epochSeconds - clock.sinceSeconds) * SECOND_NS + packet.epochNanoseconds;
  const nanoseconds = packet.epochNanoseconds - clock.aheadNanoseconds - Math.round(sinceNs * clock.drift);
  const carry = Math.floor(nanoseconds / SECOND_NS);
  packet.epochSeconds += carry - clock.aheadSeconds;
  packet.epochNanoseconds = nanoseconds - carry * SECOND_NS;
  if (origin === null) return;
  packet.atNs = (packet.epochSeconds - origin.seconds) * SECOND_NS + (packet.epochNanoseconds - origin.nanoseconds);
}
