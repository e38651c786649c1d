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
    expect(control.availableOn(control.open(1))).toBe(65_535);
    control.setInitial(10, 1, 0);
    expect(control.availableOn(control.open(3))).toBe(10);
  });

  it('a smaller setting may leave a window below zero: §6.9.2', () => {
    const { control } = flow();
    const window = control.open(1);
    control.take(window, 1000, true, 1, 0);
    control.setInitial(500, 2, 0);
    expect(control.availableOn(window)).toBe(-500);
  });

  it('is stalled from the frame that used a window up to the update', () => {
    const { control, stalls } = flow();
    const window = control.open(1);
    control.setInitial(100, 1, 0);
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

  it('a larger setting gives to all streams, those opened before and those that wait', () => {
    const { control, stalls } = flow();
    control.setInitial(100, 1, 0);
    const [waiting, other] = [control.open(1), control.open(3)];
    control.take(waiting, 100, true, 2, SECOND);
    control.take(other, 40, true, 3, SECOND);
    control.setInitial(90, 4, 2 * SECOND);
    expect(stalls.count).toBe(0);
    control.setInitial(300, 5, 4 * SECOND);
    expect([waiting, other, control.open(5)].map((window) => control.availableOn(window))).toEqual([200, 260, 300]);
    expect(stalls.items).toMatchObject([{ h2Stream: 1, endedBy: 'window-update', endPacket: 5, startNs: SECOND }]);
  });

  it('a stream that is over waits no more', () => {
    const { control, stalls } = flow();
    const window = control.open(1);
    control.take(window, 65_535, true, 1, 0);
    control.take(window, 0, false, 2, SECOND);
    control.forget(window);
    control.setInitial(1_000_000, 3, 9 * SECOND);
    expect(stalls.items.filter(({ h2Stream }) => h2Stream === 1)).toEqual([]);
  });

  it('nothing is said of streams opened behind a loss that may have held a setting', () => {
    const { control, stalls } = flow();
    control.setInitial(100, 1, 0);
    control.lose([], false);
    expect(control.availableOn(control.open(1))).toBe(100);
    control.lose([], true);
    const window = control.open(3);
    control.take(window, 100, true, 2, SECOND);
    control.close(window, null, 3, 9 * SECOND);
    expect([control.availableOn(window), stalls.count]).toEqual([Number.NaN, 0]);
    control.setInitial(70, 4, 9 * SECOND);
    expect(control.availableOn(control.open(5))).toBe(70);
  });

  it('an update that leaves the window used up ends nothing', () => {
    const { control, stalls } = flow();
    const window = control.open(1);
    control.setInitial(100, 1, 0);
    control.take(window, 100, true, 2, SECOND);
    control.setInitial(50, 3, 2 * SECOND);
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
    lost.control.lose([window], false);
    lost.control.update(window, 9, 2, 9 * SECOND);
    lost.control.end(3, 10 * SECOND);
    expect(lost.stalls.count).toBe(0);
  });
});
