/** What to change, by what the GOAWAYs cost and what they have in common. */
import type { Remedy } from '../../facts/finding.js';
import { H2_ERROR } from '../../facts/h2.js';
import type { Case } from './case.js';
import { isOwnFailure } from './farewell.js';
import { refusedHeads } from './large-head.js';

/** Requests of a connection that cost more to carry than a new connection does: none does, at this number. */
const MANY_REQUESTS = 10_000;

/** What to change, by the causes that the packets support. */
export function remediesOf(subject: Case): Remedy[] {
  const isForHeads = refusedHeads(subject) !== null;
  return [...(isForHeads ? TOO_LARGE : []), ...othersOf(subject, isForHeads)];
}

function othersOf(subject: Case, isForHeads: boolean): Remedy[] {
  const { farewells, counts, first, limit, idle, ageSeconds, retries } = subject;
  const remedies: Remedy[] = [];
  if (first.code === H2_ERROR.enhanceYourCalm)
    remedies.push({
      component: 'client',
      text: `${isForHeads ? 'Or the server is' : 'The server is'} asked too often: for gRPC, keep-alive pings no more often than every 5 minutes and not without a stream; else fewer requests, resets or pings.`,
      config: 'grpc.keepalive_time_ms=300000\ngrpc.keepalive_permit_without_calls=0',
    });
  if (counts.cut > 0 && farewells.some((one) => one.code === H2_ERROR.none && one.counts.cut > 0))
    remedies.push(
      {
        component: 'kubernetes',
        text: 'Give the server longer between the GOAWAY and its end than its slowest request takes.',
        config: 'terminationGracePeriodSeconds: 60',
      },
      {
        component: 'systemd',
        text: 'Give the server longer between the signal to stop and its end than its slowest request takes.',
        config: 'TimeoutStopSec=60',
      },
    );
  if (farewells.some(({ code, lost }) => code === H2_ERROR.none && lost.some((one) => one.isToldUnavailable)))
    remedies.push({
      component: 'grpc',
      text: 'Where the server ends connections of a certain age: give its calls longer then than the slowest takes (Go: MaxConnectionAgeGrace).',
      config: 'grpc.max_connection_age_grace_ms=60000',
    });
  if (counts.refused + counts.late > 0)
    remedies.push(
      ...(retries.judged > 0 && retries.answered === retries.judged ? [] : [SEND_AGAIN]),
      ...(first.code !== H2_ERROR.none ? [] : idle === null ? overLimits(limit, ageSeconds) : LONGER_IDLE),
    );
  if (remedies.length === 0 || (first.code !== H2_ERROR.none && first.code !== H2_ERROR.enhanceYourCalm))
    remedies.unshift({
      component: isOwnFailure(first.code) ? 'server' : 'client',
      text: isOwnFailure(first.code)
        ? `The server failed itself (${first.codeName}): its log says at what.`
        : `The server holds what was sent for wrong (${first.codeName}): its log and the GOAWAY’s words say what.`,
      config: null,
    });
  return remedies;
}

/** A head that is sent again is refused again. */
const TOO_LARGE: readonly Remedy[] = [
  {
    component: 'client',
    text: 'Make cookies fewer and smaller, tokens and targets shorter; clear those of old sessions. Sent again as it is, such a request fails again.',
    config: null,
  },
  {
    component: 'nginx',
    text: 'Allow larger fields (8 KB each by default, as sent) and heads (4 times that).',
    config: 'large_client_header_buffers 4 32k;',
  },
  {
    component: 'haproxy',
    text: 'Allow larger heads (16 KB by default, of which 1 KB is kept for rewriting).',
    config: 'global\n    tune.bufsize 32768',
  },
];

/** For clients that let refused requests fail. */
const SEND_AGAIN: Remedy = {
  component: 'client',
  text: 'Streams above the last one were not processed: send them again on a new connection, whatever the method (RFC 9113 §8.7). Go: set Request.GetBody; Java gRPC: retry policy.',
  config: null,
};

/** A server that ends idle connections must outlast its clients, which may use them until then. */
const LONGER_IDLE: readonly Remedy[] = [
  {
    component: 'server',
    text: 'Keep idle connections for longer than clients do: nginx keepalive_timeout, HAProxy timeout http-keep-alive (timeout client without it), Apache KeepAliveTimeout, Go IdleTimeout.',
    config: null,
  },
  {
    component: 'client',
    text: 'Or let the client end idle connections first: nothing that it sends crosses the GOAWAY then. Go: http.Transport.IdleConnTimeout.',
    config: null,
  },
];

function overLimits(limit: number | null, ageSeconds: number | null): readonly Remedy[] {
  return [
    {
      component: 'nginx',
      text: `Let connections carry more requests${limit === null ? '' : ` than ${limit}`}.`,
      config: `keepalive_requests ${Math.max(MANY_REQUESTS, 10 * (limit ?? 0))};\nkeepalive_time ${Math.max(1, Math.ceil((2 * (ageSeconds ?? 0)) / 3600))}h;`,
    },
    {
      component: 'envoy',
      text: 'As the server: announce the end before it comes.',
      config: 'drain_timeout: 5s\ncommon_http_protocol_options:\n  max_requests_per_connection: 0',
    },
  ];
}
