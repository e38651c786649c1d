import { describe, expect, it } from 'vitest';
import { fieldValue, hasToken } from '../../../src/rules/judgements/field-values.js';

const fields = [
  { name: 'connection', value: 'keep-alive' },
  { name: 'connection', value: 'TE , Upgrade' },
];

describe('field values', () => {
  it('are the first, or none', () => {
    expect(fieldValue(fields, 'connection')).toBe('keep-alive');
    expect(fieldValue(fields, 'upgrade')).toBeNull();
  });

  it('are lists over all lines, in any case: RFC 9110 §5.3, §5.6.1', () => {
    expect(hasToken(fields, 'connection', 'upgrade')).toBe(true);
    expect(hasToken(fields, 'connection', 'close')).toBe(false);
  });
});
