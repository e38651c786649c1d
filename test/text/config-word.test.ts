import { expect, it } from 'vitest';
import { configWord } from '../../src/text/config-word.js';

it.each([
  'a.example',
  'a_b-1.example:8443',
  '/app/v1.0/',
  'http://10.0.0.1:8080',
  '[2001:db8::1]:443',
  'xn--bcher-kva',
])('%s is a word of a configuration as it is', (word) => expect(configWord(word, 'NAME')).toBe(word));

it.each([
  'a;reboot',
  '$(reboot)',
  '`reboot`',
  '/a{}',
  'a b',
  'a\nb',
  '"a',
  "'a",
  'a#b',
  'a\\',
  'a|b',
  'a&b',
  '<a>',
  '*',
  '',
  null,
  undefined,
])('%j is none', (word) => expect(configWord(word, 'NAME')).toBe('NAME'));
