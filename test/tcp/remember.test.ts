import { expect, it } from 'vitest';
import { remember } from '../../src/tcp/remember.js';

it('forgets what came first, once there are too many', () => {
  const known = new Map<number, string>();
  for (const key of [1, 2, 3]) remember(known, key, `${key}`, 2);
  expect([...known]).toEqual([
    [2, '2'],
    [3, '3'],
  ]);
});

it('takes what comes again for the last', () => {
  const known = new Map([
    [1, 'one'],
    [2, 'two'],
  ]);
  remember(known, 1, 'again', 2);
  remember(known, 3, 'three', 2);
  expect([...known]).toEqual([
    [1, 'again'],
    [3, 'three'],
  ]);
});
