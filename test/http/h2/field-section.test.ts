import { describe, expect, it } from 'vitest';
import { FieldSection, KEPT_STATICS, MAX_KEPT_FIELDS } from '../../../src/http/h2/field-section.js';
import { FieldBlockReader } from '../../../src/http/hpack/field-block-reader.js';
import { block } from './frames.js';

const read = (bytes: Uint8Array, beginsUnseen = false): FieldSection => {
  const section = new FieldSection();
  section.begin();
  new FieldBlockReader(KEPT_STATICS, section, beginsUnseen).read(bytes, 0, bytes.length);
  return section;
};

describe('a field section', () => {
  it('keeps what tells requests apart of requests alone', () => {
    const ids = ['x-request-id: 1', 'via: x'];
    expect(read(block([':method: GET', ':scheme: https', ':path: /', ...ids])).takeFields()).toEqual([
      { name: 'x-request-id', value: '1' },
      { name: 'via', value: 'x' },
    ]);
    expect(read(block([':status: 200', ...ids])).takeFields()).toEqual([{ name: 'via', value: 'x' }]);
  });

  it('is sorted: pseudo-fields apart, kept fields in order', () => {
    const section = read(
      block([
        ':method: POST',
        ':scheme: https',
        ':path: /a?b',
        ':authority: a',
        'via: x',
        'accept: y',
        'content-length: 7',
      ]),
    );
    expect(section).toMatchObject({
      method: 'POST',
      scheme: 'https',
      path: '/a?b',
      authority: 'a',
      contentLength: 7,
      flaw: null,
      isUnknown: false,
    });
    expect(section.takeFields()).toEqual([
      { name: 'via', value: 'x' },
      { name: 'content-length', value: '7' },
    ]);
  });

  it.each([
    [':status: 200', 200],
    [':status: 20', -1],
    [':status: 2x0', -1],
    [':status: 0200', -1],
  ])('%s is %i', (field, status) => {
    expect(read(block([field])).status).toBe(status);
  });

  it('a length that is no number is none', () => {
    for (const value of ['', '-1', '1e3', '9'.repeat(16)])
      expect(read(block([`content-length: ${value}`])).contentLength).toBeNull();
  });

  it('hides what its sender marks as a secret, but for what an exchange is made of', () => {
    // Literals never indexed: RFC 7541 §6.2.3.
    const secret = (name: string, value: string): Buffer =>
      Buffer.concat([Buffer.of(0x10, name.length), Buffer.from(name), Buffer.of(value.length), Buffer.from(value)]);
    const section = read(
      Buffer.concat([secret(':path', '/p?x=1'), secret('x-real-ip', '192.0.2.1'), secret('grpc-status', '3')]),
    );
    expect(section).toMatchObject({ path: '/p?…', grpcStatus: 3 });
    expect(section.takeFields()).toEqual([
      { name: 'x-real-ip', value: '…' },
      { name: 'grpc-status', value: '3' },
    ]);
  });

  it('keeps no cookie and no credential', () => {
    const section = read(block(['cookie: id=secret', 'authorization: Basic c2VjcmV0', 'set-cookie: a=secret']));
    expect(section.takeFields().map(({ value }) => value)).toEqual(['…', '…', 'a=…']);
  });

  it('names what HTTP/2 has no use for: RFC 9113 §8.2.2', () => {
    for (const field of ['connection: close', 'transfer-encoding: chunked', 'upgrade: h2c', 'te: gzip'])
      expect(read(block([field])).flaw).toBe('h2-connection-specific-field');
    expect(read(block(['te: trailers'])).flaw).toBeNull();
  });

  it('knows that it does not know', () => {
    const section = read(Buffer.of(0x82, 0xbe), true);
    expect(section).toMatchObject({ method: 'GET', path: null, isUnknown: true });
  });

  it('keeps so many fields and no more', () => {
    const many = Array.from({ length: MAX_KEPT_FIELDS + 5 }, (_, at) => `via: ${at}`);
    expect(read(block(many)).takeFields()).toHaveLength(MAX_KEPT_FIELDS);
  });

  it('a path is kept whole, however long', () => {
    expect(read(block([`:path: /${'p'.repeat(5000)}`])).path).toHaveLength(5001);
  });
});
