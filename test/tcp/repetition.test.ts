import { describe, expect, it } from 'vitest';
import { Repetition } from '../../src/tcp/repetition.js';

describe('a segment that is sent again', () => {
  it('is counted until another is, with its first and last packet and its longest form', () => {
    const one = new Repetition();
    one.add(101, 700, 5, 50);
    one.add(101, 1400, 6, 60);
    one.add(101, 900, 7, 70);
    expect(one).toMatchObject({ start: 101, length: 900, longest: 1400, times: 3, firstPacket: 5, firstNs: 50 });
    expect(one).toMatchObject({ lastPacket: 7, lastNs: 70 });
    one.add(1501, 10, 8, 80);
    expect(one).toMatchObject({ start: 1501, length: 10, longest: 10, times: 1, firstPacket: 8, lastPacket: 8 });
  });

  it('is kept as it was while another is counted', () => {
    const most = new Repetition();
    const last = new Repetition();
    last.add(101, 700, 5, 50);
    most.take(last);
    expect(most).toEqual(last);
    last.add(801, 20, 6, 60);
    expect(most).toMatchObject({ start: 101, longest: 700, times: 1 });
  });

  it('is none of the next connection’s, though it stands at the same place', () => {
    const one = new Repetition();
    one.add(101, 700, 5, 50);
    one.reset();
    one.add(101, 20, 6, 60);
    expect(one).toMatchObject({ times: 1, longest: 20, firstPacket: 6 });
  });
});
