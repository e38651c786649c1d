import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BodyDigest, MAX_DIGESTED } from '../../src/http/body-digest.js';

function digestOf(body: Uint8Array, cuts: readonly number[] = []): number | null {
  const digest = new BodyDigest();
  digest.begin();
  let from = 0;
  for (const cut of [...cuts].sort((one, other) => one - other)) {
    digest.add(body, from, Math.max(from, Math.min(cut, body.length)));
    from = Math.max(from, Math.min(cut, body.length));
  }
  digest.add(body, from, body.length);
  return digest.value;
}

describe('a digest of a body', () => {
  it('tells bodies apart by any one byte', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        fc.nat(199),
        fc.integer({ min: 1, max: 255 }),
        (body, at, change) => {
          const other = body.slice();
          const place = at % body.length;
          other[place] = (other[place] ?? 0) ^ change;
          expect(digestOf(other)).not.toBe(digestOf(body));
        },
      ),
    );
  });

  it('is the same however the body comes in pieces', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 6000 }), fc.array(fc.nat(6000)), (body, cuts) => {
        expect(digestOf(body, cuts)).toBe(digestOf(body));
      }),
    );
  });

  it('is made of the first bytes alone', () => {
    const body = new Uint8Array(MAX_DIGESTED + 10).fill(7);
    const other = body.slice();
    other[MAX_DIGESTED] = 8;
    expect(digestOf(other)).toBe(digestOf(body));
    other[MAX_DIGESTED - 1] = 8;
    expect(digestOf(other)).not.toBe(digestOf(body));
  });

  it('is none without a body, and where bytes that matter were missed', () => {
    const digest = new BodyDigest();
    expect(digest.value).toBeNull();
    const body = new Uint8Array(MAX_DIGESTED);
    digest.add(body, 0, 100);
    digest.miss();
    digest.add(body, 0, 100);
    expect(digest.value).toBeNull();
    digest.begin();
    digest.add(body, 0, MAX_DIGESTED);
    const whole = digest.value;
    digest.miss();
    expect(digest.value).toBe(whole);
    expect(whole).not.toBeNull();
  });
});
