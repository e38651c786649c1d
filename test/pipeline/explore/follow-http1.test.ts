import { describe, expect, it } from 'vitest';
import { Http1Follower, Http1Talk } from '../../../src/pipeline/explore/follow-http1.js';
import { Transcript } from '../../../src/pipeline/explore/transcript.js';

/** Both sides, in pieces of `size` bytes; `gap` stands for bytes that were not captured. */
function followed(pieces: readonly ['client' | 'server', string | number][], size = 10_000) {
  const transcript = new Transcript();
  const talk = new Http1Talk();
  const sides = {
    client: new Http1Follower('client', talk, transcript),
    server: new Http1Follower('server', talk, transcript),
  };
  pieces.forEach(([side, text], packet) => {
    if (typeof text === 'number') {
      sides[side].gap(text, packet, packet);
      return;
    }
    const bytes = Buffer.from(text, 'latin1');
    for (let at = 0; at < bytes.length; at += size)
      sides[side].bytes(bytes, at, Math.min(bytes.length, at + size), packet, packet);
  });
  sides.client.end();
  sides.server.end();
  return transcript.blocks;
}

const GET = 'GET /a?token=secretsecret1 HTTP/1.1\r\nHost: a\r\nCookie: s=12345678\r\n\r\n';

describe('HTTP/1 followed', () => {
  it.each([1, 3, 10_000])('in pieces of %i bytes: heads line by line, secrets and bodies held back', (size) => {
    const blocks = followed(
      [
        ['client', GET],
        ['server', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nSet-Cookie: s=1; Path=/\r\n\r\nhello'],
        ['client', 'POST /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n'],
        ['server', 'HTTP/1.1 204 No Content\r\n\r\n'],
      ],
      size,
    );
    expect(blocks.map(({ from, kind, packet }) => [from, kind, packet])).toEqual([
      ['client', 'head', 0],
      ['server', 'head', 1],
      ['server', 'body', 1],
      ['client', 'head', 2],
      ['client', 'body', 2],
      ['server', 'head', 3],
    ]);
    expect(blocks[0]?.lines).toEqual(['GET /a?token=…13 HTTP/1.1', 'Host: a', 'Cookie: s=…8']);
    expect(blocks[0]?.revealed).toEqual(['GET /a?token=secretsecret1 HTTP/1.1', 'Host: a', 'Cookie: s=12345678']);
    expect(blocks[2]?.lines).toEqual(['(body, 5 bytes: w shows them)']);
    expect(blocks[2]?.revealed).toEqual(['hello']);
    expect(blocks[4]?.revealed).toEqual(['abc']);
  });

  it('holds a secret in a reason phrase back', () => {
    const [block] = followed([['server', 'HTTP/1.1 401 Bad Bearer s3cret99\r\n\r\n']]);
    expect(block?.lines).toEqual(['HTTP/1.1 401 Bad Bearer …8']);
    expect(block?.revealed).toEqual(['HTTP/1.1 401 Bad Bearer s3cret99']);
  });

  it('knows which responses have no body', () => {
    const blocks = followed([
      ['client', 'HEAD / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n'],
      ['server', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nHTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n'],
    ]);
    expect(blocks.map(({ kind }) => kind)).toEqual(['head', 'head', 'head', 'head']);
  });

  it('after a loss shows nothing unasked until a message begins', () => {
    const blocks = followed([
      ['client', 'GET / HTTP/1.1\r\nHost: a\r\nCook'],
      ['client', 100],
      ['client', 'Authorization: Bearer abc\r\n\r\n'],
      ['client', 'GET /next HTTP/1.1\r\n\r\n'],
    ]);
    const shown = blocks.flatMap(({ lines }) => lines).join('\n');
    expect(shown).not.toMatch(/Bearer|Cook/);
    expect(shown).toContain('(100 bytes were not captured)');
    expect(shown).toContain('GET /next HTTP/1.1');
  });

  it('shows no bytes of a tunnel, and makes what acts visible', () => {
    const blocks = followed([
      ['client', 'GET / HTTP/1.1\r\nX: \x1b[31m\r\n\r\n'],
      ['server', 'HTTP/1.1 101 Switching Protocols\r\n\r\n\x81\x05hello'],
    ]);
    expect(blocks[0]?.lines[1]).toBe('X: \\x1b[31m');
    expect(blocks.length).toBe(2);
  });

  it('shows bodies that are no text in hex', () => {
    const [, body] = followed([['client', 'POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\n\x00\x01\x02\xff']]);
    expect(body?.revealed).toEqual(['00 01 02 ff']);
  });
});
