import { describe, expect, it } from 'vitest';
import { eachExtension, readAlpn } from '../../src/tls/extension.js';
import { Fields } from '../../src/tls/fields.js';
import { extension, u16, vector } from './build-hello.js';

function types(bytes: Uint8Array): number[] | null {
  const found: number[] = [];
  return eachExtension(new Fields(bytes, 0, bytes.length), (type) => found.push(type)) ? found : null;
}

describe('extensions', () => {
  it('are told in order, unknown ones too', () => {
    expect(types(Buffer.concat([extension(0x0a0a), extension(0), extension(65_281, Buffer.of(0))]))).toEqual([
      0x0a0a, 0, 65_281,
    ]);
  });

  it('that run over are malformed', () => {
    expect(types(Buffer.concat([u16(0), u16(4), Buffer.of(1)]))).toBeNull();
    expect(types(Buffer.of(0, 0, 0))).toBeNull();
  });

  it('a protocol list ends where it is malformed', () => {
    const list = vector(2, vector(1, Buffer.from('h2')), Buffer.of(9, 1));
    expect(readAlpn(new Fields(list, 0, list.length))).toEqual(['h2']);
  });
});
