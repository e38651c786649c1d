import { describe, expect, it } from 'vitest';
import { LIFE_AFTER_NS, MAX_CLOSE_SEGMENTS } from '../../src/facts/close.js';
import type { Side } from '../../src/facts/endpoint.js';
import { Closes } from '../../src/tcp/closes.js';
import { Direction } from '../../src/tcp/direction.js';
import { type CloseDraft, closeEvidenceOf } from '../../src/tcp/drafts.js';
import { type SegmentOptions, segmentOf } from './segments.js';

const close = (kind: 'fin' | 'rst', from: Side, options: SegmentOptions, start = 1): CloseDraft => {
  const segment = segmentOf(from, options, 5);
  const budget = { bytes: 0 };
  return closeEvidenceOf(kind, segment, new Direction(budget), new Direction(budget), start, from);
};
const closesOf = (...drafts: readonly CloseDraft[]): Closes => {
  const closes = new Closes();
  for (const draft of drafts) closes.add(draft);
  return closes;
};

describe('closes of a connection', () => {
  it('are kept in their order, until there are enough', () => {
    const drafts = Array.from({ length: MAX_CLOSE_SEGMENTS }, (_, at) => close('rst', 'server', { packet: at + 1 }));
    expect(closesOf(...drafts).kept).toEqual(drafts);
    expect(closesOf(...drafts).isFull).toBe(true);
    expect(closesOf(...drafts.slice(1)).isFull).toBe(false);
  });

  it('are told by another capture of the packet where that says more', () => {
    const [one, other] = [close('rst', 'server', { packet: 1 }), close('rst', 'server', { packet: 2 })];
    const closes = closesOf(one, other);
    closes.replace(other, close('rst', 'server', { packet: 9 }));
    expect(closes.kept.map(({ packet }) => packet)).toEqual([1, 9]);
  });
});

describe('a FIN', () => {
  const acknowledgedAt = (offset: number, by: Side = 'client') => {
    const closes = closesOf(close('fin', 'server', { flags: 'F.', data: 'bye' }, 11));
    closes.acknowledged(by === 'client' ? 'server' : 'client', offset, segmentOf(by, { at: 77 }, 8));
    return closes.kept[0];
  };

  it('has come to the other side’s kernel when it and its bytes are acknowledged', () => {
    expect(acknowledgedAt(14)).toMatchObject({ acknowledgedPacket: null, acknowledgedNs: null });
    expect(acknowledgedAt(15)).toMatchObject({ acknowledgedPacket: 8, acknowledgedNs: 77 });
    expect(acknowledgedAt(15, 'server')).toMatchObject({ acknowledgedPacket: null });
  });

  it('is acknowledged once; a reset never', () => {
    const closes = closesOf(close('fin', 'server', {}), close('rst', 'server', {}));
    for (const packet of [8, 9]) closes.acknowledged('server', 2, segmentOf('client', {}, packet));
    expect(closes.kept.map(({ acknowledgedPacket }) => acknowledgedPacket)).toEqual([8, null]);
  });
});

describe('life after a close', () => {
  const lifeAfter = (from: Side, laterNs: number) => {
    const closes = closesOf(close('rst', 'server', { at: 1000 }));
    closes.lifeAfter(from, segmentOf(from, { at: 1000 + laterNs }, 8));
    return closes.kept[0];
  };

  it('is what its sender says so much later that it was not on its way before', () => {
    expect(lifeAfter('server', LIFE_AFTER_NS).lifeAfter).toBeNull();
    expect(lifeAfter('server', LIFE_AFTER_NS + 1)).toMatchObject({ lifeAfter: 8, lifeAfterNs: 1001 + LIFE_AFTER_NS });
    expect(lifeAfter('client', 9 * LIFE_AFTER_NS).lifeAfter).toBeNull();
  });

  it('is the first sign of it', () => {
    const closes = closesOf(close('rst', 'server', { at: 0 }));
    for (const packet of [8, 9]) closes.lifeAfter('server', segmentOf('server', { at: 1e9 }, packet));
    expect(closes.kept[0].lifeAfter).toBe(8);
  });
});
