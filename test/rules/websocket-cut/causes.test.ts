import { describe, expect, it } from 'vitest';
import { weigh } from '../../../src/rules/argument/cause.js';
import type { Case } from '../../../src/rules/websocket-cut/case.js';
import { CAUSES } from '../../../src/rules/websocket-cut/causes.js';
import type { Cut } from '../../../src/rules/websocket-cut/incident.js';
import { aged, cutOf, SECOND, together } from './cuts.js';

function subject(pattern: Case['pattern'], cuts: readonly Cut[], made: Partial<Case> = {}): Case {
  const [first] = cuts;
  if (first === undefined) throw new Error('there is one');
  return {
    ...{ pattern, cuts, first, together: cuts, moments: 1, webSockets: 9 },
    ...{ ageSeconds: null, backs: [], fronts: [], amid: null, back: [], ...made },
  };
}
const weighed = (...given: Parameters<typeof subject>) =>
  weigh(CAUSES, subject(...given)).map(({ cause, verdict, because }) => `${cause} ${verdict}: ${because}`);

const proxy = { address: '10.0.1.43', port: 80 };
const cut = cutOf(0, 0, 10 * SECOND, { server: proxy });
const other = { ...cut, packet: 207, server: { address: '10.0.0.49', port: 443 } };

describe('why WebSockets were cut', () => {
  it('is the end of a process where they end at one moment', () => {
    expect(weighed('one-moment', together(3))).toEqual([
      'process-end supported: 3 WebSockets ended within 2.0 ms (#7 to #27), 17.4 s – 20.0 s after they were opened',
      'age-limit ruled-out: at one moment they were 17.4 s – 20.0 s old (from #7)',
      'proxy-itself open: one leg was captured',
    ]);
  });

  it('is told of those of the first moment, not of the server’s own alone', () => {
    const [, second, third] = together(3);
    if (second === undefined || third === undefined) throw new Error('there are three');
    expect(weighed('one-moment', [second], { together: [second, third] })[0]).toContain('2 WebSockets');
  });

  it('is a limit on their age where they have that in common', () => {
    expect(weighed('one-age', aged(3), { ageSeconds: 30 })).toEqual([
      'age-limit supported: 3 WebSockets ended 30.0 s after they were opened, at different moments (the first from #5 to #7): a limit of 30.0 s',
      'process-end ruled-out: they ended at different moments (#7 to #27)',
      'proxy-itself open: one leg was captured',
    ]);
    const apart = [cutOf(0, 0, 30 * SECOND), cutOf(1, 5 * SECOND, 35.4 * SECOND), cutOf(2, 9 * SECOND, 39.2 * SECOND)];
    expect(weighed('one-age', apart, { ageSeconds: 30 })[0]).toContain(' ended 30.0 s – 30.4 s after');
    expect(weighed('one-age', aged(3))).toContain('age-limit open: too few ended to compare their ages');
  });

  it('is the proxy itself where it ended both its legs', () => {
    expect(weighed('one-by-one', [cut], { backs: [{ cut, back: other }] })).toEqual([
      'proxy-itself supported: 10.0.1.43:80 ended both its legs: #7 in front, #207 behind',
      'process-end open: they ended one by one',
      'age-limit open: too few ended to compare their ages',
    ]);
  });

  it('is not a proxy where the server behind ended first', () => {
    expect(weighed('one-moment', together(3), { fronts: [{ cut, front: other }] })).toContain(
      'proxy-itself ruled-out: 10.0.1.43:80 ended first (#7), and 10.0.0.49:443 in front of it handed that on (#207)',
    );
  });
});
