import { describe, expect, it } from 'vitest';
import { isServedOtherwise, MANY_UNMET, severityOfUnmet } from '../../../src/rules/judgements/unmet-connection.js';

const unmet = { told: [], fallsBack: false, accepted: 0, count: 1 };

describe('how severe it is that connections do not come about', () => {
  it('is critical where requests in front failed for it, though clients have another address', () => {
    expect(severityOfUnmet({ ...unmet, told: [502], fallsBack: true }, 9)).toBe('critical');
  });

  it('is a notice where clients get on by another address, and a warning where the server serves others', () => {
    expect(severityOfUnmet({ ...unmet, fallsBack: true, accepted: 5 }, 80)).toBe('notice');
    expect(severityOfUnmet({ ...unmet, accepted: 5 }, 9)).toBe('warning');
  });

  it('of a server that nothing else is known of, asks for many attempts at a port of the web', () => {
    expect(severityOfUnmet({ ...unmet, count: MANY_UNMET }, 8080)).toBe('warning');
    expect(severityOfUnmet({ ...unmet, count: MANY_UNMET - 1 }, 8080)).toBe('notice');
    expect(severityOfUnmet({ ...unmet, count: MANY_UNMET }, 9)).toBe('notice');
  });
});

describe('a port that is served over the other IP version', () => {
  const refused = { address: '192.0.2.1', port: 80 };
  const served = { address: '2001:db8::1', port: 80, accepted: 2 };

  it('is where clients go that came to nothing, as often as they came', () => {
    expect(isServedOtherwise(refused, 2, [served])).toBe(true);
    expect(isServedOtherwise(refused, 3, [served])).toBe(false);
    expect(isServedOtherwise({ ...refused, address: '2001:db8::2' }, 1, [{ ...served, address: '192.0.2.9' }])).toBe(
      true,
    );
  });

  it('is neither another port nor another address of the same version', () => {
    expect(isServedOtherwise(refused, 1, [{ ...served, port: 443 }])).toBe(false);
    expect(isServedOtherwise(refused, 1, [{ ...served, address: '192.0.2.9' }])).toBe(false);
  });
});
