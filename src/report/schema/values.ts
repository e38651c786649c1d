/** The values that all documents are made of. */
import { z } from 'zod';

/** A number of things, or of bytes. */
export const count = z.int().nonnegative();
/** An instant. Whole seconds in 64 bits, as a capture may count them, reach years of twelve digits. */
export const time = z
  .string()
  .regex(/^[+-]?\d{4,12}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/)
  .describe('Instant in UTC, nanoseconds written out');
/** Without a port. */
export const address = z.string().describe('IPv4 dotted, IPv6 as RFC 5952 writes it');
/** A TCP port. */
export const port = z.int().min(0).max(65535);
/** One packet of its capture. */
export const packetNumber = z.int().positive().describe('frame.number in Wireshark: 1-based within its capture');
/** How bad it is. */
export const severity = z
  .enum(['critical', 'warning', 'notice'])
  .describe('critical: requests failed; warning: will fail, or failed softly; notice: worth knowing');

/** Address and port. */
export const endpoint = z.object({ address, port });
