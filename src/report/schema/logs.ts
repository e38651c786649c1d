/** How access logs and connections fit together (`--log`). */
import { z } from 'zod';
import { count, endpoint, time } from './values.js';

const logLine = z.object({
  file: count.describe('Index in logs.files'),
  line: z.int().positive().describe('Line in the file, from 1'),
  time: time.describe('When it was over, by the clock of the log'),
  status: z.int().nullable().describe('What the logger answered; null: nothing, or no HTTP'),
  targetStatus: z.int().nullable().describe('What the server behind it answered; null: nothing, or not in the log'),
  flags: z.string().nullable().describe('HAProxy’s termination flags'),
});

/** The part `logs` of a report. */
export const logs = z.object({
  files: z.array(z.object({ file: z.string(), lines: count, unreadable: count, failing: count })),
  clockOffsetSeconds: z
    .number()
    .nullable()
    .describe('Clock of the log less that of the capture; null: could not be told'),
  counts: z
    .object({ tied: count, withoutConnection: count, resetsWithoutLine: count, notCompared: count })
    .describe(
      'All of them, where the lists hold the first; notCompared: failing lines and connections beyond what is kept',
    ),
  tied: z.array(logLine.extend({ stream: count, by: z.enum(['client', 'server', 'address', 'time']) })),
  withoutConnection: z.array(logLine),
  resetsWithoutLine: z.array(z.object({ stream: count, client: endpoint, server: endpoint, time })),
});
