import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecordReader, type RecordSink } from '../../src/tls/record-reader.js';

/** What was told, a line each; records of type 22 are wanted. */
class Notes implements RecordSink {
  readonly lines: string[] = [];

  wants(contentType: number): boolean {
    return contentType === 22;
  }

  record(
    contentType: number,
    version: number,
    view: Uint8Array,
    start: number,
    end: number,
    firstPacket: number,
    packet: number,
  ): void {
    const text = Buffer.from(view.slice(start, end)).toString('latin1');
    this.lines.push(`${contentType} ${version.toString(16)} ${text} ${firstPacket}-${packet}`);
  }

  passed(contentType: number, length: number, packet: number): void {
    this.lines.push(`${contentType} passed ${length} ${packet}`);
  }

  damaged(contentType: number, length: number, packet: number): void {
    this.lines.push(`${contentType} damaged ${length} ${packet}`);
  }

  lost(wireBytes: number): void {
    this.lines.push(`lost ${wireBytes}`);
  }

  ssl2(view: Uint8Array, start: number, end: number): void {
    this.lines.push(`ssl2 ${Buffer.from(view.slice(start, end)).toString('latin1')}`);
  }

  malformed(packet: number): void {
    this.lines.push(`malformed ${packet}`);
  }

  end(how: string): void {
    this.lines.push(`end ${how}`);
  }
}

const record = (type: number, content: string): Buffer =>
  Buffer.concat([Buffer.of(type, 3, 3, content.length >>> 8, content.length & 255), Buffer.from(content, 'latin1')]);

function read(parts: readonly (Uint8Array | number)[], searching = false): string[] {
  const notes = new Notes();
  const reader = new RecordReader(notes, searching);
  parts.forEach((part, index) => {
    if (typeof part === 'number') reader.gap(part, index + 1, 0);
    else if (part.length > 0) reader.bytes(part, 0, part.length, index + 1, 0);
  });
  reader.end('fin', parts.length, 0);
  return notes.lines;
}

describe('records', () => {
  it('are read whole, the unwanted passed over', () => {
    const bytes = Buffer.concat([record(22, 'hello'), record(23, 'secret'), record(21, 'ab'), record(23, '')]);
    expect(read([bytes])).toEqual(['22 303 hello 1-1', '23 passed 6 1', '21 passed 2 1', '23 passed 0 1', 'end fin']);
  });

  it('are the same over any segments', () => {
    const bytes = Buffer.concat([record(22, 'one'), record(23, 'x'.repeat(40)), record(22, 'two'), record(20, '\x01')]);
    const strip = (lines: readonly string[]) => lines.map((line) => line.replace(/ [\d-]+$/, ''));
    const expected = strip(read([bytes]));
    for (let at = 1; at < bytes.length; at += 1) {
      expect(strip(read([bytes.subarray(0, at), bytes.subarray(at)]))).toEqual(expected);
    }
    expect(strip(read([...bytes].map((byte) => Uint8Array.of(byte))))).toEqual(expected);
  });

  it('name the packets in which they begin and end', () => {
    const bytes = record(22, 'hello');
    expect(read([bytes.subarray(0, 3), bytes.subarray(3, 7), bytes.subarray(7)])[0]).toBe('22 303 hello 1-3');
  });

  it('that lack bytes are damaged, and the next is whole', () => {
    const one = record(22, 'hello');
    expect(read([one.subarray(0, 7), 2, Buffer.concat([one.subarray(9), record(22, 'next')])])).toEqual([
      '22 damaged 5 3',
      '22 303 next 3-3',
      'end fin',
    ]);
    expect(read([one.subarray(0, 7), 3, record(22, 'next')])).toEqual(['22 damaged 5 2', '22 303 next 3-3', 'end fin']);
  });

  it('are found again behind a loss that took a header', () => {
    const one = record(22, 'hello');
    expect(read([one.subarray(0, 7), 100, Buffer.from('middle of a record'), record(22, 'next')])).toEqual([
      'lost 125',
      '22 303 next 4-4',
      'end fin',
    ]);
    expect(read([one.subarray(0, 2), 9, record(22, 'next')])[0]).toBe('lost 11');
    expect(read([one, 50])).toEqual(['22 303 hello 1-1', 'lost 50', 'end fin']);
  });

  it('are looked for at each segment where the direction may begin within one', () => {
    expect(read([Buffer.from('rest of a record'), record(23, 'x'), record(22, 'y')], true)).toEqual([
      'lost 16',
      '23 passed 1 2',
      '22 303 y 3-3',
      'end fin',
    ]);
  });

  it('are not taken for found where the next header does not fit', () => {
    const chance = Buffer.concat([record(23, 'abc'), Buffer.from('no header here')]);
    expect(read([chance, record(22, 'real')], true)).toEqual([`lost ${chance.length}`, '22 303 real 2-2', 'end fin']);
  });

  it.each([
    ['type', 0, 9],
    ['version', 1, 2],
    ['minor version', 2, 9],
    ['length', 3, 0xff],
  ])('that cannot be by their %s are told once', (_what, at, value) => {
    const bad = record(23, 'abc');
    bad[at] = value;
    expect(read([Buffer.concat([record(22, 'a'), bad]), Buffer.from('more of it'), record(22, 'bbbb')])).toEqual([
      '22 303 a 1-1',
      'malformed 1',
      expect.stringMatching(/^lost \d+$/),
      '22 303 bbbb 3-3',
      'end fin',
    ]);
  });

  it('in the format of SSL 2.0 stand at the beginning alone', () => {
    const hello = Buffer.concat([Buffer.of(0x80, 4), Buffer.from('\x01abc', 'latin1')]);
    for (let at = 1; at < hello.length; at += 1) {
      expect(read([hello.subarray(0, at), Buffer.concat([hello.subarray(at), record(22, 'x')])])).toEqual([
        'ssl2 \x01abc',
        '22 303 x 2-2',
        'end fin',
      ]);
    }
    expect(read([Buffer.of(0xff, 0xff, 1, 2)])).toEqual(['malformed 1', 'end fin']);
    expect(read([hello.subarray(0, 3), 40, record(22, 'next')])).toEqual(['lost 40', '22 303 next 3-3', 'end fin']);
  });

  it('of any bytes throw nothing', () => {
    const part = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 300 }),
      fc.constantFrom(record(22, 'abc'), record(23, 'abcdef')),
    );
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 12 }),
        fc.boolean(),
        (parts, searching) => read(parts, searching).length > 0,
      ),
    );
  });
});
