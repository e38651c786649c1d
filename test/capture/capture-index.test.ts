import { describe, expect, it } from 'vitest';
import { CaptureIndex } from '../../src/capture/capture-index.js';
import type { Place } from '../../src/capture/place.js';
import { CAPTURE_STRIDE } from '../../src/facts/packet-reference.js';

function place(number: number): Place {
  return { number, fileOffset: number * 100, epochSeconds: number, epochNanoseconds: 0, section: null };
}

const OTHER = CAPTURE_STRIDE;

describe('where to begin to read again', () => {
  const index = new CaptureIndex();
  index.note([place(1000), 'unread']);
  index.note([place(2000), place(1)]);
  index.note([place(2500), place(700)]);
  index.note(['done', place(1500)]);

  it('is the last turn before the first packet wanted', () => {
    expect(index.placesFor([2100], [2200])).toEqual([place(2000), place(1)]);
    expect(index.placesFor([2000], [2200])).toEqual([place(2000), place(1)]);
  });

  it('is the beginning where no turn came before it', () => {
    expect(index.placesFor([999], [1500])).toEqual(['unread', 'unread']);
  });

  it('is the earliest for several', () => {
    expect(index.placesFor([OTHER + 900, 2100], [OTHER + 901])).toEqual([place(2000), place(1)]);
  });

  it('leaves out captures that begin after the last packet wanted, and those that were over', () => {
    expect(index.placesFor([1500], [1900])).toEqual([place(1000), 'unread']);
    expect(index.placesFor([10], [990])).toEqual(['unread', 'done']);
    expect(index.placesFor([OTHER + 1600], [OTHER + 1700])).toEqual(['done', place(1500)]);
  });

  it('is the beginning of each capture where nothing was taken down', () => {
    expect(new CaptureIndex().placesFor([5], [6])).toEqual([]);
  });
});
