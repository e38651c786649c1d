import { describe, expect, it } from 'vitest';
import {
  absoluteUrlOf,
  cookiesOf,
  defaultPort,
  domainMatches,
  hostPortOf,
  urlReferencesOf,
} from '../../../src/rules/judgements/references.js';
import { fieldsOf } from '../facts.js';

describe('references', () => {
  it.each([
    ['http://Shop.Example./a?b#c', { scheme: 'http', host: 'shop.example', port: null, path: '/a?b' }],
    ['HTTPS://u:p@shop.example:8443', { scheme: 'https', host: 'shop.example', port: 8443, path: '/' }],
    ['http://[2001:db8::1]:8080/x', { scheme: 'http', host: '2001:db8::1', port: 8080, path: '/x' }],
    ['/a', null],
    ['//shop.example/a', null],
    ['ftp://shop.example/', null],
    ['http:///a', null],
    ['http://a:b:c/', null],
  ])('%s', (value, expected) => {
    expect(absoluteUrlOf(value)).toEqual(expected);
  });

  it('stand in Location, Content-Location and Refresh', () => {
    const fields = fieldsOf({
      location: '/relative',
      'content-location': 'http://a.example/c',
      refresh: '5; URL="http://b.example/d"',
      server: 'http://c.example/',
    });
    expect(urlReferencesOf(fields).map(({ field, url }) => `${field} ${url.host}${url.path}`)).toEqual([
      'content-location a.example/c',
      'refresh b.example/d',
    ]);
  });

  it('authorities come with a port or without', () => {
    expect(hostPortOf('a.example:81')).toEqual({ host: 'a.example', port: 81 });
    expect(hostPortOf('')).toBeNull();
    expect([defaultPort('http'), defaultPort('https')]).toEqual([80, 443]);
  });
});

describe('cookies', () => {
  const cookie = (value: string) => cookiesOf(fieldsOf({ 'set-cookie': value }))[0];

  it('have attributes in any case', () => {
    expect(cookie('JSESSIONID=…; path=/crm; DOMAIN=.Corp.Internal; secure; HTTPONLY')).toEqual({
      name: 'JSESSIONID',
      domain: 'corp.internal',
      path: '/crm',
      isSecure: true,
      isHttpOnly: true,
      isDeletion: false,
      isSession: true,
    });
  });

  it('are deleted by Max-Age or a date long ago', () => {
    for (const attribute of [
      'Max-Age=0',
      'max-age=-1',
      'Expires=Thu, 01 Jan 1970 00:00:00 GMT',
      'expires = 01-Jan-70 1970',
    ])
      expect(cookie(`sid=…; ${attribute}`)?.isDeletion).toBe(true);
    for (const attribute of ['Max-Age=3600', 'Max-Age=', 'Expires=Thu, 01 Jan 2026 00:00:00 GMT'])
      expect(cookie(`sid=…; ${attribute}`)?.isDeletion).toBe(false);
  });

  it('of sessions and logins are known by their names', () => {
    for (const name of ['PHPSESSID', 'connect.sid', 'ASP.NET_SessionId', 'my_session', 'auth_token', '__Host-x'])
      expect(cookie(`${name}=…`)?.isSession).toBe(true);
    for (const name of ['theme', 'lang', 'author', 'side']) expect(cookie(`${name}=…`)?.isSession).toBe(false);
    expect(cookie('x=…; SameSite=None')?.isSession).toBe(true);
  });

  it('are taken from the domain and what is below it: RFC 6265 §5.1.3', () => {
    expect(domainMatches('a.shop.example', 'shop.example')).toBe(true);
    expect(domainMatches('shop.example', 'shop.example')).toBe(true);
    expect(domainMatches('workshop.example', 'shop.example')).toBe(false);
  });
});
