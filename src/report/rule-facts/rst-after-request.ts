import { z } from 'zod';
import { count, nanoseconds, timeWindow } from './figures.js';

/** The figures of rules/rst-after-request. */
export const rstAfterRequestFacts = z.object({
  kind: z
    .enum(['forged', 'application-abort', 'stateless-reply', 'unattributed'])
    .describe('Who wrote the resets, as far as the packets say'),
  resetShape: z
    .enum(['A', 'A0', 'B', 'other'])
    .describe('A: stateless reply of a kernel; A0: closed port; B: abort of a socket'),
  forged: z.enum(['certain', 'likely', 'none']).describe('What the forgery tests say of the server’s resets'),
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
  fastestAnswerNs: nanoseconds.nullable().describe('The server’s fastest answer to any request'),
  connectionAgeNs: nanoseconds.nullable(),
  requestBytes: count.nullable(),
  encrypted: z.boolean(),
  outstanding: z
    .enum(['request', 'application-data', 'unknown-bytes', 'uncaptured-bytes'])
    .describe(
      'What stood unanswered: a request, TLS application data (most likely one), bytes of TLS, or bytes that were not captured',
    ),
  affectedConnections: count,
  connectionsOfServer: count,
  lostRequests: count.describe('In HTTP/2 a connection may lose several'),
  answeredRequestsOfServer: count,
  byTime: z
    .array(z.object({ fromSeconds: z.number(), seconds: z.number(), failed: count, answered: count }))
    .describe('Requests reset and answered by time, from the run’s first packet; stretches without either left out'),
  timeWindow: timeWindow.optional().describe('When all were reset and nobody was answered, beyond chance'),
  affected: z
    .array(z.object({ attribute: z.string(), value: z.string(), failed: count, answered: count }))
    .describe(
      'Who asked: the most frequent values of the reset requests, and how many sampled answered requests have them',
    ),
  answeredSampled: count.describe('Answered requests that affected compares with'),
  affectedClients: count.nullable().describe('Different clients; null: too many to count'),
  abandonedByClients: count.describe('Connections that clients themselves reset while they waited: not counted above'),
  uncountedIncidents: count.describe('Further incidents at this server, beyond those that are told apart; normally 0'),
  incidentsAtUncountedServers: count.describe(
    'Further incidents of the run, at servers beyond those that are kept one by one; normally 0',
  ),
  healthChecks: count.describe('Occurrences that were health checks'),
  retriesJudged: count,
  retriedAndAnswered: count,
  retriedInVain: count,
  notRetried: count,
  retriedElsewhere: count.describe('Of those retried and answered: by another server'),
  attribute: z
    .looseObject({
      name: z.string(),
      value: z.string(),
      failedWithIt: count,
      answeredWithoutIt: count,
      answeredWithItBefore: count.describe('Before the first reset: a ban takes effect at one moment'),
      isSinceFirst: z.boolean().describe('true: compared with what was answered from the first reset on'),
      p: z.number().describe('Fisher’s exact test'),
    })
    .nullable()
    .describe('What all reset requests have and no answered one'),
});
