import { describe, expect, it } from 'vitest';
import { isSecretField, Redaction, targetText, UNSALTED } from '../../src/text/redaction.js';

const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcDEF_123-xyz';
const salted = (salt = 'salt') => new Redaction(false, () => salt);
/** Characters of a text made to cost, and ms that it may: looked at from each of its letters it takes a minute. */
const [LONG, MAX_MS] = [200_000, 3000];
const revealed = new Redaction(true, null);

describe('a request target in prose', () => {
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
    [`/t/${TOKEN}/x`, '/t/…/x'],
    ['*', '*'],
    ['h.example:443', 'h.example:443'],
    ['u:p@h.example:443', '…@h.example:443'],
    ['/users/u@h.example', '/users/u@h.example'],
    ['/reset/MQ/c1a2b3-8f3ab91c04d2e77a/', '/reset/MQ/…/'],
    ['/email/verify/42/8f3ab91c04d2e77a', '/email/verify/42/…'],
    ['/password-reset/8f3ab91c04d2e77a', '/password-reset/…'],
    ['/login/8f3ab91c04d2e77a', '/login/…'],
    ['/go/https%253A%252F%252Fh%252F%253Ftoken%253Ds3cret', '/go/…'],
    ['/a;token=s3cret;v=1/b', '/a;token=…;v=1/b'],
  ])('%s is shown as %s', (target, shown) => expect(targetText(target, false)).toBe(shown));

  it('is whole where the user asked for it', () => {
    expect(targetText('http://u:p@h/a;sid=1?x=1#y', true)).toBe('http://u:p@h/a;sid=1?x=1#y');
  });
});

describe('a request target as data', () => {
  it.each([
    ['/a?x=1&page=2', '/a?x=1&page=2'],
    ['/a?x=1&token=s3cret&y=2', '/a?x=1&token=…6&y=2'],
    ['/a?user[password]=hunter2', '/a?user[password]=…7'],
    ['/a?user%5Bpassword%5D=hunter2', '/a?user%5Bpassword%5D=…7'],
    ['/a?accessToken=abc', '/a?accessToken=…3'],
    ['/login?id=7&pw=hunter2', '/login?id=7&pw=…7'],
    ['/a?code=404&state=open', '/a?code=404&state=open'],
    ['/cb?code=4%2F0AX4XfWh9abc&state=a1b2c3d4e5f6', '/cb?code=…16&state=…12'],
    ['/a?X-Amz-Signature=0f0f&X-Amz-Date=20240610', '/a?X-Amz-Signature=…4&X-Amz-Date=20240610'],
    [`/a?v=${TOKEN}`, `/a?v=…${TOKEN.length}`],
    [`/a?${TOKEN}`, `/a?…${TOKEN.length}`],
    ['/go?next=https%3A%2F%2Fh%2F%3Ftoken%3Dabc', '/go?next=…32'],
    ['/go?next=https%253A%252F%252Fh%252F%253Ftoken%253Dabc', '/go?next=…44'],
    ['/a?sas=0a1b2c3d4e5f&x=1', '/a?sas=…12&x=1'],
    ['/s/link?md5=_e4Nc3iduzkWRm01TBBNYw&expires=2147483647', '/s/link?md5=…22&expires=2147483647'],
    ['/hls?hdnts=exp=1~acl=/*~hmac=0f0f', '/hls?hdnts=…22'],
    ['/a?q=ghp_0123456789abcdef0123456789abcdef0123', '/a?q=…40'],
    ['/v1/sk_live_4eC39HqLyjWDarjtT1zdp7dc/x', '/v1/…32/x'],
    ['/docs/sk-learn-how-to-use-it-in-ten-minutes', '/docs/sk-learn-how-to-use-it-in-ten-minutes'],
    ['/a?user_key=1&sort_key=abc', '/a?user_key=…1&sort_key=abc'],
    ['/a?reset_code=123456&status_code=500', '/a?reset_code=…6&status_code=500'],
    ['/a?oauth_verifier=abc&code_challenge=def', '/a?oauth_verifier=…3&code_challenge=def'],
    ['/a?x=1;y&password=hun;ter2;z=1', '/a?x=1;y&password=…8;z=1'],
    ['/a?token=', '/a?token='],
    ['/a#access_token=s3cret', '/a#access_token=…6'],
    ['http://user:s3cret@h.example/a', 'http://…11@h.example/a'],
    ['/cart;jsessionid=0A1B2C?x=1', '/cart;jsessionid=…6?x=1'],
    ['/password/reset/8f3ab91c04d2e77a', '/password/reset/…16'],
    ['/services/T00000001/B00000001/XXXXXXXXXXXX1a2b', '/services/T00000001/B00000001/…16'],
    ['/bot123456:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw/getMe', '/…44/getMe'],
    ['/assets/app.3f9a8b7c6d5e4f3a3f9a8b7c6d5e4f3a.js', '/assets/app.3f9a8b7c6d5e4f3a3f9a8b7c6d5e4f3a.js'],
    ['/users/3e4666bf-d5e5-4aa7-b8ce-cefe41c7568a', '/users/3e4666bf-d5e5-4aa7-b8ce-cefe41c7568a'],
  ])('%s is shown as %s', (target, shown) => {
    expect(UNSALTED.target(target)).toBe(shown);
    expect(revealed.target(target)).toBe(target);
  });

  it('has equal hashes for equal values within a run, others for other values and in other runs', () => {
    const run = salted();
    const [first, again, other] = ['/a?token=s3cret', '/b?token=s3cret', '/a?token=s3cres'].map((target) =>
      run.target(target),
    );
    const shape = /^\/a\?token=…6:[0-9a-f]{6}$/;
    expect(first).toMatch(shape);
    expect(again).toBe(first?.replace('/a', '/b'));
    expect(other).toMatch(shape);
    expect(other).not.toBe(first);
    expect(salted('another').target('/a?token=s3cret')).not.toBe(first);
  });

  it('asks for the salt once, and only when there is something to hide', () => {
    let asked = 0;
    const run = new Redaction(false, () => {
      asked += 1;
      return 'salt';
    });
    run.target('/a?x=1');
    expect(asked).toBe(0);
    run.target('/a?token=1&sig=2');
    expect(asked).toBe(1);
  });
});

