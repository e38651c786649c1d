import { describe, expect, it } from 'vitest';
import { fieldText, isSecretField, targetText } from '../../src/text/redaction.js';

describe('a request target for showing', () => {
  it.each([
    ['/a', '/a'],
    ['/a?x=1&token=s3cret', '/a?…'],
    ['/a?', '/a?…'],
    ['/a#access_token=s', '/a#…'],
    ['http://user:s3cret@h.example/a', 'http://…@h.example/a'],
    ['//user:s3cret@h.example/a', '//…@h.example/a'],
    ['http://h.example/@me', 'http://h.example/@me'],
    ['/cart;jsessionid=0A1B2C/pay', '/cart;jsessionid=…/pay'],
    ['/cart;color=red', '/cart;color=red'],
    ['*', '*'],
    ['h.example:443', 'h.example:443'],
  ])('%s is shown as %s', (target, shown) => expect(targetText(target, false)).toBe(shown));

  it('is whole where the user asked for it', () => {
    expect(targetText('http://u:p@h/a;sid=1?x=1#y', true)).toBe('http://u:p@h/a;sid=1?x=1#y');
  });
});

describe('a field value for showing', () => {
  it.each([
    'cookie',
    'Set-Cookie',
    'authorization',
    'Proxy-Authorization',
    'x-api-key',
    'apikey',
    'x-auth-token',
    'x-csrf-token',
    'x-amz-security-token',
    'x-amzn-oidc-accesstoken',
    'x-goog-iap-jwt-assertion',
    'ocp-apim-subscription-key',
    'x-session-id',
    'x-user-password',
  ])('is hidden for %s', (name) => {
    expect(isSecretField(name)).toBe(true);
    expect(fieldText(name, 's3cret', false)).toBe('…');
    expect(fieldText(name, 's3cret', true)).toBe('s3cret');
  });

  it.each([
    'host',
    'connection',
    'x-forwarded-for',
    'sec-websocket-key',
    'sec-websocket-accept',
    'surrogate-key',
    'www-authenticate',
    'user-agent',
    'keep-alive',
    'content-type',
    'x-request-id',
  ])('is shown for %s', (name) => {
    expect(fieldText(name, 'value?x', false)).toBe('value?x');
  });

  it('loses the queries of URLs where the field holds URLs', () => {
    expect(fieldText('location', 'http://u:p@h.example/a?token=s3cret#f', false)).toBe('http://…@h.example/a?…');
    expect(fieldText('Refresh', '0; url=/a;jsessionid=1?x=1', false)).toBe('0; url=/a;jsessionid=…?…');
    expect(fieldText('link', '</a?k=1>; rel=next, </b#z>; rel=x', false)).toBe('</a?…>; rel=next, </b#…>; rel=x');
    expect(fieldText('location', 'http://h.example:8080/a', false)).toBe('http://h.example:8080/a');
  });
});
