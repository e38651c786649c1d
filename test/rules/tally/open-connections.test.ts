import { describe, expect, it } from 'vitest';
import { openConnections, recalled, remembered } from '../../../src/rules/tally/open-connections.js';

const make = (): string[] => [];

describe('what is remembered of a connection that goes on', () => {
  it('is the same from batch to batch, and forgotten when it is recalled', () => {
    const open = openConnections<string[]>();
    remembered(open, 7, make)?.push('first');
    remembered(open, 7, make)?.push('second');
    remembered(open, 8, make)?.push('another');
    expect(recalled(open, 7)).toEqual(['first', 'second']);
    expect(recalled(open, 7)).toBeNull();
    expect(open.size).toBe(1);
  });

  it('is nothing where there is no room, until there is again', () => {
    const open = openConnections<string[]>();
    for (let stream = 0; stream < 4096; stream += 1) expect(remembered(open, stream, make)).not.toBeNull();
    expect(remembered(open, 4096, make)).toBeNull();
    expect(remembered(open, 5, make)).not.toBeNull();
    recalled(open, 5);
    expect(remembered(open, 4096, make)).toEqual([]);
  });
});
