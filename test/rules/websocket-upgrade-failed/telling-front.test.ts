import { describe, expect, it } from 'vitest';
import { keyedLegs, noteLeg } from '../../../src/rules/tally/keyed-legs.js';
import { type Attempt, attemptsOf } from '../../../src/rules/websocket-upgrade-failed/attempt.js';
import { type TellingFront, tellingFront } from '../../../src/rules/websocket-upgrade-failed/telling-front.js';
import { answer, connection, fieldsOf, get, handshake } from '../facts.js';

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const MS = 1_000_000;

/** A request without its Upgrade, unless another failure is given: its packets, and its times in milliseconds. */
function leg(stream: number, packets: readonly [number, number], times = packets, failure?: Attempt['failure']) {
  const fields = fieldsOf({ 'sec-websocket-key': KEY, 'sec-websocket-version': '13' });
  const [made] = attemptsOf(
    connection([...handshake(), get(1133, '/live', { fields }), answer(3600, 400)], { stream }),
  );
  if (made === undefined) throw new Error('no attempt');
  const [requestPacket, answerPacket] = packets;
  const [requestNs, answerNs] = times.map((time) => time * MS);
  const at = { requestPacket, answerPacket, requestNs: requestNs ?? 0, answerNs: answerNs ?? 0 };
  return { ...made, ...at, packet: answerPacket, atNs: at.answerNs, failure: failure ?? made.failure };
}

function found(attempt: Attempt, ...others: readonly Attempt[]): TellingFront | null {
  const legs = keyedLegs<Attempt>();
  for (const one of [attempt, ...others]) noteLeg(legs, KEY, one);
  return tellingFront(legs, attempt);
}

describe('the leg in front that says how a request came to be as it is', () => {
  const last = leg(1, [30, 40]);
  const middle = leg(2, [20, 50]);

  it('is the nearest that failed otherwise', () => {
    const whole = leg(3, [10, 60], [10, 60], 'refused');
    expect(found(last, middle, whole)).toEqual({ front: whole, behind: middle });
    expect(found(middle, whole)).toEqual({ front: whole, behind: middle });
  });

  it('is the outermost where all are alike', () => {
    const outer = leg(3, [10, 60]);
    expect(found(last, middle, outer)).toEqual({ front: outer, behind: middle });
  });

  it('is none where none was captured', () => {
    expect(found(last)).toBeNull();
  });

  it('is looked for once where each of two lies within the other, by its packets or by the clock', () => {
    // dumpcap writes the packets of several interfaces a quarter of a second late.
    const [inner, outer] = [leg(1, [2, 9], [0, 250]), leg(2, [1, 10], [0, 1])];
    expect(found(inner, outer)).toEqual({ front: outer, behind: inner });
    expect(found(outer, inner)).toEqual({ front: inner, behind: outer });
    // What a worker found is a copy.
    expect(found({ ...inner }, outer, inner)).toMatchObject({ front: { stream: outer.stream } });
  });
});
