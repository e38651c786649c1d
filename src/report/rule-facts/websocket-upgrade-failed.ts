import { z } from 'zod';
import { count } from './figures.js';

/** The figures of rules/websocket-upgrade-failed. */
export const websocketUpgradeFailedFacts = z.object({
  failure: z
    .enum(['stripped', 'h2-get', 'keyless', 'refused', 'wrong-accept'])
    .describe('stripped: no Upgrade; h2-get: over HTTP/2 without :protocol; refused: a whole handshake'),
  status: count,
  handshakesOfServer: count,
  acceptedHandshakes: count,
  seenOnBothLegs: count.describe('Of the occurrences kept as evidence'),
  front: z.string().nullable().describe('The proxy that the client had asked, where its leg was captured'),
  frontVersion: z.string().nullable().describe('HTTP version of that leg'),
  httpVersion: z.string(),
  origin: z.string().nullable(),
  clients: count,
  clientsThatSucceededLater: count,
});
