import { describe, expect, it } from 'vitest';
import { MAX_NAMES, readNames } from '../../../src/capture/pcapng/name-resolution.js';
import type { NameRecord } from '../../../src/capture/reader.js';
import { PcapngBuilder } from '../build-pcapng.js';

const builder = new PcapngBuilder();
const v4 = Buffer.concat([Buffer.from([10, 0, 1, 43]), Buffer.from('serv1.example\0www.example\0')]);
const v6 = Buffer.concat([Buffer.from('20010db8000000000000000000000001', 'hex'), Buffer.from('six.example\0')]);

function namesIn(...records: readonly Uint8Array[]): { names: NameRecord[]; sound: boolean } {
  const bytes = new PcapngBuilder().block(4, ...records).build();
  const names: NameRecord[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { sound: readNames(names, view, 0, bytes.length, true), names };
}

describe('a name resolution block', () => {
  it('names IPv4 and IPv6 addresses, each with one name or several', () => {
    expect(namesIn(builder.option(1, v4), builder.option(2, v6), builder.option(0))).toEqual({
      sound: true,
      names: [
        { address: '10.0.1.43', name: 'serv1.example' },
        { address: '10.0.1.43', name: 'www.example' },
        { address: '2001:db8::1', name: 'six.example' },
      ],
    });
  });

  it('ends at its end mark or its end, and other kinds of record are passed over', () => {
    expect(namesIn(builder.option(0), builder.option(1, v4)).names).toEqual([]);
    expect(namesIn(builder.option(3, Buffer.alloc(8)), builder.option(2, v6)).names.length).toBe(1);
  });

  it('gives the names before a record that runs past it', () => {
    const broken = Buffer.from(builder.option(2, v6));
    broken.writeUInt16LE(0x7fff, 2);
    expect(namesIn(builder.option(1, v4), broken)).toMatchObject({ sound: false, names: { length: 2 } });
  });

  it('takes no name from a record too short for its address, nor one that nobody could register', () => {
    for (let length = 0; length <= 4; length += 1) {
      expect(namesIn(builder.option(1, v4.subarray(0, length))).names).toEqual([]);
    }
    const long = Buffer.concat([v4.subarray(0, 4), Buffer.alloc(256, 'x')]);
    expect(namesIn(builder.option(1, long)).names).toEqual([]);
  });

  it('keeps a bounded number of names', () => {
    const many = Buffer.concat([v4.subarray(0, 4), Buffer.from('a\0'.repeat(30_000))]);
    const { names } = namesIn(...Array.from({ length: 3 }, () => builder.option(1, many)));
    expect(names.length).toBe(MAX_NAMES);
  });
});
