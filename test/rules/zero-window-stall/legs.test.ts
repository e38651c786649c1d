import { describe, expect, it } from 'vitest';
import type { CaptureFacts } from '../../../src/facts/capture.js';
import { CAPTURE_STRIDE } from '../../../src/facts/packet-reference.js';
import { type Stall, stallOf } from '../../../src/rules/zero-window-stall/incident.js';
import { causeOf } from '../../../src/rules/zero-window-stall/legs.js';
import { quietAnalysis } from '../../report/analyses.js';
import { answer, connection, get, handshake } from '../facts.js';

const MS = 1_000_000;

/** An upload to a server whose window is closed from `startMs` on, for so many milliseconds. */
function stall(server: string, startMs: number, ms: number, firstPacket = 1): Stall {
  const windowClosure = {
    packet: firstPacket + 6,
    startNs: startMs * MS,
    durationNs: ms * MS,
    openedBy: firstPacket + 8,
  };
  const told = stallOf(
    connection([...handshake(), get(1133), answer(3000)], {
      server,
      firstPacket,
      serverFacts: { windowClosure, zeroWindows: 1 },
    }),
  );
  if (told === null) throw new Error('it stands still');
  return told;
}

const BACK = stall('10.0.1.43', 10, 900);
const FRONT = stall('10.0.0.49', 30, 900, 101);

describe('a proxy that stands still with whom it hands on to', () => {
  it('opens its window behind it, and only shortly', () => {
    expect(causeOf(FRONT, [BACK, FRONT], [])).toBe(BACK);
    expect(causeOf(BACK, [BACK, FRONT], [])).toBeNull();
    expect(causeOf(stall('10.0.0.49', 10, 951), [BACK], [])).toBeNull();
  });

  it('is known in captures whose clocks were compared', () => {
    const elsewhere = stall('10.0.0.49', 30, 900, CAPTURE_STRIDE + 101);
    const [capture] = quietAnalysis().captures;
    const captures = (timedBy: number): CaptureFacts[] =>
      capture === undefined
        ? []
        : [
            { ...capture, timedBy: 0 },
            { ...capture, timedBy },
          ];
    expect(causeOf(elsewhere, [BACK], captures(0))).toBe(BACK);
    expect(causeOf(elsewhere, [BACK], captures(1))).toBeNull();
  });
});
