import { z } from 'zod';
import { count } from './figures.js';

/** rules/mtu-blackhole. */
export const mtuBlackholeFacts = z.object({
  by: z.enum(['client', 'server']).describe('Whose large segments do not pass'),
  smallestLostBytes: count,
  mtu: count.nullable().describe('What an ICMP error asks for'),
  connections: count,
});
