/** The figures that rules put into `facts`, as schemas: one per rule, open for more. Loaded with schema.ts only. */
import { z } from 'zod';

const count = z.int().nonnegative();
const nanoseconds = z.number();

/** rules/rst-after-request. */
export const rstAfterRequestFacts = z.object({
  kind: z
    .enum(['forged', 'application-abort', 'stateless-reply', 'unattributed'])
    .describe('Who wrote the resets, as far as the packets say'),
  resetShape: z
    .enum(['A', 'A0', 'B', 'other'])
    .describe('A: stateless reply of a kernel; A0: closed port; B: abort of a socket'),
  forged: z.enum(['certain', 'likely', 'none']).describe("What the forgery tests say of the server's resets"),
  forgedWhere: z.enum(['inline-on-host', 'inline-mid-path', 'passive-sensor', 'unknown']).nullable(),
  forgeryTests: z.array(
    z.object({
      id: z.string(),
      result: z.enum(['positive', 'negative', 'not-applicable']),
      weight: z.enum(['decisive', 'strong', 'medium']),
      because: z.string(),
    }),
  ),
  capturePoint: z.enum(['server', 'client', 'between', 'loopback', 'unknown']).describe('Where the capture was taken'),
  farRoundTripNs: nanoseconds.nullable().describe('Round trip to the end that the capture point is far from'),
  minResetDelayNs: nanoseconds.describe('Request to RST'),
  medianResetDelayNs: nanoseconds,
  maxResetDelayNs: nanoseconds,
  fastestAnswerNs: nanoseconds.nullable().describe("The server's fastest answer to any request"),
  connectionAgeNs: nanoseconds.nullable(),
  requestBytes: count.nullable(),
  encrypted: z.boolean(),
  affectedConnections: count,
  connectionsOfServer: count,
  answeredRequestsOfServer: count,
  uncountedIncidents: count.describe('Further incidents at this server, beyond those that are told apart; normally 0'),
  incidentsAtUncountedServers: count.describe(
    'Further incidents of the run, at servers beyond those that are kept one by one; normally 0',
  ),
  healthChecks: count.describe('Occurrences that were health checks'),
  retriesJudged: count,
  retriedAndAnswered: count,
  retriedInVain: count,
  notRetried: count,
  attribute: z
    .looseObject({
      name: z.string(),
      value: z.string(),
      failedWithIt: count,
      answeredWithoutIt: count,
      p: z.number().describe("Fisher's exact test"),
    })
    .nullable()
    .describe('What all reset requests have and no answered one'),
});

/** rules/cross-sni-reuse. */
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
