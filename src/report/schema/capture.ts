/** What a report says of the captures it read. */
import { z } from 'zod';
import { count, time } from './values.js';

/** How a capture's clock differs from another's. */
const clock = z
  .object({
    aheadSeconds: z.number().describe('Its clock less the other; below 0: it is behind'),
    driftPpm: z.number().describe('What it gains on the other, parts in a million'),
    reference: count.describe('Index of the capture whose clock is kept to'),
    by: z
      .enum(['packets', 'requests'])
      .describe('Compared by packets that two captures hold both, or by requests that a proxy handed on'),
    count: count.describe('How many of these there were'),
    withinSeconds: z.number().nonnegative().describe('The difference may be off by this much'),
  })
  .optional()
  .describe('Only where it differs: times in the report are set back by it, start is as in the file');

/** A capture, as far as it was read. */
export const capture = z.object({
  file: z.string().describe('As the user named it; stdin for standard input'),
  format: z.enum(['pcap', 'pcapng', 'text']).describe('text: what tcpdump, tshark or Wireshark printed'),
  linkTypes: z.array(z.string()).describe('Names of the link types in it, in order of appearance'),
  packets: count,
  bytes: count.describe('Bytes of the file read, after decompression'),
  start: time.nullable().describe('Time of the first packet; null without packets'),
  durationSeconds: z.number().describe('First packet to last'),
  droppedPackets: count
    .nullable()
    .optional()
    .describe('Packets that the capturing kernel or interface dropped; null when the capture does not say'),
  snappedPackets: count.optional().describe('Packets captured shorter than they were'),
  clock,
  timedBy: count
    .optional()
    .describe(
      'Index of the capture by whose clock its times are told: those of captures with the same can be compared',
    ),
  warnings: z.array(z.string()),
});

/** A capture, or the rest of one, that could not be read. */
export const captureError = z.object({
  file: z.string(),
  code: z.string().describe('not-found, not-readable, is-directory, empty, not-a-capture, unsupported or damaged'),
  offset: count.nullable().describe('Offset in the (decompressed) file; null when the error has no place'),
  reason: z.string(),
});
