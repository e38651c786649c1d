import { describe, expect, it } from 'vitest';
import { complete } from '../../src/filter/complete.js';
import type { FieldName } from '../../src/filter/fields.js';

const SEEN: Partial<Record<FieldName, readonly (string | number)[]>> = {
  server: ['10.0.1.43:80', '10.0.1.49:443'],
  status: [502, 200],
  path: ['/a b', '/c'],
};
const at = (typed: string, cursor = typed.length) => complete(typed, cursor, (field) => SEEN[field] ?? []);

describe('completion', () => {
  it('offers the fields that begin like the word', () => {
    expect(at('rst se')).toEqual({ start: 4, end: 6, candidates: ['sev:', 'server:'] });
    expect(at('-ali')).toMatchObject({ candidates: [] });
    expect(at('-alp')).toEqual({ start: 1, end: 4, candidates: ['alpn:'] });
    expect(at('').candidates).toContain('rule:');
    expect(at('rule:a ').candidates).toContain('server:');
  });

  it('offers values that were seen, those known beside them', () => {
    expect(at('server:10.0.1.4')).toEqual({ start: 7, end: 15, candidates: ['10.0.1.43:80', '10.0.1.49:443'] });
    expect(at('status:').candidates).toEqual(['502', '200', '5xx', '4xx', 'none']);
    expect(at('status:502,2')).toEqual({ start: 11, end: 12, candidates: ['200'] });
    expect(at('sev:>=w')).toEqual({ start: 6, end: 7, candidates: ['warning'] });
  });

  it('quotes values with spaces, and goes on in what is quoted already', () => {
    expect(at('path:/a')).toEqual({ start: 5, end: 7, candidates: ['"/a b"'] });
    expect(at('path:"/a')).toEqual({ start: 5, end: 8, candidates: ['"/a b"'] });
  });

  it('replaces the whole word when the cursor stands in it', () => {
    expect(at('ser:1 x', 2)).toEqual({ start: 0, end: 5, candidates: ['sev:', 'server:'] });
  });

  it('has nothing to offer for a field that is none', () => {
    expect(at('foo:1').candidates).toEqual([]);
  });
});
