/** Requests lost because a reload closes all connections of a busy pool at one moment. */
import { FRONT } from '../parts/front.mjs';
import { FIN } from '../parts/tshark.mjs';
import { collect } from './reload-race/readings.mjs';

const LOST = 4;
const BUSY = 'collector: works for 0.2 s without reading its sockets';
const LOOKS = 'collector: works for 0.2 s and reads its sockets meanwhile';

const resets = (count) => ({
  what: 'RST from the server, to each request sent after its FIN',
  filter: `tcp.flags.reset == 1 && ip.src == ${FRONT}`,
  count,
  fault: true,
  own: { segment: 'rst', from: `${FRONT}:80` },
});
const taken = (count) => ({
  what: '202 to the collector',
  filter: `http.response.code == 202 && ip.src == ${FRONT}`,
  count,
  own: { response: 202, from: `${FRONT}:80` },
});
const CLOSES = {
  what: "the server's FIN, all at one moment",
  filter: `${FIN} && ip.src == ${FRONT}`,
  count: [LOST, 2 * LOST],
  own: { segment: 'fin', from: `${FRONT}:80` },
};

export const scenario = {
  name: 'reload-race',
  about:
    'A web server is reloaded while its connections are in use: the old worker closes them all at one moment, each behind an answer that promised to keep it, and requests that cross these closes are lost.',
  programs: ['nginx'],
  samples: [
    {
      file: 'keepalive-race-reload.pcap',
      setUp:
        'nginx, and a collector that posts readings over a pool of four connections several times a second; nginx is reloaded; captured on the server',
      decisive: ['keepalive_timeout 75s;', 'nginx: reloaded (SIGHUP)', BUSY],
      wrong:
        'The old worker sends FIN on all four connections at once, less than half a second behind answers with Connection: keep-alive; the collector, at work, does not see them, and posts on each: four readings are reset and lost',
      diagnosis: `keepalive-race, reload: ${FRONT}:80 closes 4 connections at one moment, and 4 POSTs that it acknowledged nothing of are lost (critical, certain). Supported: a reload. Ruled out: an idle time-out, a limit of requests. Remedy: \`keepalive_min_timeout\` (nginx 1.27.4), a client that looks at its pool`,
      twin: 'keepalive-race-reload-healthy.pcap',
      differs: [`- ${BUSY}`, `+ ${LOOKS}`],
      marks: [resets([LOST, 2 * LOST]), CLOSES, taken(18)],
      take: (lab) => take(lab, BUSY),
      faults: (_, { statuses }) => lostFaults(statuses, LOST),
    },
    {
      file: 'keepalive-race-reload-healthy.pcap',
      setUp: 'the same reload, and the collector reads its sockets while it works',
      decisive: ['keepalive_timeout 75s;', 'nginx: reloaded (SIGHUP)', LOOKS],
      wrong: null,
      diagnosis: 'nothing: four connections closed at one moment, and the next readings come on new ones',
      marks: [resets(0), CLOSES, taken(22)],
      take: (lab) => take(lab, LOOKS),
      faults: (_, { statuses }) => lostFaults(statuses, 0),
    },
  ],
};

function take(lab, collector) {
  lab.setting('collector', collector);
  return collect(lab, { looks: collector === LOOKS });
}

function lostFaults(statuses, count) {
  const lost = statuses.filter((status) => status !== 202).length;
  return lost === count ? [] : [`${lost} readings of ${statuses.length} were lost (${statuses}); should be ${count}`];
}
