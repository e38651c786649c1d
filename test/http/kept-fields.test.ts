import { describe, expect, it } from 'vitest';
import { MAX_FIELD_VALUE } from '../../src/facts/field.js';
import { continuedField, indexOfName, KEPT_FIELDS, keptField, keptIndex } from '../../src/http/kept-fields.js';

const find = (name: string): number => keptIndex(Buffer.from(`>${name}<`, 'latin1'), 1, name.length + 1);

describe('kept fields', () => {
  it.each(Object.keys(KEPT_FIELDS))('%s is found in any case', (name) => {
    const index = indexOfName(name);
    expect(index).toBeGreaterThanOrEqual(0);
    expect(find(name)).toBe(index);
    expect(find(name.toUpperCase())).toBe(index);
  });

  it('no other name is, however alike', () => {
    const alike = Object.keys(KEPT_FIELDS).flatMap((name) => [
      `${name}x`,
      name.slice(0, -1),
      `y${name.slice(1)}`,
      `${name.slice(0, -1)}~`,
    ]);
    for (const name of [...alike, '', 'accept', 'date', 'etag', 'x'.repeat(200)])
      if (!(name in KEPT_FIELDS)) expect(find(name), name).toBe(-1);
  });

  it('keep no value of a cookie or a credential', () => {
    const secrets = Object.keys(KEPT_FIELDS).filter((name) => KEPT_FIELDS[name] === 'secret');
    expect(secrets).toEqual(['cookie', 'authorization', 'proxy-authorization']);
    const bytes = Buffer.from('secret');
    for (const name of secrets) {
      const field = keptField(indexOfName(name), bytes, 0, bytes.length);
      expect(field).toEqual({ name, value: '…' });
      expect(continuedField(field, bytes, 0, bytes.length)).toEqual({ name, value: '…' });
    }
  });

  it('keep of a cookie that is set its name and attributes, not its value', () => {
    const setCookie = indexOfName('set-cookie');
    const shown = (line: string) => keptField(setCookie, Buffer.from(line), 0, line.length).value;
    expect(shown('SID=secret; Path=/; HttpOnly')).toBe('SID=…; Path=/; HttpOnly');
    expect(shown('SID=sec=ret')).toBe('SID=…');
    expect(shown('secret; Secure')).toBe('…; Secure');
    expect(shown('secret')).toBe('…');
    expect(shown(`SID=secret; Path=/${'x'.repeat(MAX_FIELD_VALUE)}`)).toHaveLength(MAX_FIELD_VALUE);
    const field = keptField(setCookie, Buffer.from('SID='), 0, 4);
    expect(continuedField(field, Buffer.from('secret'), 0, 6)).toBe(field);
  });

  it('cut long values, continued ones too', () => {
    const bytes = Buffer.alloc(MAX_FIELD_VALUE + 100, 'v');
    const field = keptField(indexOfName('via'), bytes, 0, bytes.length);
    expect(field.value).toHaveLength(MAX_FIELD_VALUE);
    const short = keptField(indexOfName('via'), bytes, 0, 10);
    expect(continuedField(short, bytes, 0, bytes.length).value).toHaveLength(MAX_FIELD_VALUE);
  });

  it('are one object for equal values, but for those that never repeat', () => {
    const bytes = Buffer.from('example.com');
    const host = indexOfName('host');
    expect(keptField(host, bytes, 0, 11)).toBe(keptField(host, Buffer.from('example.com'), 0, 11));
    const id = indexOfName('x-request-id');
    expect(keptField(id, bytes, 0, 11)).not.toBe(keptField(id, bytes, 0, 11));
  });
});
