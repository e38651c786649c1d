import { describe, expect, it } from 'vitest';
import { areScanners, endpointsOf, knockedAt, mergeKnocks, noteKnock } from '../../../src/rules/tally/knocks.js';
import { refused } from '../facts.js';

const CLIENT = '10.0.0.1';

/** What is kept of a client that tried these ports in vain. */
function knocks(ports: readonly number[], client = CLIENT) {
  const kept = knockedAt();
  for (const serverPort of ports) noteKnock(kept, refused({ client, serverPort }));
  return kept;
}

const upTo = (last: number): number[] => Array.from({ length: last }, (_, at) => 8000 + at);

describe('a client that is turned away', () => {
  it('by sixteen different endpoints is a scanner', () => {
    expect(areScanners(knocks(upTo(15)), [{ client: { address: CLIENT } }])).toBe(false);
    expect(areScanners(knocks(upTo(16)), [{ client: { address: CLIENT } }])).toBe(true);
  });

  it('again and again by one is none', () => {
    expect(endpointsOf(knocks(new Array<number>(40).fill(80)), CLIENT)).toBe(1);
  });

  it('is counted by itself', () => {
    const kept = knocks(upTo(16));
    expect(endpointsOf(kept, '10.0.0.2')).toBe(0);
    expect(areScanners(kept, [{ client: { address: CLIENT } }, { client: { address: '10.0.0.2' } }])).toBe(false);
  });

  it('is the same in any order and any split, in bounded memory', () => {
    const ports = upTo(60);
    const whole = knocks(ports);
    expect(endpointsOf(whole, CLIENT)).toBe(16);
    expect(knocks(ports.toReversed()).entries).toEqual(whole.entries);
    const into = knocks(ports.slice(0, 20));
    mergeKnocks(into, knocks(ports.slice(10)));
    expect(into.entries).toEqual(whole.entries);
    const other = knockedAt();
    mergeKnocks(other, whole);
    expect(other.entries).toEqual(whole.entries);
  });
});
