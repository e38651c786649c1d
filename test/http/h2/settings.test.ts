import { describe, expect, it } from 'vitest';
import { noSettings, readSettings } from '../../../src/http/h2/settings.js';
import { settings } from './frames.js';

const read = (values: Readonly<Record<number, number>>) => {
  const into = noSettings(3, 5);
  const bytes = settings(values);
  const isValid = readSettings(bytes, 9, bytes.length, into);
  return { into, isValid };
};

describe('RFC 9113 §6.5.2: settings', () => {
  it('are null until they are sent', () => {
    expect(read({}).into).toEqual({
      packet: 3,
      atNs: 5,
      acknowledgedNs: null,
      frames: 0,
      headerTableSize: null,
      enablePush: null,
      maxConcurrentStreams: null,
      initialWindowSize: null,
      maxFrameSize: null,
      maxHeaderListSize: null,
      enableConnectProtocol: null,
    });
  });

  it('each has its value; unknown ones are ignored', () => {
    const { into, isValid } = read({ 1: 0, 2: 0, 3: 100, 4: 2 ** 31 - 1, 5: 16_384, 6: 2 ** 32 - 1, 7: 1, 8: 1, 9: 1 });
    expect(isValid).toBe(true);
    expect(into).toMatchObject({
      headerTableSize: 0,
      enablePush: false,
      maxConcurrentStreams: 100,
      initialWindowSize: 2 ** 31 - 1,
      maxFrameSize: 16_384,
      maxHeaderListSize: 2 ** 32 - 1,
      enableConnectProtocol: true,
    });
  });

  it.each([[{ 2: 2 }], [{ 4: 2 ** 31 }], [{ 5: 16_383 }], [{ 5: 2 ** 24 }], [{ 8: 2 }]])('%o must not be', (values) => {
    expect(read(values).isValid).toBe(false);
  });

  it('a window or frame size that must not be is not taken over', () => {
    expect(read({ 4: 2 ** 31, 5: 1 }).into).toMatchObject({ initialWindowSize: null, maxFrameSize: null });
  });

  it('the last value of one that is sent twice holds', () => {
    const twice = Buffer.concat([settings({ 3: 1 }).subarray(9), settings({ 3: 2 }).subarray(9)]);
    const into = noSettings(1, 1);
    readSettings(twice, 0, twice.length, into);
    expect(into.maxConcurrentStreams).toBe(2);
  });
});
