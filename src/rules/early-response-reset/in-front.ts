/** What the clients of a proxy were told, where the answer that a RST overtook was the proxy's to pass on. */
import { endpointText } from '../../text/address.js';
import { manyText, packetText } from '../argument/figures.js';
import { legPairsOf } from '../judgements/leg-pairing.js';
import type { LoggedExchange } from '../observation/logged-exchange.js';
import type { Observation } from '../observation/observation.js';
import type { EarlyReset } from './early-reset.js';

/** By the answer behind, the exchange in front that it served, where that was answered. */
export type ToldInFront = ReadonlyMap<EarlyReset, LoggedExchange>;

/** See the head of this file. */
export function toldInFront(items: readonly EarlyReset[], observation: Observation): ToldInFront {
  const pairs = legPairsOf(observation);
  return new Map(
    items.flatMap((one) => {
      const front = pairs.frontOf(one);
      return front?.status == null ? [] : [[one, front] as const];
    }),
  );
}

/** Says for how many the proxy passed the answer on, and for how many it had another. */
export function toldSentences(told: ToldInFront): string[] {
  const all = [...told];
  const passedOn = all.filter(([one, { status }]) => status === one.status);
  const failed = all.filter(([one, { status }]) => status !== one.status);
  const [[, first] = []] = failed;
  const [[, kept] = []] = passedOn;
  return [
    first === undefined
      ? ''
      : `${endpointText(first.server)} in front told its clients ${first.status} in place of ${manyText(failed.length, 'such answer')} (from ${packetText(first.answerPacket ?? 0)}).`,
    kept === undefined
      ? ''
      : `${endpointText(kept.server)} in front passed ${manyText(passedOn.length, 'such answer')} on all the same (from ${packetText(kept.answerPacket ?? 0)}).`,
  ].filter((one) => one !== '');
}
