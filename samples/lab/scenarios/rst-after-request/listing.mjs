/** What tshark reads in a capture, one record per TCP packet. */
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

const TEXTS = new Set(['from', 'to', 'options', 'method', 'target', 'viewer', 'retransmission']);

/**
 * Reads a capture (take.mjs). `time` stays in nanoseconds (a bigint); what a packet does not have is `null`.
 * Two responses in one packet would be joined by a comma: the clients here do not pipeline.
 */
export async function listingOf(capture) {
  const records = await capture.records(Object.values(FIELDS), 'tcp');
  return records.map((record) =>
    Object.fromEntries(Object.entries(FIELDS).map(([name, field]) => [name, parsed(name, record[field])])),
  );
}

function parsed(name, text) {
  if (text === '') return null;
  if (name === 'time') return BigInt(text.replace('.', ''));
  return TEXTS.has(name) ? text : Number(text);
}
