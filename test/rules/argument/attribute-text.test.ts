import { describe, expect, it } from 'vitest';
import { attributeText, attributeValueText } from '../../../src/rules/argument/attribute-text.js';
import type { DiscriminatingAttribute } from '../../../src/rules/judgements/discriminating-attribute.js';

const SHARED: DiscriminatingAttribute = {
  ...{ name: 'client-address', value: '10.0.0.11', failedWithIt: 17, answeredWithoutIt: 1063 },
  ...{ answeredWithItBefore: 0, isSinceFirst: false, p: 0.0002, answeredPacket: 9 },
};

const text = (facts: Partial<DiscriminatingAttribute> = {}, failed?: string) =>
  attributeText({ ...SHARED, ...facts }, failed);

describe('what failed requests share, in words', () => {
  it('is had by none that was answered', () => {
    expect(text()).toBe(
      'all 17 reset requests share client address 10.0.0.11; none of 1,063 answered requests has it (chance of that: 1 in 5,000)',
    );
    expect(text({ isSinceFirst: true })).toContain('answered requests since the first of them has it');
  });

  it('is had by some that were answered before', () => {
    expect(text({ answeredWithItBefore: 1, isSinceFirst: true })).toContain(
      '; 1 with it was answered before the first was reset and none since, where 1,063 without it were answered since (',
    );
    expect(text({ answeredWithItBefore: 2 })).toContain(
      '; 2 with it were answered before the first was reset and none since, where 1,063 without it were answered (',
    );
  });

  it('says what became of them', () => {
    expect(text({ answeredWithItBefore: 2 }, 'refused')).toMatch(
      /^all 17 refused requests .* the first was refused and/,
    );
  });

  it.each([
    ['x-forwarded-for-last', '203.0.113.66', 'the last address of x-forwarded-for, 203.0.113.66'],
    ['suspicious-query', 'a quote in the query', 'a quote in the query'],
    ['path-prefix', '/api', 'a path below /api'],
    ['head-size', '8192 to 16383 bytes', 'a head of 8,192 to 16,383 bytes'],
    ['body-size', '512 to 1023 bytes', 'a body of 512 to 1,023 bytes'],
    ['body-size', 'none', 'that they have no body'],
    ['connection-use', 'first of its connection', 'that each is the first of its connection'],
    ['method', 'PATCH', 'method PATCH'],
  ])('%s %s: %s', (name, value, words) => {
    expect(attributeValueText(name, value)).toBe(words);
  });
});
