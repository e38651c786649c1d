import { describe, expect, it } from 'vitest';
import { isGatewayError } from '../../../src/rules/judgements/gateway-error.js';

describe('an error of a gateway', () => {
  it.each([502, 503, 504])('is %s', (status) => {
    expect(isGatewayError(status)).toBe(true);
  });

  it.each([200, 500, 501, 505])('is not %s', (status) => {
    expect(isGatewayError(status)).toBe(false);
  });
});
