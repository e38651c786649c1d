import { z } from 'zod';
import { count, nanoseconds } from './figures.js';

/** The figures of rules/h2-window-stall. */
export const h2WindowStallFacts = z.object({
  uploads: count.describe('Requests whose body the server let stand still'),
  unreadAnswers: count.describe('Answers of which the client took no more, to their end'),
  starvedConnections: count.describe('Connections whose client used up their window and asked for more'),
  minStalledNs: nanoseconds,
  maxStalledNs: nanoseconds,
  givenWindow: count.describe('Stalls that a WINDOW_UPDATE or a setting ended'),
  resetByClient: count.describe('Stalls whose stream the client reset'),
});