it('of an authority hides the user information alone', () => {
  expect(UNSALTED.authority('h.example:80')).toBe('h.example:80');
  expect(UNSALTED.authority('u:s3cret@h.example')).toBe('…8@h.example');
  expect(revealed.authority('u:s3cret@h.example')).toBe('u:s3cret@h.example');
});

describe('a field value', () => {
  it.each([
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
    'x-app-key',
    'x-rapidapi-key',
    'x-amz-server-side-encryption-customer-key',
  ])('is hidden for %s', (name) => {
    expect(isSecretField(name)).toBe(true);
    expect(UNSALTED.field(name, 's3cret')).toBe('…6');
    expect(revealed.field(name, 's3cret')).toBe('s3cret');
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
    expect(UNSALTED.field(name, 'value?x')).toBe('value?x');
  });

  it.each([
    ['Cookie', 'sid=s3cret; theme=dark', 'sid=…6; theme=…4'],
    ['cookie', 's3cret', '…6'],
    ['Set-Cookie', 'sid=s3cret; Path=/; HttpOnly', 'sid=…6; Path=/; HttpOnly'],
    ['set-cookie', 'sid=…; Path=/', 'sid=…; Path=/'],
    ['Authorization', 'Bearer s3cret', 'Bearer …6'],
    ['proxy-authorization', 'Basic dXNlcjpzM2NyZXQ=', 'Basic …16'],
    ['Authorization', 's3cret', '…6'],
    ['location', 'http://u:p@h.example/a?token=s3cret&x=1#f', 'http://…3@h.example/a?token=…6&x=1#f'],
    ['Refresh', '0; url=/a;jsessionid=1?x=1', '0; url=/a;jsessionid=…1?x=1'],
    ['link', '</a?key=0123456789ab>; rel=next, </b#z>; rel=x', '</a?key=…12>; rel=next, </b#z>; rel=x'],
    [':path', '/a?token=s3cret', '/a?token=…6'],
    ['referer', 'http://h/?list=1,2&token=s3cret', 'http://h/?list=1,2&token=…6'],
    ['location', "/a?q='x'&token=s3c,ret", "/a?q='x'&token=…7"],
    ['link', '</a?l=1,2&token=s3cret>; rel=next', '</a?l=1,2&token=…6>; rel=next'],
    ['refresh', '0; url="/a?l=1,2&token=s3cret"', '0; url="/a?l=1,2&token=…6"'],
    ['sec-websocket-protocol', 'bearer, s3cret99, v4.channel.k8s.io', 'bearer, …8, v4.channel.k8s.io'],
    ['sec-websocket-protocol', 'graphql-transport-ws, token-s3cret', 'graphql-transport-ws, …12'],
    ['sec-websocket-protocol', 'v12.stomp, 0a1b2c3d4e5f60718293a4b5', 'v12.stomp, …24'],
    ['x-note', 'bearer s3cret99', 'bearer …8'],
    [':authority', 'u:p@h.example', '…3@h.example'],
    [
      'sec-websocket-protocol',
      'base64url.bearer.authorization.k8s.io.c2VjcmV0',
      'base64url.bearer.authorization.k8s.io.…8',
    ],
    ['x-note', `Bearer ${TOKEN}`, `Bearer …${TOKEN.length}`],
  ])('of %s: %s is shown as %s', (name, value, shown) => {
    expect(UNSALTED.field(name, value)).toBe(shown);
    expect(revealed.field(name, value)).toBe(value);
  });

  it('is hidden for any name where the sender will not have it indexed', () => {
    expect(UNSALTED.field('x-note', 's3cret', true)).toBe('…6');
    expect(UNSALTED.field('cookie', 'a=s3cret', true)).toBe('a=…6');
  });
});

