import { describe, expect, it } from 'vitest';
import { MAX_QUIC_NAMES } from '../../src/facts/summary.js';
import { MAX_COUNTED_NAMES, QuicNameTally } from '../../src/findings/quic-names.js';

describe('names asked for over QUIC', () => {
  it('are counted without regard to case, most used first', () => {
    const tally = new QuicNameTally();
    tally.add('b.example', ['h3']);
    tally.add('A.example', ['h3', 'h3-29']);
    tally.add('a.example', ['h3']);
    tally.add(null, ['doq']);
    expect(tally.conclude()).toEqual({
      connections: 4,
      names: [
        { name: 'a.example', connections: 2, alpn: ['h3', 'h3-29'] },
        { name: 'b.example', connections: 1, alpn: ['h3'] },
      ],
    });
  });

  it('are the same however they are split', () => {
    const [one, other, whole] = [new QuicNameTally(), new QuicNameTally(), new QuicNameTally()];
    for (const [index, name] of ['a.example', 'b.example', 'a.example', null, 'c.example'].entries()) {
      whole.add(name, ['h3', `p${index}`]);
      (index % 2 === 0 ? one : other).add(name, ['h3', `p${index}`]);
    }
    one.merge(other.seen);
    expect(one.conclude()).toEqual(whole.conclude());
  });

  it('are bounded, in what is kept and in what is shown', () => {
    const tally = new QuicNameTally();
    for (let index = 0; index < MAX_COUNTED_NAMES + 5; index += 1) tally.add(`n${index}.example`, []);
    const { connections, names } = tally.conclude();
    expect([connections, names.length]).toEqual([MAX_COUNTED_NAMES + 5, MAX_QUIC_NAMES]);
  });
});
