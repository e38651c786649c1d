import { captureIndexOf, type PacketReference, packetNumberOf } from '../../facts/packet-reference.js';
import { durationText } from '../../text/duration.js';
import { countText } from '../../text/size.js';
import type { CaseAttribute } from './case.js';

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

/** What the failed requests share, as a clause; `failed` is what became of them. */
export function attributeText(attribute: CaseAttribute, failed = 'reset'): string {
  const { name, value, failedWithIt, answeredWithoutIt, answeredWithItBefore, p } = attribute;
  const shared = `all ${countText(failedWithIt)} ${failed} requests share ${name} ${value}`;
  const others =
    answeredWithItBefore === 0
      ? `none of ${countText(answeredWithoutIt)} answered requests has it`
      : `${countText(answeredWithItBefore)} with it ${answeredWithItBefore === 1 ? 'was' : 'were'} answered before the first was ${failed} and none since, where ${countText(answeredWithoutIt)} without it were answered`;
  return `${shared}; ${others} (chance of that: ${p.toExponential(0)})`;
}
