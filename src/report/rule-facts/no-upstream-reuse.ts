import { z } from 'zod';
import { count } from './figures.js';

/** rules/no-upstream-reuse. */
export const noUpstreamReuseFacts = z.object({
  singleUse: count,
  connections: count,
  perSecond: z.number(),
  portShare: z.number().describe('Of the ports of a client, how many wait for their end (TIME_WAIT)'),
  saidByProxy: count.describe('Among the occurrences shown'),
  saidByServer: count,
});
