/** What tshark reads in a capture: the second opinion that every sample is held to. */
import { run } from './program.mjs';

/** Tables beyond the defaults, so that each run on each machine answers alike. */
const ALIKE = ['-n', '-o', 'tcp.relative_sequence_numbers:TRUE', '-o', 'http.decompress_body:FALSE'];

/** Display filter: a FIN sent for the first time. One that is sent again, as where an ACK is late, ends nothing once more. */
export const FIN = 'tcp.flags.fin == 1 && !tcp.analysis.retransmission && !tcp.analysis.spurious_retransmission';

/** Numbers of the packets that a display filter selects. */
export async function framesOf(file, filter, options = []) {
  const records = await recordsOf(file, ['frame.number'], filter, options);
  return records.map((record) => Number(record['frame.number']));
}

/** For each packet that `filter` selects the named fields, as tshark prints them; several values are joined by a comma. */
export async function recordsOf(file, fields, filter, options = []) {
  const asked = fields.flatMap((name) => ['-e', name]);
  const text = await run(
    ...['tshark', ...ALIKE, ...options, '-r', file, '-Y', filter, '-T', 'fields', '-E', 'separator=/t', ...asked],
  );
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const values = line.split('\t');
      return Object.fromEntries(fields.map((name, index) => [name, values[index] ?? '']));
    });
}
