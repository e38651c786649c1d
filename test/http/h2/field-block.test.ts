import { describe, expect, it } from 'vitest';
import { FieldBlockAssembly } from '../../../src/http/h2/field-block.js';
import { emptyHeader, FRAME, type FrameHeader } from '../../../src/http/h2/frame.js';
import { MAX_COPIED_BYTES } from '../../../src/http/h2/frame-reader.js';
import { END, END_HEADERS, PADDED, PRIORITY } from './frames.js';

/** An assembly, and what it told. */
function assembly() {
  const told: string[] = [];
  const made = new FieldBlockAssembly({
    block: ({ stream, endsStream, promised, lastPacket, bytes }, view, start, end) =>
      told.push(
        `block ${stream}${endsStream ? ' end' : ''}${promised > 0 ? ` promises ${promised}` : ''} packet ${lastPacket} ${bytes}: ${Buffer.from(view.subarray(start, end)).toString('latin1').slice(0, 20)}`,
      ),
    cutBlock: ({ stream, endsStream }) => told.push(`cut ${stream}${endsStream ? ' end' : ''}`),
    lostBlock: () => told.push('lost'),
    anomaly: (name) => told.push(name),
  });
  let packet = 0;
  const header = (type: number, flags: number): FrameHeader => {
    packet += 1;
    return { ...emptyHeader(), type, flags, stream: 1, firstPacket: packet, lastPacket: packet };
  };
  const give = (type: number, flags: number, payload: string): void => {
    const bytes = Buffer.from(payload, 'latin1');
    if (type === FRAME.continuation) made.goOn(header(type, flags), bytes, 0, bytes.length);
    else made.begin(header(type, flags), bytes, 0, bytes.length);
  };
  return { made, told, give, header };
}

describe('a field block', () => {
  it('of one frame', () => {
    const { told, give } = assembly();
    give(FRAME.headers, END | END_HEADERS, 'fields');
    expect(told).toEqual(['block 1 end packet 1 6: fields']);
  });

  it('without what stands around it', () => {
    const { told, give } = assembly();
    give(FRAME.headers, PADDED | PRIORITY | END_HEADERS, '\x02\0\0\0\0\0fields__');
    give(FRAME.pushPromise, PADDED | END_HEADERS, '\x01\0\0\0\x04fields_');
    expect(told).toEqual(['block 1 packet 1 6: fields', 'block 1 promises 4 packet 2 6: fields']);
  });

  it('whose padding is longer than its frame is none', () => {
    const { told, give } = assembly();
    give(FRAME.headers, PADDED | END_HEADERS, '\x07fields');
    expect(told).toEqual(['h2-padding-too-long', 'lost']);
  });

  it('that CONTINUATION frames carry on', () => {
    const { made, told, give } = assembly();
    give(FRAME.headers, END, 'on');
    expect([
      made.allows(FRAME.continuation, 1),
      made.allows(FRAME.continuation, 3),
      made.allows(FRAME.ping, 0),
    ]).toEqual([true, false, false]);
    give(FRAME.continuation, 0, 'e t');
    give(FRAME.continuation, END_HEADERS, 'wo');
    expect(told).toEqual(['block 1 end packet 3 7: one two']);
    expect([made.allows(FRAME.continuation, 1), made.allows(FRAME.ping, 0)]).toEqual([false, true]);
  });

  it('that something comes between is broken off; where bytes were lost nobody is to blame', () => {
    const { made, told, give } = assembly();
    give(FRAME.headers, 0, 'on');
    made.breakOff(2, true);
    give(FRAME.headers, 0, 'on');
    made.breakOff(3, false);
    expect(told).toEqual(['h2-continuation-expected', 'lost', 'lost']);
  });

  it('of which a frame was not seen is cut, and its end known', () => {
    const { made, told, give, header } = assembly();
    made.cut(header(FRAME.headers, END | END_HEADERS));
    give(FRAME.headers, 0, 'on');
    made.cut(header(FRAME.continuation, END_HEADERS));
    made.cut(header(FRAME.headers, END));
    give(FRAME.continuation, END_HEADERS, 'e');
    made.cut(header(FRAME.pushPromise, END_HEADERS));
    made.cut(header(FRAME.continuation, END_HEADERS));
    expect(told).toEqual(['cut 1 end', 'cut 1', 'cut 1 end', 'lost', 'lost']);
  });

  it('larger than can be held is cut, and remarked', () => {
    const { told, give } = assembly();
    give(FRAME.headers, 0, 'f'.repeat(MAX_COPIED_BYTES));
    give(FRAME.continuation, END_HEADERS, 'more');
    expect(told).toEqual(['h2-field-section-too-large', 'cut 1']);
  });
});
