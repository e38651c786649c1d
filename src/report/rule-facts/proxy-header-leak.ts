import { z } from 'zod';
import { count } from './figures.js';

/** The figures of rules/proxy-header-leak. */
export const proxyHeaderLeakFacts = z.object({
  urls: count.describe('URLs with an inner host'),
  ports: count.describe('URLs with the right host and the port of the server behind'),
  cookieDomains: count,
  cookiePaths: count,
  origins: z.array(z.string()),
  domains: z.array(z.string()),
  seenOnBothLegs: count.describe('Of the occurrences kept'),
  attemptsInVain: count.describe('Followed by a SYN of the client to that address without an answer'),
  isFrontLeg: z.boolean().describe('false: a proxy may have mended it on the way to the client'),
});
