import { z } from 'zod';
import { count } from './figures.js';

/** rules/asymmetric-path. */
export const asymmetricPathFacts = z.object({
  kind: z
    .enum(['other-address', 'other-way', 'bypassed', 'one-sided'])
    .describe('Who or what goes astray; bypassed: something on the way in, that the answers do not pass, resets'),
  differs: z.enum(['interface', 'vlan', 'neighbour']).nullable().describe('Between SYN and SYN-ACK'),
  clients: count.describe('Different clients among the occurrences shown'),
  requestInterface: z.int().nullable(),
  answerInterface: z.int().nullable(),
  answeredBy: z.string().nullable().describe('Endpoint that answers in place of the one asked'),
  resets: count.describe('Among the occurrences shown'),
  servedConnections: count.describe('Other connections of the server, which went well'),
});
