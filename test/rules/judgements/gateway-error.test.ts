import { describe, expect, it } from 'vitest';
import {
  GRPC_DEADLINE_EXCEEDED,
  GRPC_UNAVAILABLE,
  isGatewayError,
  outcomeOf,
  outcomeText,
} from '../../../src/rules/judgements/gateway-error.js';

const whole = (status: number, bodyBytes = 0) => ({ status, bodyBytes });

describe('an error of a gateway', () => {
  it.each([502, 503, 504, GRPC_DEADLINE_EXCEEDED, GRPC_UNAVAILABLE])('is %s', (outcome) => {
    expect(isGatewayError(outcome)).toBe(true);
  });

  it.each([200, 500, 501, 505, 1005, 1013])('is not %s', (outcome) => {
    expect(isGatewayError(outcome)).toBe(false);
  });
});

describe('the outcome of an exchange', () => {
  it('is its status in HTTP/1, and of what is no gRPC call', () => {
    expect(outcomeOf(whole(503), null)).toBe(503);
    expect(outcomeOf(whole(200), { grpcStatus: null })).toBe(200);
  });

  it('is that of a gRPC call that came to nothing for want of a server, or of time', () => {
    expect(outcomeOf(whole(200), { grpcStatus: 14 })).toBe(GRPC_UNAVAILABLE);
    // nginx with error_page and "return 204".
    expect(outcomeOf(whole(204), { grpcStatus: 4 })).toBe(GRPC_DEADLINE_EXCEEDED);
  });

  it('is its status where a message came first, where HTTP failed, and for every other gRPC status', () => {
    expect(outcomeOf(whole(200, 12), { grpcStatus: 14 })).toBe(200);
    expect(outcomeOf(whole(502), { grpcStatus: 14 })).toBe(502);
    for (const grpcStatus of [0, 1, 2, 3, 5, 7, 8, 13, 16]) expect(outcomeOf(whole(200), { grpcStatus })).toBe(200);
  });

  it('is told by name', () => {
    expect(outcomeText(503)).toBe('503');
    expect(outcomeText(GRPC_UNAVAILABLE)).toBe('UNAVAILABLE (grpc-status 14)');
  });
});
