import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  emptyHeader,
  frameChainIn,
  headerFlaw,
  isFrameChain,
  mayBeHeader,
  readFrameHeader,
} from '../../../src/http/h2/frame.js';
import { data, END_HEADERS, frame, GET, headers, OK, settings, windowUpdate } from './frames.js';

const header = emptyHeader();
const chain = (...frames: readonly Uint8Array[]): boolean => {
  const bytes = Buffer.concat(frames);
  return isFrameChain(Buffer.concat([Buffer.of(9), bytes, Buffer.of(9, 9)]), 1, 1 + bytes.length);
};

describe('RFC 9113 §4.1: a frame header', () => {
  it('is length, type, flags and stream, the reserved bit left out', () => {
    readFrameHeader(Buffer.from('00400001 05 ffffffff'.replace(/ /g, ''), 'hex'), 0, header);
    expect(header).toMatchObject({ length: 0x4000, type: 1, flags: 5, stream: 0x7fffffff });
  });

  it.each([
    [0, 5, 1, null],
    [0, 5, 0, 'h2-wrong-stream'],
    [2, 5, 1, null],
    [2, 4, 1, 'h2-frame-size'],
    [3, 4, 3, null],
    [4, 12, 0, null],
    [4, 13, 0, 'h2-frame-size'],
    [4, 0, 3, 'h2-wrong-stream'],
    [5, 3, 1, 'h2-frame-size'],
    [6, 8, 0, null],
    [7, 8, 0, null],
    [7, 7, 0, 'h2-frame-size'],
    [8, 4, 0, null],
    [8, 4, 7, null],
    [10, 1, 0, 'h2-frame-size'],
    [11, 1, 1, null],
    [12, 0, 1, 'h2-wrong-stream'],
    [200, 1, 0, null],
  ])('type %i of %i bytes on stream %i: %s', (type, length, stream, flaw) => {
    expect(headerFlaw({ ...emptyHeader(), type, length, stream })).toBe(flaw);
  });
});

describe('in search of a frame', () => {
  it('whole frames to the end of the bytes are a chain, one as well', () => {
    expect(chain(headers(1, GET))).toBe(true);
    expect(chain(settings(), windowUpdate(0, 9), headers(1, GET), data(1, 'x'))).toBe(true);
  });

  it('so are three of which the last is cut', () => {
    expect(chain(settings(), headers(1, OK), data(1, 'hello').subarray(0, 10))).toBe(true);
    expect(chain(settings(), data(1, 'hello').subarray(0, 10))).toBe(false);
  });

  it('frames that begin within a segment must be more than one', () => {
    const within = (...frames: readonly Uint8Array[]): number => {
      const bytes = Buffer.concat([Buffer.from('rest of a body'), ...frames]);
      return frameChainIn(bytes, 0, bytes.length);
    };
    expect(within(windowUpdate(0, 9))).toBe(-1);
    expect(within(windowUpdate(0, 9), headers(1, OK))).toBe(14);
    expect(within(settings(), headers(1, OK), data(1, 'hello').subarray(0, 10))).toBe(14);
    expect(within()).toBe(-1);
    expect(frameChainIn(settings(), 0, 9)).toBe(0);
  });

  it('a header that no frame has breaks it', () => {
    expect(chain(frame(1, 0x80 | END_HEADERS, 1, Buffer.of(0x82)))).toBe(false);
    expect(chain(frame(4, 1, 0, Buffer.alloc(6)))).toBe(false);
    expect(chain(frame(0x77, 0, 1))).toBe(false);
    expect(mayBeHeader(Buffer.from('000000010480000001', 'hex'), 0)).toBe(false);
  });

  it('text and noise are none', () => {
    expect(chain(Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'))).toBe(false);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), (bytes) => {
        // Noise that happens to be one short frame is met now and then; then it has the length of one.
        if (!isFrameChain(bytes, 0, bytes.length)) return;
        readFrameHeader(bytes, 0, header);
        expect(header.length + 9).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});
