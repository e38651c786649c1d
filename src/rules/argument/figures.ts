/** How figures and packets are named in the sentences of an argument. */
import { captureIndexOf, type PacketReference, packetNumberOf } from '../../facts/packet-reference.js';
import { durationText, secondsText } from '../../text/duration.js';
import { countText, manyText } from '../../text/size.js';

/** `once`, `twice`, `17 times`. */
export function timesText(count: number): string {
  if (count === 1) return 'once';
  return count === 2 ? 'twice' : `${countText(count)} times`;
}

/** From the lowest to the highest, or the one value: `90 µs – 180 µs`. */
export function spreadText(lowestNs: number, highestNs: number): string {
  const [from, to] = [durationText(lowestNs), durationText(highestNs)];
  return from === to ? from : `${from} – ${to}`;
}

/** How a packet is named in a sentence: `#7`; `#7 of capture 2` in any but the first capture of a run. */
export function packetText(packet: PacketReference): string {
  const capture = captureIndexOf(packet);
  return `#${packetNumberOf(packet)}${capture === 0 ? '' : ` of capture ${capture + 1}`}`;
}

export { manyText };

/** `1st`, `2nd`, `3rd`, `11th`. */
export function ordinalText(place: number): string {
  const isTeen = Math.floor(place / 10) % 10 === 1;
  const ending = isTeen ? undefined : ORDINAL_ENDINGS[place % 10];
  return `${countText(place)}${ending ?? 'th'}`;
}

const ORDINAL_ENDINGS: Readonly<Record<number, string>> = { 1: 'st', 2: 'nd', 3: 'rd' };

/** As many that agree make a time-out of whole seconds somebody's setting (docs/judging.md). */
const SAMPLES_OF_A_SETTING = 3;

/**
 * An estimated time-out as advice may call it. Whole seconds that samples agree on are what somebody
 * set; anything else is a measure of it, and is called so: `2 s`, `about 1.7 s (2 samples)`.
 */
export function timeoutText(seconds: number, samples: number): string {
  if (Number.isInteger(seconds) && samples >= SAMPLES_OF_A_SETTING) return secondsText(seconds);
  return `about ${secondsText(Number(seconds.toPrecision(2)))} (${manyText(samples, 'sample')})`;
}
