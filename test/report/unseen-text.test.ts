import { describe, expect, it } from 'vitest';
import { unseenClauses } from '../../src/report/unseen-text.js';
import { quietAnalysis } from './analyses.js';

describe('what was not seen, in words', () => {
  const nothing = quietAnalysis().unseen;

  it('is no word where all was seen', () => {
    expect(unseenClauses(nothing, quietAnalysis().captures)).toEqual([]);
  });

  it('says the noun once', () => {
    expect(unseenClauses({ ...nothing, midStream: 12, encrypted: 1 }, [])).toEqual([
      '12 connections began before the capture',
      '1 is TLS and was not decrypted',
    ]);
  });

  it('names packets that came too late and headers that could not be read', () => {
    const unseen = { ...nothing, latePackets: 3, malformedHeaders: [{ name: 'tcp-header-cut', count: 12 }] };
    expect(unseenClauses(unseen, [])).toEqual([
      '3 packets came after the end of the connection',
      '12 × tcp-header-cut',
    ]);
  });
});
