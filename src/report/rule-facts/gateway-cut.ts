import { z } from 'zod';
import { count, nanoseconds } from './figures.js';

/** The figures of rules/gateway-cut. */
export const gatewayCutFacts = z.object({
  protocol: z.enum(['fastcgi', 'ajp', 'uwsgi']).describe('What the first of the connections begins with'),
  read: count.describe('Requests that were acknowledged and not answered'),
  crossed: count.describe('Requests on idle connections that the server gave up meanwhile'),
  early: count.describe('Requests that were still being sent when the server, which had begun to answer, reset'),
  byReset: count.describe('Those that ended by RST, not FIN'),
  minDelayNs: nanoseconds.describe('From the last data of a request that was read to the end; 0 where there is none'),
  maxDelayNs: nanoseconds,
  connectionsOfServer: count,
  connectionsWithAnswer: count.describe('Those on which the server said something'),
  toldInFront: count.describe('Answers 502, 503 and 504 that clients of a web server in front were given for it'),
});
