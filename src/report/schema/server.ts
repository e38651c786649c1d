/** What a report says of each server, whether or not anything failed. */
import { z } from 'zod';
import { address, count, port } from './values.js';

/** A server, by its address and port. */
export const server = z.object({
  address,
  port,
  names: z.array(z.string()).describe('Host names that clients or DNS used for it, most used first'),
  connections: count,
  exchanges: count
    .optional()
    .describe('As pcapdx flows counts them: responses without a request (a 408 on an idle connection) among them'),
  requests: count.optional().describe('Exchanges that have a request'),
  serverErrors: count.optional().describe('Responses with a status of 500 to 599'),
  resets: count.optional().describe('Connections that this server reset'),
  idleTimeoutSeconds: z
    .number()
    .nullable()
    .describe('Idle time after which the server closes; null when there is no sound estimate'),
  idleTimeoutSamples: count.describe('How many closes stand behind the estimate'),
  longestAnsweredIdleSeconds: z
    .number()
    .nullable()
    .optional()
    .describe('Longest idle period that was still answered: the time-out is at least this'),
  statuses: z
    .array(z.object({ status: z.int(), count }))
    .optional()
    .describe('Final responses by status'),
  requestTimeoutSeconds: z
    .number()
    .nullable()
    .optional()
    .describe(
      'Time after which the server gives up a connection without a request; null when there is no sound estimate',
    ),
  requestTimeoutSamples: count.optional(),
  roundTripToServerSeconds: z
    .number()
    .nullable()
    .optional()
    .describe('SYN to SYN-ACK, median: from the capture point to the server'),
  roundTripToClientsSeconds: z.number().nullable().optional().describe('SYN-ACK to ACK, median'),
  timeToFirstByte: z
    .object({
      samples: count,
      p50Seconds: z.number(),
      p95Seconds: z.number(),
      p99Seconds: z.number(),
      maxSeconds: z.number(),
    })
    .nullable()
    .optional()
    .describe('Request’s last byte to response’s first, percentiles to within 5 %'),
});
