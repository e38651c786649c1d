/**
 * A capture as an operator takes it: tcpdump on the server host's device, whole packets,
 * microseconds. It counts only when the kernel dropped nothing and every packet that passed the
 * device is in the file.
 */
import { inside, SERVER_DEVICE } from './network.mjs';
import { Program, run, until } from './program.mjs';

/** Kernel buffer, KiB: many times a whole sample, so that a busy machine loses nothing. */
const BUFFER_KIB = 16384;

const STATISTICS = /(\d+) packets? captured\D+(\d+) packets? received by filter\D+(\d+) packets? dropped by kernel/g;

/** Starts tcpdump in the namespace, writing `file`; returns once it captures. */
export async function startCapture(teardown, { namespace, file }) {
  const tcpdump = await Program.start(teardown, {
    name: 'tcpdump',
    command: inside(
      namespace,
      'tcpdump',
      '-i',
      SERVER_DEVICE,
      '-n',
      '-s',
      '0',
      '-B',
      String(BUFFER_KIB),
      '--immediate-mode',
      '-U',
      '-Z',
      'root',
      '-w',
      file,
    ),
    ready: /listening on/,
  });
  return {
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

/** Writes the capture `from` (classic pcap) as pcapng. */
export async function convertToPcapng(from, to) {
  await run('editcap', '-F', 'pcapng', from, to);
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
