import { describe, expect, it } from 'vitest';
import type { CaptureFacts } from '../../../src/facts/capture.js';
import { CAPTURE_STRIDE } from '../../../src/facts/packet-reference.js';
import type { Stall } from '../../../src/rules/h2-window-stall/incident.js';
import { causeOf, isTimed } from '../../../src/rules/h2-window-stall/legs.js';
import { quietAnalysis } from '../../report/analyses.js';

const MS = 1_000_000;

/** An upload that waits from 100 ms to 2 s at the server behind. */
const BACK: Stall = {
  ...{
    stream: 0,
    client: { address: '10.0.0.49', port: 40_000 },
    server: { address: '10.0.1.43', port: 80 },
    steps: 0,
  },
  ...{ kind: 'upload', h2Stream: 1, packet: 5, atNs: 100 * MS, durationNs: 1900 * MS },
  ...{ endedBy: 'window-update', endPacket: 6, endNs: 2000 * MS, method: 'POST', target: '/import' },
  ...{ requestPacket: 4, requestNs: MS, bodyBytes: 65_535, status: 200, resetBy: null },
};
/** The leg in front of it, that waits with it. */
const front = (made: Partial<Stall> = {}): Stall => ({
  ...BACK,
  server: { address: '10.0.0.49', port: 443 },
  packet: 105,
  endPacket: 106,
  ...made,
});

function captures(...timedBy: readonly (number | null)[]): CaptureFacts[] {
  const [capture] = quietAnalysis().captures;
  if (capture === undefined) throw new Error('there is one');
  return timedBy.map((clock) => ({ ...capture, timedBy: clock }));
}

describe('a proxy that stands still with whom it hands on to', () => {
  const isPassedOn = (made: Partial<Stall>) => causeOf(front(made), [BACK], []) === BACK;

  it('goes on right behind it', () => {
    expect(isPassedOn({})).toBe(true);
    expect(isPassedOn({ endNs: 2050 * MS })).toBe(true);
    expect(isPassedOn({ endNs: 2050 * MS + 1 })).toBe(false);
    expect(isPassedOn({ endNs: 2000 * MS - 1 }), 'the cause goes on first').toBe(false);
  });

  it('stands still no sooner than its buffers allow', () => {
    expect(isPassedOn({ atNs: 1900 * MS })).toBe(true);
    expect(isPassedOn({ atNs: -400 * MS })).toBe(true);
    expect(isPassedOn({ atNs: -400 * MS - 1 })).toBe(false);
  });

  it('stands still in the same direction, and is another server', () => {
    expect(isPassedOn({ kind: 'unread' })).toBe(false);
    expect(isPassedOn({ kind: 'starved' })).toBe(false);
    expect(isPassedOn({ server: BACK.server })).toBe(false);
    const unread: Stall = { ...BACK, kind: 'unread' };
    expect(causeOf(front({ kind: 'starved' }), [unread], [])).toBe(unread);
  });

  it('is found among others, and is not its own cause', () => {
    const other = front({ server: { address: '10.0.9.9', port: 443 }, endNs: 900 * MS });
    expect(causeOf(front(), [other, front(), BACK], [])).toBe(BACK);
    expect(causeOf(BACK, [BACK, other], [])).toBeNull();
  });

  it('is known in captures whose clocks were compared', () => {
    const elsewhere = front({ packet: CAPTURE_STRIDE + 5 });
    expect(causeOf(elsewhere, [BACK], captures(0, 0))).toBe(BACK);
    expect(causeOf(elsewhere, [BACK], captures(0, 1))).toBeNull();
  });
});

describe('how long a stall lasted', () => {
  it('is told by one clock', () => {
    expect(isTimed(BACK, captures(null))).toBe(true);
    const elsewhere: Stall = { ...BACK, endPacket: CAPTURE_STRIDE + 6 };
    expect(isTimed(elsewhere, captures(0, 0))).toBe(true);
    expect(isTimed(elsewhere, captures(0, 1))).toBe(false);
    expect(isTimed({ ...elsewhere, endPacket: null }, captures(0, 1))).toBe(true);
  });
});