describe('a text of captured words', () => {
  it.each([
    ['no secret in it: 12 s, #7, http://h.example/a?x=1', 'no secret in it: 12 s, #7, http://h.example/a?x=1'],
    ['Basic authentication and a Bearer scheme', 'Basic authentication and a Bearer scheme'],
    ['sent Authorization: Bearer s3cret99', 'sent Authorization: Bearer …8'],
    ['set-cookie: sid=s3cret; Path=/', 'set-cookie: sid=…6; Path=/'],
    ['closed with "Bearer s3cr3t-t0ken"', 'closed with "Bearer …12"'],
    [`why: ${TOKEN}.`, `why: …${TOKEN.length}.`],
    ['from http://user:s3cret@h.example/', 'from http://…11@h.example/'],
    ['GET /a?x=1&token=s3cret, 40 bytes', 'GET /a?x=1&token=…6, 40 bytes'],
    ['all share path /password/reset/8f3ab91c04d2e77a, 3 times', 'all share path /password/reset/…16, 3 times'],
    ['read /usr/share/doc, then /a/b.', 'read /usr/share/doc, then /a/b.'],
    ['/cart;jsessionid=0A1B, again', '/cart;jsessionid=…4, again'],
    ['says "token=s3cret, Cookie: a=s3cret".', 'says "token=…6, Cookie: a=…6".'],
    ['says {"password": "s3 cret", "n": 1}', 'says {"password": "…7", "n": 1}'],
  ])('%s becomes %s', (text, shown) => {
    expect(UNSALTED.text(text)).toBe(shown);
    expect(UNSALTED.text(shown)).toBe(shown);
    expect(revealed.text(text)).toBe(text);
  });

  it.each([
    ['a token that does not end', 'eyJaaaaaa-'],
    ['quotes', 'cookie: "'],
    ['what may be credentials', 'Bearer '],
    ['slashes', '/'],
    ['parameters without a value', ';a='],
    ['keys', 'sk-'],
    ['key beginnings', 'ghp_ '],
    ['users', '(u:'],
    ['passwords', '(u:p'],
  ])('costs what its length is worth: %s, over and over', (_, text) => {
    const begun = performance.now();
    UNSALTED.text(text.slice(0, -1) + text.slice(-1).repeat(LONG));
    UNSALTED.text(text.repeat(LONG / text.length));
    UNSALTED.field('link', `${text}=${'	'.repeat(LONG)}`);
    expect(performance.now() - begun).toBeLessThan(MAX_MS);
  });

  it('keeps the blanks, quotes and the full stop behind a quoted line', () => {
    expect(UNSALTED.text('says "cookie: a=s3cret".')).toBe('says "cookie: a=…6".');
    expect(UNSALTED.text("(cookie: ')")).toBe('(cookie: …1)');
    expect(UNSALTED.text('cookie: a=s3cret\nnext')).toBe('cookie: a=…6\nnext');
  });
});
