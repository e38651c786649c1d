import { describe, expect, it } from 'vitest';
import {
  declaredLength,
  NO_LENGTH,
  requestFraming,
  responseFraming,
  type TransferCoding,
  transferCoding,
} from '../../../src/http/http1/body-framing.js';

describe('RFC 9110 §8.6: Content-Length', () => {
  it.each([
    [[], null, null, null],
    [['0'], 0, 0, null],
    [['1234'], 1234, 1234, null],
    [['007'], 7, 7, null],
    [['9007199254740991'], 9007199254740991, 9007199254740991, null],
    [['9007199254740992'], null, Number.MAX_SAFE_INTEGER, 'http1-huge-content-length'],
    [['99999999999999999999999999'], null, Number.MAX_SAFE_INTEGER, 'http1-huge-content-length'],
    [['5', '5'], 5, 5, 'http1-repeated-content-length'],
    [['5, 5'], 5, 5, 'http1-repeated-content-length'],
    [['5', '6'], null, 5, 'http1-conflicting-content-length'],
    [['5,6'], null, 5, 'http1-conflicting-content-length'],
    [[''], null, null, 'http1-invalid-content-length'],
    [['-1'], null, null, 'http1-invalid-content-length'],
    [['+5'], null, null, 'http1-invalid-content-length'],
    [['0x10'], null, null, 'http1-invalid-content-length'],
    [['5 5'], null, null, 'http1-invalid-content-length'],
    [['5', 'x'], null, null, 'http1-invalid-content-length'],
  ])('%j', (values, declared, framing, flaw) => {
    expect(declaredLength(values)).toEqual({ declared, framing, flaw });
  });
});

describe('RFC 9112 §6.1: Transfer-Encoding', () => {
  it.each([
    [[], 'none'],
    [['chunked'], 'chunked'],
    [['Chunked'], 'chunked'],
    [['gzip, chunked'], 'chunked'],
    [['gzip', 'chunked'], 'chunked'],
    [['chunked ;q=1'], 'chunked'],
    [['chunked, '], 'chunked'],
    [['chunked, gzip'], 'other'],
    [['gzip'], 'other'],
    [['xchunked'], 'other'],
    [['identity'], 'none'],
    [[''], 'none'],
  ])('%j is %s', (values, expected) => {
    expect(transferCoding(values)).toBe(expected);
  });
});

const FIVE = declaredLength(['5']);
const WRONG = declaredLength(['x']);

describe('RFC 9112 §6.3: requests', () => {
  it.each([
    ['none', NO_LENGTH, 'none', 0],
    ['none', FIVE, 'content-length', 5],
    ['none', WRONG, 'none', 0],
    ['chunked', FIVE, 'chunked', 0],
    ['chunked', NO_LENGTH, 'chunked', 0],
    ['other', FIVE, 'close', 0],
  ] as const)('coding %s, length %j: %s', (coding, length, framing, bytes) => {
    expect(requestFraming(coding, length)).toEqual({ framing, length: bytes });
  });
});

describe('RFC 9112 §6.3: responses', () => {
  const codings: readonly TransferCoding[] = ['none', 'chunked', 'other'];

  it.each([
    ['GET', 100],
    ['GET', 103],
    ['GET', 204],
    ['POST', 304],
    ['HEAD', 200],
    ['HEAD', 500],
    [null, 204],
    ['CONNECT', 204],
  ] as const)('rule 1: %s answered %i has no body', (method, status) => {
    for (const coding of codings) expect(responseFraming(method, status, coding, FIVE).framing).toBe('none');
  });

  it('rule 2: 2xx to CONNECT is a tunnel, others are not', () => {
    for (const coding of codings) expect(responseFraming('CONNECT', 200, coding, FIVE).framing).toBe('tunnel');
    expect(responseFraming('CONNECT', 407, 'none', FIVE)).toEqual({ framing: 'content-length', length: 5 });
  });

  it('101 leaves HTTP/1', () => {
    expect(responseFraming('GET', 101, 'none', NO_LENGTH).framing).toBe('tunnel');
    expect(responseFraming(null, 101, 'chunked', FIVE).framing).toBe('tunnel');
  });

  it.each([
    ['chunked', FIVE, 'chunked', 0],
    ['other', FIVE, 'close', 0],
    ['none', FIVE, 'content-length', 5],
    ['none', WRONG, 'close', 0],
    ['none', NO_LENGTH, 'close', 0],
  ] as const)('rules 3 to 8: coding %s, length %j: %s', (coding, length, framing, bytes) => {
    for (const method of ['GET', 'POST', null])
      for (const status of [200, 206, 301, 404, 500])
        expect(responseFraming(method, status, coding, length)).toEqual({ framing, length: bytes });
  });
});
