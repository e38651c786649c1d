import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BARE_CR,
  BARE_LF,
  CONTROL_CHARACTER,
  FIELD_FLAWS,
  LINE_TOO_LONG,
  MALFORMED_LINE,
  MALFORMED_NAME,
  OBS_FOLD,
  SPACE_BEFORE_COLON,
  TOO_MANY_FIELDS,
} from '../../../src/http/http1/field-flaws.js';
import {
  FieldSection,
  MAX_KEPT_FIELDS,
  MAX_LINE_BYTES,
  SEEN_CONTENT_LENGTH,
  SEEN_HOST,
} from '../../../src/http/http1/field-section.js';

function read(text: string, isOfResponses = false): { section: FieldSection; used: number } {
  const section = new FieldSection(isOfResponses);
  section.begin();
  const bytes = Buffer.from(text, 'latin1');
  return { section, used: section.read(bytes, 0, bytes.length) };
}

const values = (section: FieldSection): string[] => section.fields.map(({ name, value }) => `${name}=${value}`);

describe('RFC 9112 §5: a field section', () => {
  it('keeps what tells requests apart of requests alone, and nothing of it in what follows', () => {
    const text = 'Server: a\r\nX-Request-Id: 1\r\n continued\r\ntraceparent: 2\r\nAge: 3\r\n\r\n';
    expect(values(read(text).section)).toEqual(['server=a', 'x-request-id=1 continued', 'traceparent=2', 'age=3']);
    for (let again = 0; again < 2; again += 1) {
      const { section, used } = read(text, true);
      expect(values(section)).toEqual(['server=a', 'age=3']);
      expect([used, section.ended, section.flaws]).toEqual([text.length, true, read(text).section.flaws]);
    }
  });

  it('ends with an empty line, and what follows is left alone', () => {
    const text = 'Host: a\r\nDate: x\r\n\r\n';
    const { section, used } = read(`${text}body`);
    expect(section).toMatchObject({ ended: true, flaws: 0, seen: SEEN_HOST });
    expect(used).toBe(text.length);
    expect(values(section)).toEqual(['host=a']);
  });

  it('cut anywhere, leaves the line that is not whole to the caller', () => {
    const text = 'Host: a\r\nContent-Length: 5\r\n\r\n';
    for (let length = 0; length < text.length; length += 1) {
      const { section, used } = read(text.slice(0, length));
      expect(section.ended, `cut at ${length}`).toBe(false);
      expect(used).toBe(text.slice(0, length).lastIndexOf('\n') + 1);
    }
  });

  it('trims blanks around values, and keeps those within', () => {
    expect(values(read('Host:a\r\nVia: \t 1.1 b \t\r\nServer:\r\n\r\n').section)).toEqual([
      'host=a',
      'via=1.1 b',
      'server=',
    ]);
  });

  it.each([
    ['a line feed alone', 'Host: a\nVia: b\r\n\r\n', BARE_LF, ['host=a', 'via=b']],
    ['an end of a line feed alone', 'Host: a\r\n\n', BARE_LF, ['host=a']],
    ['a continuation', 'Via: a\r\n  b\r\n\r\n', OBS_FOLD, ['via=a b']],
    ['a continuation of what is not kept', 'Accept: a\r\n b\r\nHost: c\r\n\r\n', OBS_FOLD, ['host=c']],
    ['a continuation of nothing', ' b\r\nHost: c\r\n\r\n', OBS_FOLD, ['host=c']],
    ['a blank before the colon', 'Host : a\r\n\r\n', SPACE_BEFORE_COLON, ['host=a']],
    ['no colon', 'Host a\r\nVia: b\r\n\r\n', MALFORMED_LINE, ['via=b']],
    ['no name', ': a\r\nVia: b\r\n\r\n', MALFORMED_LINE, ['via=b']],
    ['a control character in the name', 'Ho\x00st: a\r\n\r\n', MALFORMED_LINE | CONTROL_CHARACTER, []],
    ['a carriage return too many', '\r\r\nHost: a\r\n\r\n', MALFORMED_LINE | BARE_CR, ['host=a']],
    ['a control character in a value', 'X: a\x00b\r\nHost: a\r\n\r\n', CONTROL_CHARACTER, ['host=a']],
    ['DEL in a value', 'X: a\x7f\r\nHost: a\r\n\r\n', CONTROL_CHARACTER, ['host=a']],
    ['a carriage return in a value', 'X: a\rb\r\nHost: a\r\n\r\n', BARE_CR, ['host=a']],
    ['a carriage return before the line end', 'X: a\r\r\nHost: a\r\n\r\n', BARE_CR, ['host=a']],
    ['a name that is no token', '"X": a\r\nHost: a\r\n\r\n', MALFORMED_NAME, ['host=a']],
    ['tabs and characters beyond ASCII in values', 'X: a\t\xe9\r\nHost: a\r\n\r\n', 0, ['host=a']],
    ['an endless line', `X: ${'y'.repeat(MAX_LINE_BYTES)}\r\nHost: a\r\n\r\n`, LINE_TOO_LONG, ['host=a']],
  ])('with %s is read on, and says so', (_name, text, flaw, expected) => {
    const { section, used } = read(text);
    expect(section).toMatchObject({ ended: true, flaws: flaw });
    expect(used).toBe(text.length);
    expect(values(section)).toEqual(expected);
  });

  it('keeps so many fields and no more, but those that decide the framing', () => {
    const { section } = read(`${'Via: x\r\n'.repeat(MAX_KEPT_FIELDS + 1)}Content-Length: 5\r\n\r\n`);
    expect(section.fields).toHaveLength(MAX_KEPT_FIELDS + 1);
    expect(section.valuesOf('content-length')).toEqual(['5']);
    expect(section.flaws).toBe(TOO_MANY_FIELDS);
    expect(section.seen).toBe(SEEN_CONTENT_LENGTH);
    const flood = read(`${'Content-Length: 5\r\n'.repeat(MAX_KEPT_FIELDS * 3)}\r\n`).section;
    expect(flood.fields).toHaveLength(MAX_KEPT_FIELDS * 2);
  });

  it('names each flaw', () => {
    for (const flaw of [
      ...[BARE_LF, OBS_FOLD, SPACE_BEFORE_COLON, MALFORMED_LINE, LINE_TOO_LONG, TOO_MANY_FIELDS],
      ...[BARE_CR, CONTROL_CHARACTER, MALFORMED_NAME],
    ])
      expect(FIELD_FLAWS[Math.log2(flaw)]).toMatch(/^http1-/);
    expect(FIELD_FLAWS).toHaveLength(9);
  });
});

