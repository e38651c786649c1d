/** What to change (docs/rules/websocket-cut.md). */
import type { Remedy } from '../../facts/finding.js';
import { secondsText } from '../../text/duration.js';
import type { Case } from './case.js';

const COMES_BACK: Remedy = {
  component: 'client',
  text: 'Open it again after a cut, with a delay that is random and grows, and ask for what was missed: no WebSocket lasts for ever (RFC 6455 §7.2.3).',
  config: 'socket.onclose = () => setTimeout(connect, delay * (0.5 + Math.random()));',
};

const AT_ITS_END: readonly Remedy[] = [
  {
    component: 'application',
    text: 'On SIGTERM send each a Close frame (1001, or 1012 "service restart"), wait for the answers, and end then.',
    config: "process.on('SIGTERM', () => server.clients.forEach((socket) => socket.close(1012))); // ws",
  },
  {
    component: 'nginx',
    text: 'A reload leaves old workers to their connections unless it is told otherwise; ingress-nginx tells them 240 s.',
    config: 'worker_shutdown_timeout 1h;',
  },
  {
    component: 'haproxy',
    text: 'After a reload the old process stays until its connections end, or for so long. Idle ones can be ended step by step.',
    config: 'global\n    hard-stop-after 1h\n    close-spread-time 10m',
  },
  {
    component: 'kubernetes',
    text: 'Give the process the time that it needs to take its leave; at the end of it comes SIGKILL.',
    config: 'terminationGracePeriodSeconds: 120',
  },
];

/** The remedies that fit. */
export function remediesOf({ pattern, ageSeconds }: Case): Remedy[] {
  if (pattern === 'one-age' && ageSeconds !== null) return [...limits(ageSeconds), COMES_BACK];
  if (pattern === 'one-moment') return [...AT_ITS_END, COMES_BACK];
  return [
    {
      component: 'proxy',
      text: 'Its log says why it ended them: a limit, an error, a reload.',
      config: null,
    },
    COMES_BACK,
  ];
}

function limits(seconds: number): Remedy[] {
  const longer = Math.max(3600, Math.ceil(seconds * 2));
  return [
    {
      component: 'application',
      text: `Where it is the application that lets none last longer than ${secondsText(seconds)}: end them with a Close frame, so that clients know that they may come back.`,
      config: "socket.close(1001, 'too old'); // in place of terminate()",
    },
    {
      component: 'gcp-load-balancer',
      text: 'The time-out of the backend service is how long a WebSocket may last, busy or not: 30 s by default.',
      config: `gcloud compute backend-services update SERVICE --global --timeout=${longer}s`,
    },
    {
      component: 'envoy',
      text: 'max_connection_duration and max_stream_duration are limits on the age.',
      config: `common_http_protocol_options:\n  max_connection_duration: ${longer}s`,
    },
  ];
}
