/** How figures and packets are named in the sentences of an argument. */
import { captureIndexOf, type PacketReference, packetNumberOf } from '../../facts/packet-reference.js';
import { durationText } from '../../text/duration.js';
import { countText } from '../../text/size.js';

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

/** `1 connection`, `17 connections`. */
export function manyText(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}
