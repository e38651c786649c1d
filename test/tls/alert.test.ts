import { describe, expect, it } from 'vitest';
import { readAlert } from '../../src/tls/alert.js';

describe('an alert', () => {
  it.each([
    [2, 40, 'fatal', 'handshake_failure'],
    [2, 112, 'fatal', 'unrecognized_name'],
    [2, 120, 'fatal', 'no_application_protocol'],
    [1, 0, 'warning', 'close_notify'],
    [2, 116, 'fatal', 'certificate_required'],
    [2, 250, 'fatal', 'unknown'],
  ])('level %i, %i is %s %s', (level, description, word, name) => {
    expect(readAlert(level, description)).toEqual({ level: word, description, name });
  });

  it('of any other level is none', () => expect([readAlert(0, 40), readAlert(3, 40)]).toEqual([null, null]));
});
