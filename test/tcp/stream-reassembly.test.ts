import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_PENDING_BYTES } from '../../src/tcp/pending-segments.js';
import { REORDERING_NS, REORDERING_PACKETS, StreamReassembly } from '../../src/tcp/stream-reassembly.js';
import { Recorder } from './segments.js';

function reassembly(): {
  stream: StreamReassembly;
  recorder: Recorder;
  send: (start: number, text: string, length?: number) => void;
} {
  const stream = new StreamReassembly({ bytes: 0 });
  const recorder = new Recorder();
  stream.reader = recorder;
  let packet = 0;
  return {
    stream,
    recorder,
    send(start, text, length = text.length) {
      packet += 1;
      const bytes = Buffer.from(text, 'latin1');
      stream.payload(start, length, bytes, 0, bytes.length, packet, packet);
    },
  };
}

describe('one direction, put in order', () => {
  it('passes bytes in order straight on', () => {
    const { recorder, send } = reassembly();
    send(1, 'GET ');
    send(5, '/ HTTP/1.1');
    expect(recorder.text).toBe('GET / HTTP/1.1');
  });

  it('tells a retransmission once, also with new bytes at its end', () => {
    const { recorder, send } = reassembly();
    send(1, 'abc');
    send(1, 'abc');
    send(2, 'bcdef');
    expect(recorder.text).toBe('abcdef');
  });

  it('keeps the first copy of bytes that overlap', () => {
    const { recorder, send } = reassembly();
    send(1, 'abc');
    send(7, 'ghi');
    send(3, 'XdefXXX');
    expect(recorder.text).toBe('abcdefghi');
  });

  it('names the packet that carried the bytes, however late they are delivered', () => {
    const { recorder, send } = reassembly();
    send(1, 'a');
    send(3, 'c');
    send(2, 'b');
    expect(recorder.packets).toEqual([1, 3, 2]);
  });

  it('keeps what waits although the read buffer moves on', () => {
    const { stream, recorder, send } = reassembly();
    send(1, 'a');
    const buffer = Buffer.from('c');
    stream.payload(3, 1, buffer, 0, 1, 2, 2);
    buffer.fill('X');
    send(2, 'b');
    expect(recorder.text).toBe('abc');
  });

  it('tells bytes beyond the snap length as a gap and stays in step', () => {
    const { stream, recorder, send } = reassembly();
    send(1, 'abc', 10);
    send(11, 'k');
    expect(recorder.text).toBe('abc[gap 7]k');
    expect([stream.lostBytes, stream.snappedBytes]).toEqual([7, 7]);
  });

  it('waits for a reordered packet although its acknowledgement was seen first', () => {
    const { stream, recorder, send } = reassembly();
    send(1, 'a');
    send(3, 'c');
    stream.acknowledged(4, 1000);
    expect(recorder.text).toBe('a');
    send(2, 'b');
    expect(recorder.text).toBe('abc');
  });

  it('gives up on bytes that the receiver acknowledged and the capture does not show', () => {
    const { stream, recorder, send } = reassembly();
    send(1, 'a');
    send(3, 'c');
    stream.acknowledged(4, 1000);
    stream.acknowledged(4, 1001 + REORDERING_NS);
    expect(recorder.text).toBe('a[gap 1]c');
    expect(stream.lostBytes).toBe(1);
  });

  it('keeps up with a capture that lacks many packets', () => {
    const { stream, recorder, send } = reassembly();
    send(1, 'a');
    // Each second byte is missing, and all are acknowledged at once.
    let [at, offset] = [0, 3];
    for (; offset < 403; offset += 2) {
      send(offset, 'x');
      at += 1_000_000;
      stream.acknowledged(offset + 1, at);
    }
    // What was acknowledged twice the time for reordering ago, or twice as many packets, waits no more.
    expect(offset - stream.expected).toBeLessThanOrEqual(2 * 2 * (REORDERING_PACKETS + 1));
    expect(recorder.text.startsWith('a[gap 1]x[gap 1]x')).toBe(true);
  });

  it('waits for a reordered packet behind a hole that was given up on', () => {
    const { stream, recorder, send } = reassembly();
    send(1, 'a');
    send(3, 'c');
    stream.acknowledged(4, 1000);
    send(5, 'e');
    stream.acknowledged(6, 1001 + REORDERING_NS);
    expect(recorder.text).toBe('a[gap 1]c');
    stream.acknowledged(6, 1500 + REORDERING_NS);
    send(4, 'd');
    expect(recorder.text).toBe('a[gap 1]cde');
  });

  it('does not give up on bytes that nobody acknowledged', () => {
    const { stream, recorder, send } = reassembly();
    send(1, 'a');
    send(3, 'c');
    stream.acknowledged(2, 1000);
    stream.acknowledged(2, 10 * REORDERING_NS);
    expect(recorder.text).toBe('a');
  });

  it('gives up on a hole when too much waits behind it', () => {
    const { recorder, send } = reassembly();
    send(1, 'a');
    const block = 'x'.repeat(60_000);
    for (let at = 10; at < MAX_PENDING_BYTES + 120_000; at += block.length) send(at, block);
    expect(recorder.text.startsWith('a[gap 8]xxx')).toBe(true);
  });

  it('ends with FIN only when all before it was delivered', () => {
    const { stream, recorder, send } = reassembly();
    send(1, 'a');
    stream.fin(3, 9, 9);
    expect(recorder.text).toBe('a');
    send(2, 'b');
    expect(recorder.text).toBe('ab[fin]');
  });

  it('takes nothing that bears numbers beyond the FIN', () => {
    const { stream, recorder, send } = reassembly();
    send(1, 'a');
    stream.fin(3, 9, 9);
    send(3, 'late');
    send(2, 'b');
    send(3, 'later');
    stream.finish('capture-ended', 7, 9, 9);
    expect(recorder.text).toBe('ab[fin]');
  });

  it('tells at the end what was acknowledged and never captured', () => {
    const { stream, recorder, send } = reassembly();
    send(1, 'a');
    stream.finish('capture-ended', 5, 9, 9);
    expect(recorder.text).toBe('a[gap 3][capture-ended]');
  });

  it('takes one number beyond all bytes for a FIN that the capture lost', () => {
    const { stream, recorder, send } = reassembly();
    send(1, 'a');
    stream.finish('capture-ended', 3, 9, 9);
    expect([recorder.text, stream.lostBytes]).toEqual(['a[capture-ended]', 0]);
  });

  it('counts an acknowledged FIN for no byte', () => {
    const { stream, recorder, send } = reassembly();
    send(1, 'a');
    stream.fin(2, 2, 2);
    stream.finish('capture-ended', 3, 9, 9);
    expect(recorder.text).toBe('a[fin]');
    expect(stream.lostBytes).toBe(0);
  });

  it('delivers each byte once and in place, whatever the order, overlap and repetition', () => {
    const text = Array.from({ length: 200 }, (_, at) => String.fromCharCode(33 + (at % 90))).join('');
    const piece = fc.tuple(fc.nat(199), fc.integer({ min: 1, max: 60 }));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const { stream, recorder, send } = reassembly();
        stream.begin(0);
        const seen = new Set<number>();
        for (const [start, length] of pieces) {
          const part = text.slice(start, start + length);
          send(start, part);
          for (let at = start; at < start + part.length; at += 1) seen.add(at);
        }
        stream.finish('capture-ended', -1, 0, 0);
        const last = Math.max(-1, ...seen);
        let expected = '';
        for (let at = 0; at <= last; ) {
          if (seen.has(at)) {
            expected += text[at];
            at += 1;
            continue;
          }
          const from = at;
          while (!seen.has(at)) at += 1;
          expected += `[gap ${at - from}]`;
        }
        expect(recorder.text).toBe(`${expected}[capture-ended]`);
      }),
    );
  });
});
