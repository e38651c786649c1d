import { z } from 'zod';
import { count } from './figures.js';

/** The figures of rules/cross-sni-reuse. */
export const crossSniReuseFacts = z.object({
  kind: z
    .enum(['misrouted', 'rejected', 'retried', 'harmless', 'undecided', 'encrypted'])
    .describe(
      'misrouted: the wrong server answered; rejected, retried: 421, without and with a retry that got through; encrypted: seen from outside',
    ),
  basis: z
    .enum([
      'other-server',
      'other-page',
      'same-page-and-server',
      'not-found',
      'by-name',
      'same-server',
      'same-answer',
      'same-page',
      'dns',
      'none',
    ])
    .describe('What the kind rests on: servers behind, pages, answers on connections of the right name, DNS'),
  pairs: z
    .array(z.object({ serverName: z.string(), authority: z.string(), requests: count }))
    .describe('Names of connections, and of requests on them'),
  clientIsGateway: z.boolean(),
  certificateCoversBoth: z.boolean().nullable().describe('null: not readable'),
  originFrameNamesIt: z.boolean().describe('The server offered the name in an ORIGIN frame'),
  offersEch: z.boolean().describe('The ClientHello carries Encrypted Client Hello, real or GREASE'),
  backServersOfReused: z.array(z.string()).describe('Servers behind the proxy that these requests reached'),
  backServersOfRightName: z.array(z.string()).describe('... that requests on connections of the right name reached'),
  backServersOfConnectionName: z.array(z.string()).describe('... that requests for the connection’s own name reached'),
  statuses: z.record(z.string(), count).describe('Answers by status; none: not seen'),
  uncountedRequests: count.describe('Further such requests, of names beyond those that are kept; normally 0'),
});
