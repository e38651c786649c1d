import { describe, expect, it } from 'vitest';
import { isGrease, isTls13, versionName } from '../../src/tls/version.js';

describe('versions', () => {
  it.each([
    [0x0304, 'TLS 1.3'],
    [0x0303, 'TLS 1.2'],
    [0x0302, 'TLS 1.1'],
    [0x0301, 'TLS 1.0'],
    [0x0300, 'SSL 3.0'],
    [0x0002, 'SSL 2.0'],
    [0x7f17, 'TLS 1.3 draft 23'],
    [0x1234, '0x1234'],
  ])('%i is %s', (version, name) => expect(versionName(version)).toBe(name));

  it('TLS 1.3 and its drafts are alike', () => {
    expect([0x0304, 0x7f1c, 0x0303].map(isTls13)).toEqual([true, true, false]);
  });

  it('GREASE values are none (RFC 8701 §2)', () => {
    expect([0x0a0a, 0xfafa, 0x1a1a, 0x0a1a, 0x0304, 0x1a0a].map(isGrease)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
