import { describe, expect, it } from 'vitest';
import { hostNameOf } from '../../src/text/host-name.js';

describe('the name in an authority', () => {
  it('is the same whatever its case, port or last dot', () => {
    for (const authority of [
      'serv1.example',
      'SERV1.example',
      'serv1.example:8443',
      'serv1.example.',
      'Serv1.Example.:',
    ])
      expect(hostNameOf(authority)).toBe('serv1.example');
  });

  it('is the A-label of an international name, in Unicode and in captured bytes of UTF-8', () => {
    expect(hostNameOf('bücher.example')).toBe('xn--bcher-kva.example');
    expect(hostNameOf(Buffer.from('Bücher.example:443', 'utf8').toString('latin1'))).toBe('xn--bcher-kva.example');
  });

  it('is none where there is no name', () => {
    for (const authority of ['', '…', '192.0.2.1', '192.0.2.1:80', '[2001:db8::1]:443', '0x7f.1', 'a b', 'user@host'])
      expect(hostNameOf(authority)).toBeNull();
  });
});
