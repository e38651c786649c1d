import { describe, expect, it } from 'vitest';
import { askerOf, forwardingOf } from '../../../src/rules/judgements/forwarding.js';
import { fieldsOf } from '../facts.js';

describe('what a request says of the hops before', () => {
  it.each<[Readonly<Record<string, string>>, ReturnType<typeof forwardingOf>]>([
    [{}, { isForwarded: false, scheme: null, host: null, client: null }],
    [{ via: '1.1 proxy' }, { isForwarded: true, scheme: null, host: null, client: null }],
    [
      {
        'x-forwarded-for': '203.0.113.7, 10.0.0.1',
        'x-forwarded-proto': 'HTTPS, http',
        'x-forwarded-host': 'a.example',
      },
      { isForwarded: true, scheme: 'https', host: 'a.example', client: '203.0.113.7' },
    ],
    [
      { forwarded: 'for="[2001:db8::1]:4711";proto=https;host=a.example, for=10.0.0.1' },
      { isForwarded: true, scheme: 'https', host: 'a.example', client: '[2001:db8::1]:4711' },
    ],
    [{ 'front-end-https': 'on' }, { isForwarded: true, scheme: 'https', host: null, client: null }],
    [{ 'x-forwarded-ssl': 'off' }, { isForwarded: true, scheme: null, host: null, client: null }],
    [{ 'x-forwarded-port': '443' }, { isForwarded: true, scheme: 'https', host: null, client: null }],
    [{ 'x-forwarded-port': '80' }, { isForwarded: true, scheme: null, host: null, client: null }],
  ])('%j', (fields, expected) => {
    expect(forwardingOf(fieldsOf(fields))).toEqual(expected);
  });

  it('who asked is the first it was forwarded for, else the client', () => {
    expect(askerOf(fieldsOf({ 'x-forwarded-for': ' 203.0.113.7 , 10.0.0.1' }), '10.0.0.1')).toBe('203.0.113.7');
    expect(askerOf([], '10.0.0.1')).toBe('10.0.0.1');
  });
});
