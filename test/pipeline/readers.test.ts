import { describe, expect, it } from 'vitest';
import { announced, inTurn } from '../../src/pipeline/readers.js';
import { Recorder } from '../tcp/segments.js';

const BYTES = Buffer.from('GET /', 'latin1');

describe('readers put before a decoder', () => {
  it('see what the decoder sees', () => {
    const [one, other] = [new Recorder(), new Recorder()];
    const both = inTurn(one, other);
    both.bytes(BYTES, 0, 3, 7, 0);
    both.gap(5, 8, 0);
    both.end('fin', 9, 0);
    expect([one.text, other.text]).toEqual(['GET[gap 5][fin]', 'GET[gap 5][fin]']);
    expect([one.packets, other.packets]).toEqual([[7], [7]]);
  });

  it('announce bytes, not gaps and ends', () => {
    const read = new Recorder();
    const said: number[] = [];
    const reader = announced(read, (packet) => said.push(packet));
    reader.gap(5, 6, 0);
    reader.bytes(BYTES, 0, 5, 7, 0);
    reader.end('rst', 8, 0);
    expect(read.text).toBe('[gap 5]GET /[rst]');
    expect(said).toEqual([7]);
  });
});
