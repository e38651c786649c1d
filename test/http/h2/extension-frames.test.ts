import { describe, expect, it } from 'vitest';
import { alternativeIn, originsIn } from '../../../src/http/h2/extension-frames.js';

const counted = (text: string): Buffer => Buffer.concat([Buffer.of(0, text.length), Buffer.from(text)]);

describe('RFC 8336 §2.1: ORIGIN', () => {
  const bytes = Buffer.concat([counted('https://a.example'), counted('https://b.example')]);

  it('holds origins behind their lengths', () => {
    expect(originsIn(bytes, 0, bytes.length)).toEqual(['https://a.example', 'https://b.example']);
    expect(originsIn(bytes, 0, 0)).toEqual([]);
  });

  it('cut at any length, gives those that are whole', () => {
    for (let length = 0; length < bytes.length; length += 1)
      expect(originsIn(bytes, 0, length)).toHaveLength(length < 19 ? 0 : 1);
  });
});

describe('RFC 7838 §4: ALTSVC', () => {
  it('holds an origin, or none, and the value', () => {
    const named = Buffer.concat([counted('https://a.example'), Buffer.from('h3=":443"')]);
    expect(alternativeIn(named, 0, named.length)).toEqual({ origin: 'https://a.example', value: 'h3=":443"' });
    const ofStream = Buffer.concat([Buffer.of(0, 0), Buffer.from('clear')]);
    expect(alternativeIn(ofStream, 0, ofStream.length)).toEqual({ origin: null, value: 'clear' });
  });

  it('whose origin is longer than the frame is none', () => {
    const bytes = counted('https://a.example');
    for (let length = 2; length < bytes.length; length += 1) expect(alternativeIn(bytes, 0, length)).toBeNull();
  });
});
