import { describe, expect, it } from 'vitest';
import {
  type Attributes,
  attributesOf,
  discriminatingAttribute,
  MAX_ATTRIBUTE_LENGTH,
  methodAndPathOf,
  sharedAttributes,
} from '../../../src/rules/judgements/discriminating-attribute.js';
import { connection, get, type RequestOptions } from '../facts.js';

const attributes = (target: string, options: RequestOptions = {}): Attributes => {
  const request = connection([get(0, target, options)]).exchanges[0]?.request;
  return request == null ? {} : attributesOf(request, '10.0.0.1', true);
};
const answered = (of: Attributes, count: number, atNs = 0) =>
  Array.from({ length: count }, (_, at) => ({ atNs, packet: 100 + at, attributes: of }));

describe('an attribute of a request', () => {
  it('leaves the query out, but for what makes it suspicious', () => {
    expect(attributes('/a/b?token=1').path).toBe('/a/b');
    expect(attributes('/a/b?token=1')['path-prefix']).toBe('/a');
    expect(JSON.stringify(attributes('/a?token=%27hidden'))).not.toContain('hidden');
    expect(attributes('/a?x=%27')['suspicious-query']).toBeDefined();
    expect(attributes('/a/../etc')['suspicious-query']).toBeDefined();
    expect(attributes('/a?x=1')['suspicious-query']).toBeUndefined();
  });

  it('of method and path is what they are by themselves', () => {
    for (const target of ['/', '/a/b?token=1', '?', `/${'x'.repeat(MAX_ATTRIBUTE_LENGTH)}?y`]) {
      const { method, path } = attributes(target, { method: 'PUT' });
      expect(methodAndPathOf({ method: 'PUT', target })).toEqual({ method, path });
    }
    expect(methodAndPathOf({ method: 'PUT', target: '/a/b?token=1' })).toEqual({ method: 'PUT', path: '/a/b' });
  });

  it('is the first hop of X-Forwarded-For', () => {
    const fields = [{ name: 'x-forwarded-for', value: ' 203.0.113.66 , 10.0.0.1' }];
    expect(attributes('/', { fields })['x-forwarded-for']).toBe('203.0.113.66');
  });

  it('is the last hop too, and what other fields say, or that they are missing', () => {
    const fields = [
      { name: 'x-forwarded-for', value: '203.0.113.66, 10.0.0.1' },
      { name: 'x-real-ip', value: '203.0.113.66' },
      { name: 'origin', value: 'https://a.example' },
      { name: 'cookie', value: 'session=1' },
    ];
    expect(attributes('/', { fields })).toMatchObject({
      'x-forwarded-for-last': '10.0.0.1',
      'x-real-ip': '203.0.113.66',
      origin: 'https://a.example',
      cookie: 'sent',
      expect: 'none',
    });
    expect(attributes('/', { fields: [] })).toMatchObject({ origin: 'none', cookie: 'none' });
  });

  it('may be a field that only failed requests carry, or lack', () => {
    const upgrade = attributes('/a', { fields: [{ name: 'upgrade', value: 'h2c' }] });
    const found = discriminatingAttribute(upgrade, 8, 0, answered(attributes('/a'), 12));
    expect(found).toMatchObject({ name: 'upgrade', value: 'h2c', failedWithIt: 8 });
    // A field is asked more than an address: four of each are too few.
    expect(discriminatingAttribute(upgrade, 4, 0, answered(attributes('/a'), 6))).toBeNull();
  });

  it('is cut where it is too long to keep', () => {
    expect(attributes(`/${'a'.repeat(1000)}`).path).toHaveLength(MAX_ATTRIBUTE_LENGTH);
  });

  it('is shared whatever the order of comparing', () => {
    const [one, two, three] = [attributes('/a'), attributes('/a', { method: 'POST' }), attributes('/b')];
    expect(sharedAttributes(sharedAttributes(one, two), three)).toEqual(
      sharedAttributes(one, sharedAttributes(three, two)),
    );
  });
});

describe('a ban that takes effect at one moment', () => {
  const banned: Attributes = { 'client-address': '10.0.0.11' };
  const other: Attributes = { 'client-address': '10.0.0.10' };
  const before = [...answered(banned, 6, 10), ...answered(other, 6, 11)];

  it('is told by what was answered from then on, while the banned failed', () => {
    const since = [...before, ...answered(other, 6, 25)];
    expect(discriminatingAttribute(banned, 4, 20, since, 30)).toMatchObject({
      name: 'client-address',
      value: '10.0.0.11',
      answeredWithItBefore: 6,
      answeredWithoutIt: 6,
      isSinceFirst: true,
      answeredPacket: 100,
    });
  });

  it('is not told where others were answered only after the last failure: that was a bad moment for all', () => {
    expect(discriminatingAttribute(banned, 4, 20, [...before, ...answered(other, 12, 40)], 30)).toBeNull();
  });

  it('is not told where the banned were answered again', () => {
    const again = [...before, ...answered(other, 12, 25), ...answered(banned, 1, 50)];
    expect(discriminatingAttribute(banned, 4, 20, again, 30)).toBeNull();
  });
});

describe('what tells failed requests from answered ones', () => {
  const failed = attributes('/search', { fields: [{ name: 'user-agent', value: 'scanner' }] });
  const well = attributes('/', { fields: [{ name: 'user-agent', value: 'browser' }] });

  it('is what all failed ones have and no answered one has', () => {
    expect(discriminatingAttribute(failed, 4, 0, answered(well, 12))).toMatchObject({
      name: 'user-agent',
      value: 'scanner',
    });
  });

  it('is not said of too few', () => {
    expect(discriminatingAttribute(failed, 2, 0, answered(well, 100))).toBeNull();
    expect(discriminatingAttribute(failed, 3, 0, answered(well, 3))).toBeNull();
    expect(discriminatingAttribute(failed, 100, 0, answered(well, 2))).toBeNull();
  });

  it('is not an attribute with which a request was answered since', () => {
    const mixed = [...answered(well, 12), ...answered(failed, 1, 1)];
    expect(discriminatingAttribute(failed, 4, 0, mixed)).toBeNull();
  });

  it('may be one with which a request was answered before the first failure: it put its source on a list', () => {
    const before = [...answered(well, 60), ...answered(failed, 1, 1)];
    expect(discriminatingAttribute(failed, 10, 2, before)).toMatchObject({ value: 'scanner', answeredWithItBefore: 1 });
    const always = [...answered(well, 12), ...answered(failed, 60, 1)];
    expect(discriminatingAttribute(failed, 4, 2, always)).toBeNull();
  });
});
