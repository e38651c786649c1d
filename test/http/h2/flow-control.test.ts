import { describe, expect, it } from 'vitest';
import { MAX_H2_RECORDS, type WindowStall } from '../../../src/facts/h2.js';
import { BoundedList } from '../../../src/http/bounded-list.js';
import { FlowControl } from '../../../src/http/h2/flow-control.js';

const SECOND = 1e9;

function flow(beginsUnseen = false) {
  const stalls = new BoundedList<WindowStall>(MAX_H2_RECORDS);
  return { stalls, control: new FlowControl('server', stalls, beginsUnseen) };
}

describe('RFC 9113 §6.9: what a sender may send', () => {
  it('a stream begins with 65,535 bytes, and a setting changes that for later ones', () => {
    const { control } = flow();
    expect(control.open(1).available).toBe(65_535);
    control.setInitial(10, [], 1, 0);
    expect(control.open(3).available).toBe(10);
  });

  it('a smaller setting may leave a window below zero: §6.9.2', () => {
    const { control } = flow();
    const window = control.open(1);
    control.take(window, 1000, true, 1, 0);
    control.setInitial(500, [window], 2, 0);
    expect(window.available).toBe(-500);
  });

  it('is stalled from the frame that used a window up to the update', () => {
    const { control, stalls } = flow();
    const window = control.open(1);
    control.setInitial(100, [window], 1, 0);
    control.take(window, 100, true, 2, SECOND);
    control.take(window, 0, true, 3, 2 * SECOND);
    expect(control.update(window, 50, 4, 5 * SECOND)).toBe(true);
    expect(stalls.items).toEqual([
      {
        sender: 'server',
        h2Stream: 1,
        packet: 2,
        startNs: SECOND,
        endedBy: 'window-update',
        endPacket: 4,
        endNs: 5 * SECOND,
      },
    ]);
  });

  it('an update that leaves the window used up ends nothing', () => {
    const { control, stalls } = flow();
    const window = control.open(1);
    control.setInitial(100, [window], 1, 0);
    control.take(window, 100, true, 2, SECOND);
    control.setInitial(50, [window], 3, 2 * SECOND);
    control.update(window, 50, 3, 3 * SECOND);
    expect(stalls.count).toBe(0);
    control.close(window, null, 4, 9 * SECOND);
    expect(stalls.items).toMatchObject([{ endedBy: null, startNs: SECOND, endNs: null }]);
  });

  it('a sender that goes on regardless is not stalled: its updates were not seen', () => {
    const { control, stalls } = flow();
    const window = control.open(1);
    control.take(window, 65_535, true, 1, SECOND);
    control.take(window, 1, true, 2, 9 * SECOND);
    control.close(window, null, 3, 20 * SECOND);
    control.end(3, 20 * SECOND);
    expect(stalls.count).toBe(0);
  });

  it('an update beyond 2^31 - 1 is told: §6.9.1', () => {
    const { control } = flow();
    expect(control.update(null, 2 ** 31 - 1 - 65_535, 1, 0)).toBe(true);
    expect(control.update(null, 1, 1, 0)).toBe(false);
  });

  it('nothing is said where something was not seen', () => {
    const unseen = flow(true);
    unseen.control.take(unseen.control.open(1), 1e9, true, 1, 0);
    unseen.control.end(2, 9 * SECOND);
    expect(unseen.stalls.count).toBe(0);
    const lost = flow();
    const window = lost.control.open(1);
    lost.control.take(window, 65_535, true, 1, 0);
    lost.control.lose([window]);
    lost.control.update(window, 9, 2, 9 * SECOND);
    lost.control.end(3, 10 * SECOND);
    expect(lost.stalls.count).toBe(0);
  });
});
