import { z } from 'zod';
import { count, nanoseconds } from './figures.js';

/** The figures of rules/websocket-close-code. */
export const websocketCloseCodeFacts = z.object({
  code: count.describe('The Close frame’s status code, RFC 6455 §7.4.1'),
  closedBy: z.enum(['client', 'server']).describe('Whose Close frame came first'),
  lowestAgeNs: nanoseconds.describe('From the handshake to the Close frame'),
  highestAgeNs: nanoseconds,
  largestPayloadBytes: count.describe('The largest frame that the other side had sent'),
  webSocketsOfServer: count,
});
