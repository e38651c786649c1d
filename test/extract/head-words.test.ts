import { describe, expect, it } from 'vitest';
import { OtherNames, OtherSecrets } from '../../src/extract/head-words.js';
import { Pseudonyms } from '../../src/extract/pseudonyms.js';
import { encodeHuffman } from '../../src/http/hpack/huffman.js';

const pseudonyms = new Pseudonyms(Buffer.alloc(32, 7));
const secrets = new OtherSecrets(pseudonyms);
const names = new OtherNames(pseudonyms);

/** As long as before, in bytes and in Huffman's. */
function expectAsLong(before: string, after: string): void {
  expect(after).toHaveLength(before.length);
  const huffman = (text: string) => encodeHuffman(Buffer.from(text, 'latin1')).length;
  expect(huffman(after)).toBe(huffman(before));
}

describe('secrets in heads', () => {
  it.each([
    ['cookie', 'sid=s3cret99; theme=d4rk', 'sid=', '; theme='],
    ['set-cookie', 'sid=s3cret99; Path=/; HttpOnly', 'sid=', '; Path=/; HttpOnly'],
    ['authorization', 'Bearer s3cret99', 'Bearer '],
    ['proxy-authorization', 'Basic czNjcmV0OTk=', 'Basic '],
    ['x-api-key', 's3cret99'],
    ['location', 'https://h.example/a?token=s3cret99&x=1', 'https://h.example/a?token=', '&x=1'],
    ['referer', 'http://u:s3cret99@h.example/', 'http://', '@h.example/'],
  ])('of %s: %s become others of equal length, and the rest stays', (name, value, ...rest) => {
    const edited = secrets.field(name, value, false);
    expectAsLong(value, edited);
    expect(edited).not.toMatch(/s3cret99|d4rk|czNjcmV0OTk/);
    for (const part of rest) expect(edited).toContain(part);
    expect(secrets.field(name, value, false)).toBe(edited);
  });

  it('are those in targets and other words too', () => {
    for (const text of ['/a?x=1&token=s3cret99', '/cart;jsessionid=s3cret99/pay', 'Authorization:Bearer  s3cret99']) {
      const edited = text.startsWith('/') ? secrets.target(text) : secrets.text(text);
      expectAsLong(text, edited);
      expect(edited).not.toContain('s3cret99');
    }
    expect(secrets.target('/a?x=1&page=2')).toBe('/a?x=1&page=2');
    expect(secrets.text('Not Found')).toBe('Not Found');
  });

  it('are what is never to be indexed, but for what the protocol needs, and fields without a known name', () => {
    expect(secrets.field('x-note', 'plain', false)).toBe('plain');
    expectAsLong('plain', secrets.field('x-note', 'plain', true));
    expect(secrets.field('x-note', 'plain', true)).not.toBe('plain');
    expect(secrets.field(':method', 'GET', true)).toBe('GET');
    expect(secrets.field('content-length', '11', true)).toBe('11');
    expect(secrets.field('', 'plain', false)).not.toBe('plain');
  });
});

describe('names in heads', () => {
  it('are replaced in all fields but those of the protocol', () => {
    expect(names.field('content-length', '11')).toBe('11');
    for (const [name, value] of [
      ['host', 'shop.acme.test:8080'],
      ['x-customer', 'acme'],
    ] as const) {
      expectAsLong(value, names.field(name, value));
      expect(names.field(name, value)).not.toContain('acme');
    }
    expect(names.field('host', 'shop.acme.test:8080')).toMatch(/:8080$/);
    expect(names.target('/acme?token=1')).not.toContain('acme');
    expect(names.text('gone acme')).not.toContain('acme');
  });
});
