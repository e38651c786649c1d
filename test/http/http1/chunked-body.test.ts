import { describe, expect, it } from 'vitest';
import { ChunkedBody } from '../../../src/http/http1/chunked-body.js';

function read(text: string, step: number) {
  const body = new ChunkedBody();
  const bytes = Buffer.from(text, 'latin1');
  let used = 0;
  for (let at = 0; at < bytes.length && !body.ended && !body.malformed; at += step) {
    const end = Math.min(at + step, bytes.length);
    used = body.read(bytes, at, end);
  }
  return { used, bytes: body.dataBytes, ended: body.ended, malformed: body.malformed };
}

describe('RFC 9112 §7.1: a chunked body', () => {
  it.each([
    ['one chunk', '5\r\nhello\r\n0\r\n\r\n', 5],
    ['hexadecimal sizes in any case', 'a\r\n0123456789\r\nB\r\n0123456789a\r\n0\r\n\r\n', 21],
    ['leading zeros', '0005\r\nhello\r\n000\r\n\r\n', 5],
    ['§7.1.1 extensions', '5;ext=1;q="a b"\r\nhello\r\n0;last\r\n\r\n', 5],
    ['§7.1.2 trailers', '5\r\nhello\r\n0\r\nA: b\r\nC: d\r\n\r\n', 5],
    ['bare line feeds', '5\nhello\n0\nA: b\n\n', 5],
    ['sizes padded with blanks', '5   \r\nhello\r\n0 \r\n\r\n', 5],
    ['data that looks like its framing', 'd\r\n0\r\n\r\n\r\n0\r\n\r\n0\r\n0\r\n\r\n', 13],
  ])('with %s', (_name, text, bytes) => {
    for (let step = 1; step <= text.length; step += 1)
      expect(read(text, step), `in steps of ${step}`).toEqual({
        used: text.length,
        bytes,
        ended: true,
        malformed: false,
      });
    expect(read(`${text}HTTP/1.1 200 OK`, 1000).used).toBe(text.length);
    for (let length = 0; length < text.length; length += 1)
      expect(read(text.slice(0, length), 1000), `cut at ${length}`).toMatchObject({ ended: false, malformed: false });
  });

  it.each([
    ['no size', '\r\nhello'],
    ['a word for a size', 'xyz\r\n'],
    ['a negative size', '-5\r\nhello'],
    ['a size beyond counting', '10000000000000000\r\n'],
    ['data longer than its size', '3\r\nhello\r\n'],
    ['a carriage return that ends nothing', '3\r\nabc\rx'],
    ['a trailer that begins with one', '0\r\n\rx'],
  ])('with %s is malformed', (_name, text) => {
    for (let step = 1; step <= text.length; step += 1)
      expect(read(text, step).malformed, `in steps of ${step}`).toBe(true);
  });

  it('can be passed over within the data of a chunk, and nowhere else', () => {
    const body = new ChunkedBody();
    const begin = Buffer.from('a\r\n12');
    expect(body.skip(1)).toBe(false);
    body.read(begin, 0, begin.length);
    expect(body.skip(9)).toBe(false);
    expect(body.skip(8)).toBe(true);
    expect(body.skip(1)).toBe(false);
    const rest = Buffer.from('\r\n0\r\n\r\n');
    body.read(rest, 0, rest.length);
    expect(body).toMatchObject({ ended: true, dataBytes: 10 });
  });
});
