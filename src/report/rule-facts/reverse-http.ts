import { z } from 'zod';
import { count, nanoseconds } from './figures.js';

/** The figures of rules/reverse-http. */
export const reverseHttpFacts = z.object({
  basis: z.enum(['frames', 'alpn', 'name']).describe('How it is known'),
  alpn: z.string().nullable(),
  dialling: z.array(z.string()),
  requests: count.describe('Answered by the side that dialled'),
  droppedWhileIdle: count,
  idleTimeoutNs: nanoseconds.nullable().describe('The shortest silence after which the accepting side ended one'),
  longestGapNs: nanoseconds.nullable().describe('In which a server had no connection'),
  showsClientCertificate: z.boolean().nullable(),
});
