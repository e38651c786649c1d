import { describe, expect, it } from 'vitest';
import { TCP_OPTION } from '../../../src/facts/segment-evidence.js';
import { resetShapeIn, resetShapeOf } from '../../../src/rules/judgements/reset-shape.js';
import { connection, get, handshake, type ResetOptions, refused, rstBy } from '../facts.js';

describe('the shape of a reset', () => {
  const shape = (options: ResetOptions) => {
    const reset = connection([...handshake(), get(1133), rstBy('server', 1300, options)]).close.segments[0];
    return reset === undefined ? null : resetShapeOf(reset);
  };

  it('is A for a bare RST: the kernel had no socket, or a filter rejected', () => {
    expect(shape({})).toBe('A');
  });

  it('is A0 for the answer to a SYN for a closed port', () => {
    const [reset] = refused().close.segments;
    expect(reset === undefined ? null : resetShapeOf(reset)).toBe('A0');
  });

  it('is B for an abort, with or without timestamps', () => {
    expect(shape({ ack: true, hand: { window: 502 } })).toBe('B');
    expect(shape({ ack: true, hand: { window: 502, options: TCP_OPTION.timestamps } })).toBe('B');
  });

  it('is none of Linux for an abort without the timestamps that its connection negotiated', () => {
    const inConnection = (options: number, negotiated: boolean) => {
      const hand = { window: 502, options };
      const [reset] = connection([...handshake(), get(1133), rstBy('server', 1300, { ack: true, hand })]).close
        .segments;
      return reset === undefined ? null : resetShapeIn(reset, negotiated);
    };
    expect(inConnection(0, true)).toBe('other');
    expect(inConnection(TCP_OPTION.timestamps, true)).toBe('B');
    expect(inConnection(0, false)).toBe('B');
  });

  it('is none of Linux when a bare RST has a window or options, or an abort has none', () => {
    expect(shape({ hand: { window: 8192 } })).toBe('other');
    expect(shape({ hand: { options: TCP_OPTION.timestamps } })).toBe('other');
    expect(shape({ ack: true, hand: { window: 0 } })).toBe('other');
  });

  it('is no shape at all without RST', () => {
    const [syn] = [connection(handshake()).handshake.syn];
    expect(syn === null ? null : resetShapeOf(syn)).toBe('other');
  });
});
