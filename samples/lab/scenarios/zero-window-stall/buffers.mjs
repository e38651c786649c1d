/** Hosts whose sockets hold little, so that a sample of some kilobytes fills them. */

export const SMALL_BUFFERS = ['net.ipv4.tcp_rmem=4096 8192 8192', 'net.ipv4.tcp_wmem=4096 8192 8192'];

/** How long a reader looks away: so long that it is felt, and as a busy program does. */
export const LONG_MS = 1500;
export const SHORT_MS = 160;

/** The sender asks whether the window is still closed, with an acknowledgement one byte back (RFC 9293 §3.8.6.1): it lasts. */
export const PROBED = (receiver, count) => ({
  what: 'probe of a closed window',
  filter: `ip.dst == ${receiver} && tcp.analysis.keep_alive`,
  count,
  fault: true,
});

export const CLOSED = (from, count) => ({
  what: 'window of 0',
  filter: `ip.src == ${from} && tcp.window_size_value == 0 && tcp.flags.reset == 0`,
  count,
});
