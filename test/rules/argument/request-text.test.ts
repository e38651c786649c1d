import { expect, it } from 'vitest';
import { requestText, sizeText } from '../../../src/rules/argument/request-text.js';

it('a request is its method and its target, the query hidden', () => {
  expect(requestText({ method: 'GET', target: '/a?token=1' }, false)).not.toContain('token=1');
  expect(requestText({ method: 'GET', target: `/${'a'.repeat(200)}` }, true)).toHaveLength('GET '.length + 120 + 1);
});

it('its size is said only where it is known', () => {
  const whole = { headBytes: 19, bodyBytes: 1, lostBytes: 0 };
  expect(sizeText(whole)).toBe(', 20 bytes');
  expect(sizeText({ ...whole, lostBytes: 1225 })).toBe('');
  expect(sizeText({ ...whole, lostBytes: 1225 }, 1245)).toBe(', 1,245 bytes');
});
