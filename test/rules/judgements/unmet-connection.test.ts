import { describe, expect, it } from 'vitest';
import { MANY_UNMET, severityOfUnmet } from '../../../src/rules/judgements/unmet-connection.js';

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
