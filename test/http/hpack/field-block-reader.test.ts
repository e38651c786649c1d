import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_SECTION_BYTES } from '../../../src/http/hpack/field-block-reader.js';
import { TextReader } from './blocks.js';

/** The three requests of RFC 7541 appendix C.3 and C.4, and the three responses of C.5 and C.6. */
const REQUESTS = [
  [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com'],
  [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com', 'cache-control: no-cache'],
  [':method: GET', ':scheme: https', ':path: /index.html', ':authority: www.example.com', 'custom-key: custom-value'],
];
const FIRST_DATE = 'date: Mon, 21 Oct 2013 20:13:21 GMT';
const LOCATION = 'location: https://www.example.com';
const RESPONSES = [
  [':status: 302', 'cache-control: private', FIRST_DATE, LOCATION],
  [':status: 307', 'cache-control: private', FIRST_DATE, LOCATION],
  [
    ':status: 200',
    'cache-control: private',
    'date: Mon, 21 Oct 2013 20:13:22 GMT',
    LOCATION,
    'content-encoding: gzip',
    'set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1',
  ],
];

describe('RFC 7541 appendix C', () => {
  it.each([
    [
      'C.2.1 literal with indexing',
      '400a637573746f6d2d6b65790d637573746f6d2d686561646572',
      'custom-key: custom-header',
    ],
    ['C.2.2 literal without indexing', '040c2f73616d706c652f70617468', ':path: /sample/path'],
    ['C.2.3 literal never indexed', '100870617373776f726406736563726574', 'password: secret secret'],
    ['C.2.4 indexed', '82', ':method: GET'],
  ])('%s', (_name, hex, field) => {
    expect(new TextReader().read(hex)).toEqual({ outcome: 'read', fields: [field] });
  });

  it.each([
    [
      'C.3 without Huffman coding',
      [
        '828684410f7777772e6578616d706c652e636f6d',
        '828684be58086e6f2d6361636865',
        '828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565',
      ],
    ],
    [
      'C.4 with Huffman coding',
      [
        '828684418cf1e3c2e5f23a6ba0ab90f4ff',
        '828684be5886a8eb10649cbf',
        '828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf',
      ],
    ],
  ])('%s', (_name, blocks) => {
    const reader = new TextReader();
    expect(blocks.map((hex) => reader.read(hex).fields)).toEqual(REQUESTS);
  });

  it.each([
    [
      'C.5 without Huffman coding',
      [
        '4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d',
        '4803333037c1c0bf',
        '88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31',
      ],
    ],
    [
      'C.6 with Huffman coding',
      [
        '488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3',
        '4883640effc1c0bf',
        '88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007',
      ],
    ],
  ])('%s, in a table of 256 bytes', (_name, blocks) => {
    const reader = new TextReader();
    // SETTINGS_HEADER_TABLE_SIZE of 256, which the encoder follows with a size update: 3fe101.
    expect(blocks.map((hex, at) => reader.read((at === 0 ? '3fe101' : '') + hex).fields)).toEqual(RESPONSES);
  });
});

describe('a block that cannot be read', () => {
  it.each([
    ['index 0', '80'],
    ['an index that the table does not have', 'be'],
    ['a name that the table does not have', '7e0161'],
    ['an index that goes on beyond its end', 'ffffff'],
    ['an index that no table has', 'ffffffffffffff7f'],
    ['a string longer than the block', '400a6162'],
    ['Huffman padding that is too long', '0482ffff'],
    ['Huffman padding that is not of ones', '048100'],
    ['the end-of-string symbol within a string', '0484fffffffc'],
  ])('%s', (_name, hex) => {
    expect(new TextReader().read(hex).outcome).toBe('malformed');
  });

  it('is told as malformed at every place where it may be cut within a representation', () => {
    const hex = '828684418cf1e3c2e5f23a6ba0ab90f4ff';
    for (let bytes = 4; bytes < hex.length / 2; bytes += 1)
      expect(new TextReader().read(hex.slice(0, bytes * 2)).outcome).toBe('malformed');
    for (let bytes = 0; bytes < 4; bytes += 1)
      expect(new TextReader().read(hex.slice(0, bytes * 2)).outcome).toBe('read');
  });

  it('leaves the table unknown', () => {
    const reader = new TextReader();
    reader.read('400161 0162');
    expect(reader.read('be').fields).toEqual(['a: b']);
    expect(reader.read('80').outcome).toBe('malformed');
    expect(reader.read('be')).toEqual({ outcome: 'read', fields: ['?'] });
  });
});

describe('a table of which entries were not seen', () => {
  it('static entries and literals are known, the rest is not', () => {
    const reader = new TextReader(true);
    expect(reader.read('82 be 0401 2f 0f30 0178')).toEqual({
      outcome: 'read',
      fields: [':method: GET', '?', ':path: /', '?'],
    });
  });

  it('entries inserted since are known by their index', () => {
    const reader = new TextReader(true);
    reader.read('400161 0162');
    reader.read('400163 0164');
    expect(reader.read('be bf c0').fields).toEqual(['c: d', 'a: b', '?']);
  });

  it('an entry under an unknown name stays unknown', () => {
    const reader = new TextReader(true);
    // Literal with indexing, its name from index 70, which was not seen.
    expect(reader.read('7f07 0178 be 7e 0179').fields).toEqual(['?', '?', '?']);
  });

  it('is whole again after a size update to 0', () => {
    const reader = new TextReader(true);
    reader.read('20 3fe11f 400161 0162');
    expect(reader.read('be').fields).toEqual(['a: b']);
    expect(reader.read('bf').outcome).toBe('malformed');
  });

  it('is whole again once a known entry must have been evicted', () => {
    const reader = new TextReader(true);
    // 68 bytes hold two entries of 34.
    reader.read('3f25 400161 0162 400163 0164');
    expect(reader.read('c0').fields).toEqual(['?']);
    reader.read('400165 0166');
    expect(reader.read('be bf').fields).toEqual(['e: f', 'c: d']);
    expect(reader.read('c0').outcome).toBe('malformed');
  });

  it('never gives another field than the whole table would', () => {
    const text = fc.stringMatching(/^[a-c]{1,40}$/);
    const step = fc.oneof(
      fc.record({ insert: fc.tuple(text, text) }),
      fc.record({ name: fc.integer({ min: 62, max: 80 }), value: text }),
      fc.record({ index: fc.integer({ min: 1, max: 90 }) }),
      fc.record({ resize: fc.integer({ min: 0, max: 300 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.nat(59), (steps, from) => {
        const whole = new TextReader();
        const late = new TextReader(true);
        steps.forEach((one, at) => {
          const hex = hexOf(one);
          const expected = whole.read(hex);
          if (expected.outcome === 'malformed') {
            late.blocks.lose();
            return;
          }
          if (at < from) return;
          const got = late.read(hex);
          expect(got.outcome).toBe('read');
          got.fields.forEach((field, place) => {
            if (field !== '?') expect(field).toBe(expected.fields[place]);
          });
        });
      }),
      { numRuns: 500 },
    );
  });
});

describe('a block that stands for more than it is', () => {
  it('is read to its end, and its fields are told up to the bound', () => {
    const reader = new TextReader();
    // An entry of 4,000 bytes, then referred to a thousand times: 4 MB out of 5 KB.
    const value = '61'.repeat(3967);
    reader.read(`400161${integerHex(0, 7, 3967)}${value}`);
    const bomb = reader.read('be'.repeat(1000));
    expect(bomb.outcome).toBe('too-large');
    expect(bomb.fields.length).toBeLessThanOrEqual(MAX_SECTION_BYTES / 4000);
    expect(reader.blocks.sectionBytes).toBe(4_000_000);
    expect(reader.read('be').fields).toHaveLength(1);
  });

  it('an update beyond what the receiver allows is remarked', () => {
    const reader = new TextReader();
    reader.blocks.allow(4096);
    reader.read('3fe11f');
    expect(reader.blocks.exceededLimit).toBe(false);
    reader.read('3fe21f');
    expect(reader.blocks.exceededLimit).toBe(true);
  });
});

describe('whatever comes', () => {
  it('nothing throws', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 5 }), fc.boolean(), (blocks, unseen) => {
        const reader = new TextReader(unseen);
        for (const bytes of blocks) reader.read(Buffer.from(bytes).toString('hex'));
      }),
      { numRuns: 1000 },
    );
  });
});

type Step = { insert: [string, string] } | { name: number; value: string } | { index: number } | { resize: number };

function hexOf(step: Step): string {
  if ('insert' in step) return `40${stringHex(step.insert[0])}${stringHex(step.insert[1])}`;
  if ('value' in step) return integerHex(0x40, 6, step.name) + stringHex(step.value);
  if ('index' in step) return integerHex(0x80, 7, step.index);
  return integerHex(0x20, 5, step.resize);
}

function stringHex(text: string): string {
  return integerHex(0, 7, text.length) + Buffer.from(text).toString('hex');
}

function integerHex(pattern: number, prefixBits: number, value: number): string {
  const full = 2 ** prefixBits - 1;
  if (value < full) return Buffer.of(pattern | value).toString('hex');
  const bytes = [pattern | full];
  let rest = value - full;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
  return Buffer.from(bytes).toString('hex');
}
