import { describe, expect, it } from 'vitest';
import { closeNotifyOf } from '../../src/tls/alerts.js';
import { ALERT, APPLICATION_DATA } from '../../src/tls/content-type.js';
import { Direction } from '../../src/tls/direction.js';
import { NO_OWNER } from './no-owner.js';

/** A direction that ended by FIN unless said otherwise. */
function ended(prepare: (direction: Direction) => void): Direction {
  const direction = new Direction(NO_OWNER, false);
  direction.endedHow = 'fin';
  prepare(direction);
  return direction;
}

/** Sends application data, then a record as long as an alert. */
function endInAlertShape({ tally }: Direction): void {
  tally.record(APPLICATION_DATA, 100, true, 1, 1);
  tally.application(84, 100, 1, 1);
  tally.record(APPLICATION_DATA, 19, true, 2, 2);
  tally.alertShape(false);
}

describe('RFC 8446 §6.1: whether a direction ended with close_notify', () => {
  it.each<[string, ReturnType<typeof closeNotifyOf>, (direction: Direction) => void]>([
    ['was read', 'seen', (one) => Object.assign(one, { closeNotify: 'seen' })],
    [
      'is probable of a protected alert that was the last record',
      'probable',
      (one) => {
        one.closeNotify = 'encrypted';
        one.tally.record(ALERT, 26, true, 1, 1);
      },
    ],
    ['is probable of an alert’s length behind application data', 'probable', endInAlertShape],
    [
      'is not known of an alert’s length with no application data before it',
      'unknown',
      (one) => {
        one.tally.record(APPLICATION_DATA, 19, true, 1, 1);
        one.tally.alertShape(false);
      },
    ],
    [
      'is not known where nothing says that it ended',
      'unknown',
      (one) => {
        one.endedHow = 'capture-ended';
        endInAlertShape(one);
      },
    ],
    [
      'is not known where bytes were lost',
      'unknown',
      (one) => {
        one.hasLoss = true;
      },
    ],
    [
      'is denied where another record was the last',
      'none',
      (one) => {
        endInAlertShape(one);
        one.tally.record(APPLICATION_DATA, 100, true, 3, 3);
      },
    ],
    [
      'is denied where other records followed a protected alert',
      'none',
      (one) => {
        one.closeNotify = 'encrypted';
        one.tally.record(ALERT, 26, true, 1, 1);
        one.tally.record(APPLICATION_DATA, 100, true, 2, 2);
      },
    ],
  ])('%s', (_name, expected, prepare) => {
    expect(closeNotifyOf(ended(prepare))).toBe(expected);
  });
});
