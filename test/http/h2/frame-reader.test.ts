import { describe, expect, it } from 'vitest';
import { FrameReader } from '../../../src/http/h2/frame-reader.js';
import { data, END_HEADERS, frame, PADDED, PREFACE, settings, windowUpdate } from './frames.js';

/** A reader, and what it told. */
function reader(beginsUnseen = false) {
  const told: string[] = [];
  const text = (view: Uint8Array, start: number, end: number): string =>
    Buffer.from(view.subarray(start, end)).toString('latin1');
  const made = new FrameReader(
    {
      frame: ({ type, stream }, view, start, end) => told.push(`frame ${type} on ${stream}: ${text(view, start, end)}`),
      cutFrame: ({ type, stream }) => told.push(`cut ${type} on ${stream}`),
      dataBegins: ({ length }) => told.push(`data ${length}`),
      data: (_header, view, start, end) => told.push(text(view, start, end)),
      missedData: (_header, length) => told.push(`missed ${length}`),
      dataEnds: ({ firstPacket, lastPacket }) => told.push(`ends ${firstPacket}-${lastPacket}`),
      preface: () => told.push('preface'),
      anomaly: (name) => told.push(name),
      lost: () => told.push('lost'),
      ended: (how) => told.push(how),
    },
    beginsUnseen,
  );
  let packet = 0;
  const give = (...bytes: readonly Uint8Array[]): void => {
    packet += 1;
    const all = Buffer.concat(bytes);
    made.bytes(all, 0, all.length, packet, packet);
  };
  const gap = (length: number): void => {
    packet += 1;
    made.gap(length, packet, packet);
  };
  return { made, told, give, gap };
}

const FIELDS = frame(1, END_HEADERS, 1, Buffer.from('fields'));

describe('one direction', () => {
  it('may begin with the preface, or with a frame', () => {
    const asking = reader();
    asking.give(PREFACE, settings());
    expect(asking.told).toEqual(['preface', 'frame 4 on 0: ']);
    const answering = reader();
    answering.give(settings());
    expect(answering.told).toEqual(['frame 4 on 0: ']);
  });

  it('DATA comes in pieces, without its padding', () => {
    const { told, give } = reader();
    const padded = frame(0, PADDED, 1, Buffer.from('\x03hello...', 'latin1'));
    give(padded.subarray(0, 12));
    give(padded.subarray(12, 16));
    give(padded.subarray(16));
    expect(told).toEqual(['data 9', 'he', 'llo', 'ends 1-3']);
  });

  it('an end within a frame leaves its bytes over', () => {
    for (let length = 1; length < FIELDS.length; length += 1) {
      const { made, told, give } = reader();
      give(settings(), FIELDS.subarray(0, length));
      made.end('fin', 2, 2);
      expect([told, made.undecodedBytes]).toEqual([['frame 4 on 0: ', 'fin'], length]);
    }
  });
});

describe('a gap', () => {
  it('within DATA is data that was missed', () => {
    const { told, give, gap } = reader();
    const bytes = data(1, 'hello');
    give(bytes.subarray(0, 10));
    gap(3);
    give(bytes.subarray(13), FIELDS);
    expect(told).toEqual(['data 5', 'h', 'missed 3', 'o', 'ends 1-3', 'frame 1 on 1: fields']);
  });

  it('within another payload cuts the frame', () => {
    const { told, give, gap } = reader();
    give(FIELDS.subarray(0, 10));
    gap(5);
    give(windowUpdate(0, 1));
    expect(told).toEqual(['cut 1 on 1', 'frame 8 on 0: \0\0\0\x01']);
  });

  it('beyond the end of a frame loses the place, until frames stand at the beginning of a segment', () => {
    const { made, told, give, gap } = reader();
    give(data(1, 'hello').subarray(0, 12));
    gap(20);
    give(Buffer.from('middle of a body'));
    give(FIELDS);
    expect(told).toEqual(['data 5', 'hel', 'missed 2', 'ends 1-1', 'lost', 'frame 1 on 1: fields']);
    expect(made.undecodedBytes).toBe(16);
  });

  it('after which frames begin within a segment, behind the rest of another', () => {
    const { made, told, give, gap } = reader();
    give(FIELDS.subarray(0, 5));
    gap(5);
    give(FIELDS.subarray(10), windowUpdate(0, 1), FIELDS);
    expect(told).toEqual(['lost', 'frame 8 on 0: \0\0\0\x01', 'frame 1 on 1: fields']);
    expect(made.undecodedBytes).toBe(10);
  });

  it('within a header loses the place', () => {
    const { made, told, give, gap } = reader();
    give(FIELDS.subarray(0, 5));
    gap(1);
    gap(1);
    expect([told, made.undecodedBytes]).toEqual([['lost'], 5]);
  });
});

describe('a direction that began unseen', () => {
  it('is read from the first segment on that begins with frames, or the preface', () => {
    const { told, give } = reader(true);
    give(Buffer.from('rest of a body'));
    give(FIELDS, windowUpdate(0, 1));
    expect(told).toEqual(['frame 1 on 1: fields', 'frame 8 on 0: \0\0\0\x01']);
    const whole = reader(true);
    whole.give(PREFACE, settings());
    expect(whole.told).toEqual(['preface', 'frame 4 on 0: ']);
  });

  it('knows no largest frame', () => {
    const { told, give } = reader(true);
    give(settings());
    give(data(1, 'x'.repeat(20_000)));
    expect(told.at(-1)).toBe('ends 2-2');
  });
});
