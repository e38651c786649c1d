import { z } from 'zod';
import { count } from './figures.js';

/** The figures of rules/tls-offload-leak. */
export const tlsOffloadLeakFacts = z.object({
  proof: z.enum(['own-leg', 'said', 'front-leg']).describe('How it is known that the client uses TLS'),
  redirections: count,
  contentLocations: count,
  refreshes: count,
  answersWithInsecureCookies: count,
  sessionCookiesWithoutHttpOnly: count,
  cookieNames: z.array(z.string()),
  forwardedScheme: z.enum(['https', 'http']).nullable().describe('What the proxy says of its client'),
  seenOnBothLegs: count.describe('Of the occurrences kept'),
  front: z.string().nullable(),
});
