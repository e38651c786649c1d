import { describe, expect, it } from 'vitest';
import { readPrinted } from '../../../src/capture/text-log/line.js';
import { SequenceNumbers } from '../../../src/capture/text-log/numbers.js';

const A = '10.0.0.1.1 > 10.0.0.2.80';
const B = '10.0.0.2.80 > 10.0.0.1.1';

function numbersOf(lines: readonly string[]): (readonly [number, number])[] {
  const numbers = new SequenceNumbers();
  return lines.map((line) => {
    const segment = readPrinted(`12:00:00.000001 IP ${line}`);
    if (segment === null) throw new Error(`unreadable: ${line}`);
    const { sequence, acknowledgement } = numbers.numbersOf(segment);
    return [sequence, acknowledgement];
  });
}

describe('sequence numbers', () => {
  const syn = [
    `${A}: Flags [S], seq 3514370013, win 1, length 0`,
    `${B}: Flags [S.], seq 1747571872, ack 3514370014, win 1, length 0`,
  ];

  it('are relative behind the handshake, and absolute in a bare reset', () => {
    expect(
      numbersOf([
        ...syn,
        `${A}: Flags [.], ack 1, win 1, length 0`,
        `${A}: Flags [P.], seq 1:1246, ack 1, win 1, length 1245`,
        `${B}: Flags [R], seq 1747571873, win 0, length 0`,
        `${A}: Flags [.], ack 1, win 1, length 0`,
      ]),
    ).toEqual([
      [3_514_370_013, 0],
      [1_747_571_872, 3_514_370_014],
      [3_514_370_014, 1_747_571_873],
      [3_514_370_014, 1_747_571_873],
      [1_747_571_873, 0],
      [3_514_371_259, 1_747_571_873],
    ]);
  });

  it('are absolute with -S', () => {
    expect(
      numbersOf([...syn, `${A}: Flags [P.], seq 3514370014:3514370114, ack 1747571873, win 1, length 100`]).at(-1),
    ).toEqual([3_514_370_014, 1_747_571_873]);
  });

  it('count from the first packet where the handshake is missing', () => {
    expect(
      numbersOf([
        `${A}: Flags [P.], seq 2000000000:2000000100, ack 3000000000, win 1, length 100`,
        `${B}: Flags [P.], seq 1:51, ack 100, win 1, length 50`,
        `${A}: Flags [.], ack 51, win 1, length 0`,
      ]),
    ).toEqual([
      [2_000_000_000, 3_000_000_000],
      [3_000_000_000, 2_000_000_100],
      [2_000_000_100, 3_000_000_050],
    ]);
  });

  it('begin anew with a new SYN, and pass 2^32', () => {
    expect(
      numbersOf([
        ...syn,
        `${A}: Flags [S], seq 4294967290, win 1, length 0`,
        `${B}: Flags [S.], seq 5000000, ack 4294967291, win 1, length 0`,
        `${A}: Flags [P.], seq 1:101, ack 1, win 1, length 100`,
      ]).at(-1),
    ).toEqual([4_294_967_291, 5_000_001]);
  });
});
