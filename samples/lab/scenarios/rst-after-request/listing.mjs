/** What tshark reads in a capture, one record per TCP packet: the second opinion that a sample is checked with. */
import { run } from './program.mjs';

const FIELDS = {
  number: 'frame.number',
  time: 'frame.time_epoch',
  stream: 'tcp.stream',
  from: 'ip.src',
  fromPort: 'tcp.srcport',
  to: 'ip.dst',
  toPort: 'tcp.dstport',
  ttl: 'ip.ttl',
  ipId: 'ip.id',
  flags: 'tcp.flags',
  sequence: 'tcp.seq_raw',
  acknowledgement: 'tcp.ack_raw',
  window: 'tcp.window_size_value',
  length: 'tcp.len',
  options: 'tcp.options',
  method: 'http.request.method',
  target: 'http.request.uri',
  viewer: 'http.x_forwarded_for',
  status: 'http.response.code',
  retransmission: 'tcp.analysis.retransmission',
};

const NUMBERS = new Set([
  'number',
  'stream',
  'fromPort',
  'toPort',
  'ttl',
  'ipId',
  'flags',
  'sequence',
  'acknowledgement',
  'window',
  'length',
  'status',
]);

/**
 * Reads a capture. `time` stays in nanoseconds (a bigint); what a packet does not have is `null`.
 * Two responses in one packet would be joined by a comma: the lab's clients do not pipeline.
 */
export async function listingOf(file) {
  const names = Object.keys(FIELDS);
  const fields = names.flatMap((name) => ['-e', FIELDS[name]]);
  const text = await run('tshark', '-n', '-r', file, '-Y', 'tcp', '-T', 'fields', '-E', 'separator=/t', ...fields);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => recordOf(names, line.split('\t')));
}

function recordOf(names, values) {
  return Object.fromEntries(names.map((name, index) => [name, parsed(name, values[index] ?? '')]));
}

function parsed(name, text) {
  if (text === '') return null;
  if (name === 'time') return BigInt(text.replace('.', ''));
  return NUMBERS.has(name) ? Number(text) : text;
}
