import { z } from 'zod';
import { count, nanoseconds } from './figures.js';

/** The figures of rules/websocket-cut. */
export const websocketCutFacts = z.object({
  pattern: z
    .enum(['one-moment', 'one-age', 'one-by-one'])
    .describe('What the ends have in common: one-by-one is nothing but that the proxy ended both legs'),
  moments: count.describe('At how many moments several ended; 1 for any other pattern'),
  ageSeconds: z.number().nullable().describe('The age that they ended at; null: they have none in common'),
  lowestAgeNs: nanoseconds.describe('From the handshake to the end'),
  highestAgeNs: nanoseconds,
  amidFrames: count.describe('Those with a frame in the second before'),
  byReset: count.describe('Those that ended by RST or RST_STREAM, not FIN'),
  seenOnBothLegs: count.describe('Those of which the server, a proxy, ended the leg behind as well'),
  openedAgain: count.describe('Those whose client opened another within a minute'),
  messagesLost: count.describe('WebSockets into whose end the client still sent a frame'),
  webSocketsOfServer: count,
});
