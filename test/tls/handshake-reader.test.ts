import { describe, expect, it } from 'vitest';
import { HandshakeReader, MAX_MESSAGE_BYTES } from '../../src/tls/handshake-reader.js';
import { vector } from './build-hello.js';

const message = (type: number, text: string): Buffer =>
  Buffer.concat([Buffer.of(type), vector(3, Buffer.from(text, 'latin1'))]);

function read(...contents: readonly Uint8Array[]): string[] {
  const lines: string[] = [];
  const reader = new HandshakeReader({
    message: (type, view, start, end, firstPacket, packet) =>
      lines.push(`${type} ${Buffer.from(view.slice(start, end)).toString('latin1')} ${firstPacket}-${packet}`),
    tooLong: (packet) => lines.push(`too long ${packet}`),
  });
  for (const [index, content] of contents.entries()) reader.feed(content, 0, content.length, index + 1, index + 1, 0);
  return lines;
}

describe('handshake messages', () => {
  it('several in a record', () => {
    expect(read(Buffer.concat([message(2, 'a'), message(14, ''), message(11, 'bc')]))).toEqual([
      '2 a 1-1',
      '14  1-1',
      '11 bc 1-1',
    ]);
  });

  it('over records cut anywhere', () => {
    const bytes = Buffer.concat([message(1, 'hello'), message(20, 'done')]);
    for (let at = 1; at < bytes.length; at += 1) {
      const lines = read(bytes.subarray(0, at), bytes.subarray(at));
      expect(lines.map((line) => line.replace(/ [\d-]+$/, ''))).toEqual(['1 hello', '20 done']);
    }
    expect(read(...[...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(['1 hello 1-9', '20 done 10-17']);
  });

  it('too long for memory are passed over, and the next is read', () => {
    const long = message(11, 'x'.repeat(MAX_MESSAGE_BYTES));
    const bytes = Buffer.concat([long, message(14, '')]);
    expect(read(bytes)).toEqual(['too long 1', '14  1-1']);
    expect(read(bytes.subarray(0, 2), bytes.subarray(2, 5000), bytes.subarray(5000))).toEqual([
      'too long 2',
      '14  3-3',
    ]);
  });

  it('do not run across a reset', () => {
    const lines: number[] = [];
    const reader = new HandshakeReader({ message: (type) => lines.push(type), tooLong: () => lines.push(-1) });
    const whole = message(1, 'hello');
    reader.feed(whole, 0, 6, 1, 1, 0);
    reader.reset();
    reader.feed(message(20, 'x'), 0, 5, 2, 2, 0);
    expect(lines).toEqual([20]);
  });
});
