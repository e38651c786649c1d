/**
 * A capture as an operator takes it: tcpdump on a host's device, whole packets, microseconds. It counts
 * only when the kernel dropped nothing and every packet that passed the device is in the file.
 */
import { until } from './program.mjs';

/** Kernel buffer, KiB: many times a whole sample, so that a busy machine loses nothing. */
const BUFFER_KIB = 16384;

const STATISTICS = /(\d+) packets? captured\D+(\d+) packets? received by filter\D+(\d+) packets? dropped by kernel/g;

/** Starts tcpdump on the host, writing `file`; returns once it captures. */
export async function startCapture(host, { file, device, filter = '', snapLength = 0, options = [] }) {
  const how = ['-n', '-s', String(snapLength), '-B', String(BUFFER_KIB), '--immediate-mode', '-U', '-Z', 'root'];
  const tcpdump = await host.start({
    name: `tcpdump on ${host.name}`,
    command: ['tcpdump', '-i', device, ...how, ...options, '-w', file, ...(filter === '' ? [] : [filter])],
    ready: /listening on/,
  });
  return {
    file,
    /** Ends it once everything that passed the device is written, and gives the number of packets. */
    async stop() {
      await until('tcpdump to have written every packet', () => everythingWritten(tcpdump));
      await tcpdump.end('SIGINT');
      const { captured, received, dropped } = statisticsOf(tcpdump).at(-1);
      if (dropped > 0 || captured !== received) {
        throw new Error(`the capture is not whole: ${captured} of ${received} packets, ${dropped} dropped`);
      }
      return captured;
    },
  };
}

/** SIGUSR1 makes tcpdump print its counters. */
async function everythingWritten(tcpdump) {
  const before = statisticsOf(tcpdump).length;
  tcpdump.signal('SIGUSR1');
  const statistics = await until('the counters of tcpdump', () => statisticsOf(tcpdump)[before] ?? null);
  return statistics.captured === statistics.received ? statistics : null;
}

function statisticsOf(tcpdump) {
  return [...tcpdump.text.matchAll(STATISTICS)].map(([, captured, received, dropped]) => ({
    captured: Number(captured),
    received: Number(received),
    dropped: Number(dropped),
  }));
}
