import { describe, expect, it } from 'vitest';
import { lookAt } from '../../src/capture/look.js';

const at = (hex: string) => lookAt(Uint8Array.from(Buffer.from(hex, 'hex')));

describe('the first bytes of a file', () => {
  it('tell the formats that are read', () => {
    for (const magic of ['d4c3b2a1', 'a1b2c3d4', '4d3cb2a1', 'a1b23c4d', '34cdb2a1', 'a1b2cd34', 'ac01001c']) {
      expect(at(magic)).toEqual({ kind: 'pcap' });
    }
    expect(at('0a0d0d0a')).toEqual({ kind: 'pcapng' });
    expect(at('1f8b0800')).toEqual({ kind: 'gzip' });
    expect(at('28b52ffd')).toEqual({ kind: 'zstd' });
    // As pzstd begins: what follows says whose frame to skip it is.
    expect(at('502a4d1804000000deadbeef28b52ffd')).toEqual({ kind: 'zstd' });
    expect(at('502a4d1804000000deadbeef04224d18').kind).toBe('other');
    expect(at('502a4d18').kind).toBe('other');
  });

  it('tell which program unpacks what is packed otherwise', () => {
    const packed = { '04224d18': 'lz4', fd377a585a00: 'xz', '425a6839': 'bzip2' };
    for (const [hex, program] of Object.entries(packed)) expect(at(hex)).toEqual({ kind: 'packed', program });
  });

  it('tell what people hand over by mistake', () => {
    const described = (bytes: Uint8Array) => {
      const look = lookAt(bytes);
      return look.kind === 'other' ? look.description : look.kind;
    };
    expect(described(Buffer.from('89504e470d0a1a0a', 'hex'))).toBe('a PNG image');
    expect(described(Buffer.from('504b0304', 'hex'))).toMatch(/^a ZIP archive/);
    expect(described(Buffer.alloc(600))).toBe('nothing but zeros');
    expect(described(Buffer.from('GET / HTTP/1.1\r\nHost: a.example\r\n'))).toBe(
      'text, beginning with "GET / HTTP/1.1"',
    );
    expect(described(Buffer.from('12:00:01.5 IP 10.0.0.1.80 > 10.0.0.2.99'))).toBe(
      'text, beginning with "12:00:01.5 IP 10.0.0.1.8…"',
    );
    expect(described(Buffer.from('deadbeef', 'hex'))).toBe('unknown data, beginning with de ad be ef');
  });

  it.each([
    ['736e6f6f7000000000000002', 'snoop'],
    ['474d425503000100', 'Network Monitor'],
    ['6970747261636520322e30', 'iptrace (AIX)'],
    ['54520064', 'nettl (HP-UX)'],
    ['5452534e494646206461746120202020', 'Sniffer'],
    ['58435000', 'Sniffer'],
    [Buffer.from('ObserverPktBufferVersion').toString('hex'), 'Observer'],
    ['01104c000105', 'LANalyzer'],
    ['05564e46', 'Visual Networks'],
    ['aaaaaaaa20000000', '5View'],
  ])('tell what editcap can convert: %s', (hex, who) => {
    expect(at(hex)).toEqual({ kind: 'other', description: `a capture of ${who}; try: editcap FILE OUT.pcapng` });
  });

  it('tell an event trace of Windows by the size of its buffers, told twice', () => {
    const trace = Buffer.alloc(160);
    trace.writeUInt32LE(8192, 0);
    // The first event: version 2, of a 64-bit system's trace, 88 bytes, hook 0; its own header has 32 bytes.
    trace.set([2, 0, 2, 0xc0, 88, 0, 0, 0], 72);
    trace.writeUInt32LE(8192, 104);
    const description = 'an event trace of Windows (ETL); try: pktmon etl2pcap FILE, or etl2pcapng FILE OUT.pcapng';
    expect(lookAt(trace)).toEqual({ kind: 'other', description });
    for (const [at, value] of [
      [74, 3],
      [75, 0x40],
      [78, 1],
      [104, 1],
    ] as const) {
      const other = Buffer.from(trace);
      other[at] = value;
      expect(lookAt(other)).not.toEqual({ kind: 'other', description });
    }
    expect(lookAt(trace.subarray(0, 107))).not.toEqual({ kind: 'other', description });
  });

  it('tell a trace of NetScaler, which editcap cannot convert', () => {
    const trace = Buffer.concat([Buffer.alloc(16, 1), Buffer.from('NetScaler V20 Performance Data'), Buffer.alloc(40)]);
    expect(lookAt(trace)).toEqual({
      kind: 'other',
      description: 'a trace of NetScaler; take it with: start nstrace -traceformat PCAP',
    });
  });

  it('never bring control characters into a message', () => {
    for (const text of ['\x1b[31mred', 'one\u0007two', '\u202eabcd']) {
      const look = lookAt(Buffer.from(text));
      expect(look.kind === 'other' && look.description).toMatch(/^[\x20-\x7e…]+$/);
    }
  });
});
