import { expect, it } from 'vitest';
import { portOf } from '../../../src/capture/text-log/services.js';

it('ports are numbers, or names that are known', () => {
  expect(['80', '65535', 'http', 'webcache', 'pcsync-https'].map(portOf)).toEqual([80, 65_535, 80, 8080, 8443]);
  expect(['65536', '123456', 'nobody-knows', ''].map(portOf)).toEqual([null, null, null, null]);
});