describe('a line that has no end', () => {
  it.each([
    ['holds nothing odd', 'X: abc\r', 0],
    ['holds NUL', 'X: a\0bc', CONTROL_CHARACTER],
    ['holds a carriage return before its end', 'X: a\rb\r', BARE_CR],
    ['is empty', '', 0],
  ])('%s', (_name, text, flaws) => {
    const section = new FieldSection(false);
    section.begin();
    section.readCut(Buffer.from(text, 'latin1'), 0, text.length);
    expect(section.flaws).toBe(flaws);
  });
});

describe('a connection that says the same again', () => {
  const lines = [
    'Host: a.example',
    'Host: b.example',
    'Content-Length: 5',
    'Accept: text/html',
    'Date: Thu, 26 Nov 2026 10:11:12 GMT',
    'Date: Thu, 26 Nov 2026 10:11:13 GMT',
    'Cookie: session=secret',
    'Cookie: session=secreT',
    'X-Request-ID: 1234567',
    `User-Agent: ${'u'.repeat(200)}`,
    ' continued value',
    'Via : 1.1 proxy.example',
    'no colon at all',
    'Te: x',
    'X-Odd: a\x00b',
    'X-Odd: a\rb',
    'X(odd): name',
  ];
  const ends = fc.constantFrom('\r\n', '\r\n', '\r\n', '\n');
  const section = fc.array(fc.tuple(fc.constantFrom(...lines), ends), { maxLength: 12 });
  const facts = (from: FieldSection) => ({
    fields: values(from),
    ...{ ended: from.ended, flaws: from.flaws, seen: from.seen, signs: from.signs },
  });

  it('is read as if each of its sections were the first', () => {
    fc.assert(
      fc.property(fc.array(section, { minLength: 2, maxLength: 6 }), (sections) => {
        const again = new FieldSection(false);
        for (const one of sections) {
          const text = `${one.map(([line, end]) => line + end).join('')}\r\n`;
          const { section: first, used } = read(text);
          again.begin();
          again.signs = 0;
          expect(again.read(Buffer.from(text, 'latin1'), 0, text.length)).toBe(used);
          expect(facts(again)).toEqual(facts(first));
        }
      }),
    );
  });

  it('keeps no more of a known line than of any other', () => {
    const again = new FieldSection(false);
    const text = `${'Via: 1.1 proxy\r\n'.repeat(MAX_KEPT_FIELDS + 1)}\r\n`;
    for (const _ of [1, 2]) {
      again.begin();
      again.read(Buffer.from(text, 'latin1'), 0, text.length);
      expect(again).toMatchObject({ ended: true, flaws: TOO_MANY_FIELDS });
      expect(again.fields).toHaveLength(MAX_KEPT_FIELDS);
    }
  });
});
