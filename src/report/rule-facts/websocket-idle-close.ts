import { z } from 'zod';
import { count, nanoseconds } from './figures.js';

/** The figures of rules/websocket-idle-close. */
export const websocketIdleCloseFacts = z.object({
  idleTimeoutSeconds: z.number(),
  samples: count.describe('Cuts that the time-out stands on'),
  agreeing: count.describe('Of those: idle times that agree'),
  lowestIdleNs: nanoseconds,
  highestIdleNs: nanoseconds,
  closedByClient: count,
  closedByServer: count,
  seenOnBothLegs: count,
  front: z.string().nullable().describe('The proxy, where its leg in front was captured'),
  webSocketsOfServer: count,
  longestSurvivedIdleNs: nanoseconds.nullable().describe('The longest silence that a frame ended'),
  pingPeriodNs: nanoseconds.nullable(),
  messagesLost: count.describe('WebSockets into whose end a frame was still sent'),
});
