import { describe, expect, it } from 'vitest';
import { factsOf, factsOfEach } from '../../../src/rules/framing-ambiguity/figures.js';

const flaw = (name: string, from: 'client' | 'server' | null) => ({ name, from, packet: 4, count: 1 });

describe('the figures of messages that can be read in two ways', () => {
  it('name each flaw once and count by who sent it; what is of nobody is held against requests', () => {
    const flaws = [flaw('http1-obs-fold', 'server'), flaw('http1-bare-lf', 'client'), flaw('http1-bare-lf', null)];
    expect(factsOf(7, flaws, 2)).toEqual({
      ...{ connections: 7, flaws: ['http1-bare-lf', 'http1-obs-fold'] },
      ...{ inRequests: 2, inResponses: 1, refusedInFront: 2 },
    });
  });

  it.each([
    ['client', 5, 0],
    ['server', 0, 5],
  ] as const)('count each connection once where all have the same of the %s', (from, inRequests, inResponses) => {
    expect(factsOfEach(5, 'one', from)).toEqual({
      ...{ connections: 5, flaws: ['one'], inRequests, inResponses, refusedInFront: 0 },
    });
  });
});
