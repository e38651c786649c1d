import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readPlainCertificate } from '../../src/tls/plain-certificate.js';
import { CERTIFICATE } from './credentials.js';

const DER = new X509Certificate(CERTIFICATE).raw;

const read = (der: Uint8Array) => readPlainCertificate(der, 0, der.length);

/** The same facts as OpenSSL tells them; `null`: it refuses the certificate. */
function byOpenSsl(der: Uint8Array) {
  try {
    const { subject, issuer, subjectAltName, validFrom, validTo } = new X509Certificate(der);
    return {
      subject: subject.replaceAll('\n', ', '),
      issuer: issuer.replaceAll('\n', ', '),
      alternativeNames: subjectAltName?.split(', ') ?? [],
      notBeforeMs: Date.parse(validFrom),
      notAfterMs: Date.parse(validTo),
    };
  } catch {
    return null;
  }
}

/** An element of DER. */
function element(tag: number, ...contents: readonly (Uint8Array | string)[]): Buffer {
  const content = Buffer.concat(
    contents.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)),
  );
  const { length } = content;
  const header = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...header), content]);
}

const sequence = (...contents: readonly Uint8Array[]) => element(0x30, ...contents);
const attribute = (type: string, value: string, tag = 0x0c) =>
  element(0x31, sequence(element(0x06, type), element(tag, value)));
const name = (...values: readonly string[]) => sequence(...values.map((value) => attribute('\x55\x04\x03', value)));
const algorithm = sequence(element(0x06, '\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b'), element(0x05));
const bits = element(0x03, '\0key or signature');
const alternatives = (...names: readonly Uint8Array[]) =>
  sequence(element(0x06, '\x55\x1d\x11'), element(0x04, sequence(...names)));

interface Parts {
  readonly version?: readonly Uint8Array[];
  readonly serial?: string;
  readonly issuer?: Uint8Array;
  readonly subject?: Uint8Array;
  readonly times?: readonly Uint8Array[];
  readonly extensions?: readonly Uint8Array[];
}

function certificate({
  version = [element(0xa0, element(0x02, '\x02'))],
  serial = '\x01',
  issuer = name('CA'),
  subject = name('a.example'),
  times = [element(0x17, '491231235959Z'), element(0x18, '20500101000000Z')],
  extensions = [],
}: Parts): Buffer {
  const key = sequence(algorithm, bits);
  const extended = extensions.length > 0 ? [element(0xa3, sequence(...extensions))] : [];
  const validity = sequence(...times);
  const signed = sequence(...version, element(0x02, serial), algorithm, issuer, validity, subject, key, ...extended);
  return sequence(signed, algorithm, bits);
}

describe('an ordinary certificate', () => {
  it.each<[string, Parts]>([
    ['without extensions', {}],
    ['of the last century', { times: [element(0x17, '500101000000Z'), element(0x17, '991231235959Z')] }],
    ['with commas in its names', { subject: name('Example, Inc.', 'a.example'), issuer: name('Example, Inc.') }],
    [
      'with every attribute that is known',
      {
        subject: sequence(
          attribute('\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19', 'example', 0x16),
          attribute('\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01', 'a@a.example', 0x16),
          ...[1, 2, 3].map((last) =>
            attribute(`\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01${String.fromCharCode(last)}`, 'XX', 0x13),
          ),
          ...[3, 5, 6, 7, 8, 9, 10, 11, 15, 17].map((last) =>
            attribute(`\x55\x04${String.fromCharCode(last)}`, 'XX', 0x13),
          ),
        ),
      },
    ],
    [
      'with alternative names',
      {
        extensions: [
          sequence(element(0x06, '\x55\x1d\x13'), element(0x01, '\xff'), element(0x04, sequence())),
          alternatives(
            element(0x82, '*.a.example'),
            element(0x81, 'a@a.example'),
            element(0x86, 'https://a.example/?a=1&b=%20'),
            element(0x87, '\xc0\0\x02\x01'),
          ),
        ],
      },
    ],
  ])('says what OpenSSL makes of it: %s', (_name, parts) => {
    const der = certificate(parts);
    const expected = byOpenSsl(der);
    expect(expected).not.toBeNull();
    expect(read(der)).toEqual({
      ...expected,
      alternativeNameCount: expected?.alternativeNames.length,
      selfIssued: expected?.subject === expected?.issuer,
    });
  });

  it('says so with any byte changed, or is none', () => {
    for (let at = 0; at < DER.length; at += 1) {
      for (const flipped of [0x01, 0xa0]) {
        const der = Buffer.from(DER);
        der[at] = (der[at] ?? 0) ^ flipped;
        const facts = read(der);
        if (facts !== null) expect(facts, `byte ${at}`).toMatchObject(byOpenSsl(der) ?? { subject: 'refused' });
      }
    }
  });

  it('stands alone', () => {
    expect(read(DER)).not.toBeNull();
    for (let length = 0; length < DER.length; length += 1) expect(read(DER.subarray(0, length))).toBeNull();
    expect(read(Buffer.concat([DER, Buffer.of(0)]))).toBeNull();
  });

  it('is read where it stands', () => {
    const around = Buffer.concat([Buffer.from('before'), DER, Buffer.from('behind')]);
    expect(readPlainCertificate(around, 6, 6 + DER.length)).toEqual(read(DER));
  });
});

describe('left to OpenSSL is a certificate', () => {
  const dns = element(0x82, 'a.example');

  it.each<[string, Parts]>([
    ['of version 1', { version: [] }],
    ['with a number that has a byte too much', { serial: '\0\x01' }],
    ['without a number', { serial: '' }],
    ['without a name', { subject: sequence() }],
    ['with an attribute that is not known', { subject: sequence(attribute('\x55\x04\x2a', 'Ann')) }],
    ['with a text of another kind', { subject: sequence(attribute('\x55\x04\x03', '\0a', 0x1e)) }],
    ['with characters that are escaped', { subject: name('a+b') }],
    ['with a space at an end', { subject: name('a ') }],
    ['with characters beyond ASCII', { subject: name('\xc3\xa4') }],
    ['with a name that is cut', { subject: name('a'.repeat(1022)) }],
    ['with a day that there is none of', { times: [element(0x17, '230229000000Z'), element(0x17, '240229000000Z')] }],
    ['of another time zone', { times: [element(0x17, '2302280000+0100'), element(0x17, '240229000000Z')] }],
    ['of long ago', { times: [element(0x18, '19491231235959Z'), element(0x17, '240229000000Z')] }],
    ['with alternative names twice', { extensions: [alternatives(dns), alternatives(dns)] }],
    ['with no alternative name', { extensions: [alternatives()] }],
    ['with an alternative name that is quoted', { extensions: [alternatives(element(0x82, 'a,b'))] }],
    ['with a directory name', { extensions: [alternatives(element(0xa4, name('a')))] }],
    ['with an address of IPv6', { extensions: [alternatives(element(0x87, '\0'.repeat(16)))] }],
  ])('%s', (_name, parts) => {
    expect(read(certificate(parts))).toBeNull();
  });
});
