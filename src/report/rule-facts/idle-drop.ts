import { z } from 'zod';
import { count } from './figures.js';

/** rules/idle-drop. */
export const idleDropFacts = z.object({
  bySilence: count.describe('Among the occurrences shown'),
  byReset: count,
  requestsLost: count,
  shortestForgottenSeconds: z.number(),
  longestSurvivedSeconds: z.number().nullable(),
  knownTimerSeconds: z
    .number()
    .nullable()
    .describe('A usual time-out of load balancers and firewalls that lies between'),
});
