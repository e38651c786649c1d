import { expect, it } from 'vitest';
import { openExchange } from '../../../src/http/http1/open-exchange.js';

it('begins with nothing said of its answer', () => {
  expect(openExchange(null)).toEqual({
    ...{ request: null, requestDone: false, response: null, responseDone: false, interim: [] },
    ...{ waiting: false, lostBehind: false, mayBeAnswered: false, loss: 'none' },
  });
});

it('shares no list that anybody could add to', () => {
  expect(Object.isFrozen(openExchange(null).interim)).toBe(true);
});
