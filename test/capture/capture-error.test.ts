import { describe, expect, it } from 'vitest';
import { CaptureError, captureErrorOf } from '../../src/capture/capture-error.js';

describe('a capture error', () => {
  it('reads as file, offset and reason', () => {
    const error = new CaptureError('damaged', 'front.pcapng', 4096, 'block length 7 is below 12');
    expect(error.message).toBe('front.pcapng: offset 4096: block length 7 is below 12');
    expect(error).toBeInstanceOf(Error);
    expect('cause' in error).toBe(false);
  });

  it('leaves the offset out where there is none', () => {
    expect(new CaptureError('empty', 'a.pcap', null, 'is empty').message).toBe('a.pcap: is empty');
  });

  it('says in words what the operating system means, and keeps its error as the cause', () => {
    const codes = { ENOENT: 'not-found', EACCES: 'not-readable', EISDIR: 'is-directory', EMFILE: 'not-readable' };
    for (const [code, expected] of Object.entries(codes)) {
      const thrown = Object.assign(new Error(`${code}: something, open 'a.pcap'`), { code });
      const error = captureErrorOf('a.pcap', null, thrown);
      expect(error.code).toBe(expected);
      expect(error.reason).not.toContain(code);
      expect(error.cause).toBe(thrown);
    }
  });

  it('passes through what is one already, and takes anything else for unreadable', () => {
    const error = new CaptureError('empty', 'a.pcap', null, 'is empty');
    expect(captureErrorOf('b.pcap', 1, error)).toBe(error);
    expect(captureErrorOf('b.pcap', 1, new Error('socket hang up')).message).toBe(
      'b.pcap: offset 1: cannot be read: socket hang up',
    );
    expect(captureErrorOf('b.pcap', null, 'odd')).toMatchObject({
      code: 'not-readable',
      reason: 'cannot be read: odd',
    });
  });
});
