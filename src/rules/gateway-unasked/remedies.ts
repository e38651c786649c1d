/** What to change, by how the answers were given and whose they are (docs/rules/gateway-unasked.md). */
import type { Remedy } from '../../facts/finding.js';
import { manyText, timeoutText } from '../argument/figures.js';
import type { Case, Manner } from './case.js';
import type { Product } from './tally.js';

const LOGS: Readonly<Record<Manner, Remedy>> = {
  phase: {
    component: 'gateway log',
    text: 'It says why nobody was asked: nginx "no live upstreams while connecting to upstream", HAProxy "Server … is DOWN, reason: …" and SC-- with <NOSRV>, Apache "AH01102" or "All workers are in error state", Envoy UH, Varnish "no backend connection". Nothing is to be found in the application’s log: it was not asked.',
    config: null,
  },
  queue: {
    component: 'gateway log',
    text: 'HAProxy writes sQ-- and the time spent in the queue (%Tw), Envoy UO. Nothing is to be found in the application’s log: it was not asked.',
    config: null,
  },
  among: {
    component: 'gateway log',
    text: 'nginx’s error log says "limiting requests, excess: …" or "limiting connections by zone"; where it says nothing, look for "return 503".',
    config: null,
  },
};

const PHASE: readonly (readonly [Product, Remedy])[] = [
  [
    'nginx',
    {
      component: 'nginx',
      text: 'After max_fails failures within fail_timeout (1 and 10 s unless set) a server of several is not asked for as long; once none is left every request is answered 502 at once. A single slow or failing page takes all down so: allow more failures, and count fewer things as one.',
      config:
        'upstream app {\n  server BACKEND:8080 max_fails=5 fail_timeout=2s;\n}\nproxy_next_upstream error timeout;',
    },
  ],
  [
    'haproxy',
    {
      component: 'haproxy',
      text: 'See what the health check asks and what it was answered ("show servers state", the log’s "Server … is DOWN, reason"): let it ask for something that fails only when the server does, and more than once.',
      config:
        'option httpchk GET /health\nhttp-check expect status 200\nserver s1 BACKEND:8080 check inter 2s fall 3 rise 2\n# asked when the others are down: nothing checks it\nserver last BACKEND:8081 backup',
    },
  ],
  [
    'apache',
    {
      component: 'apache',
      text: 'A worker that failed once is not asked for "retry" seconds (60 unless set), though the server may be back at once.',
      config: 'ProxyPass "/" "http://BACKEND:8080/" retry=1',
    },
  ],
  [
    'caddy',
    {
      component: 'caddy',
      text: 'Passive health checks take a server out for fail_duration after max_fails failures (1 unless set): allow more of them, or wait for another.',
      config: 'reverse_proxy BACKEND:8080 {\n  fail_duration 5s\n  max_fails 5\n  lb_try_duration 5s\n}',
    },
  ],
  [
    'varnish',
    {
      component: 'varnish',
      text: 'See what its probe was answered ("varnishadm backend.list -p"), and what it takes to be healthy.',
      config: '.probe = { .url = "/health"; .interval = 5s; .window = 8; .threshold = 3; }',
    },
  ],
  [
    'envoy',
    {
      component: 'envoy',
      text: 'See health checks and outlier detection (/clusters), and the panic threshold, below which it asks all hosts whatever their health.',
      config: 'outlier_detection: { consecutive_5xx: 10, base_ejection_time: 5s, max_ejection_percent: 50 }',
    },
  ],
];

/** The remedies that fit. */
export function remediesOf(subject: Case): Remedy[] {
  const { manner, product, first } = subject;
  if (manner === 'queue') return [queueRemedy(subject), LOGS.queue];
  if (product === 'nginx' && first.status === 503) return [LIMIT, LOGS.among];
  const fitting = PHASE.filter(([of]) => product === null || of === product).map(([, remedy]) => remedy);
  return [LOGS[manner], ...fitting];
}

const LIMIT: Remedy = {
  component: 'nginx',
  text: 'A limit of its own, or a "return 503": allow bursts, count by something that tells clients apart (behind a balancer all have its address: real_ip), and say 429, so that nobody takes it for a failure.',
  config:
    'limit_req_zone $binary_remote_addr zone=perip:10m rate=20r/s;\nlimit_req zone=perip burst=50 nodelay;\nlimit_req_status 429;\nset_real_ip_from 10.0.0.0/8;\nreal_ip_header X-Forwarded-For;',
};

function queueRemedy({ mostInProgress, queueSeconds, answers, product }: Case): Remedy {
  const after = queueSeconds === null ? '' : ` for ${timeoutText(queueSeconds, answers.length)}`;
  const isHaproxy = product === null || product === 'haproxy';
  return {
    component: isHaproxy ? 'haproxy' : 'gateway',
    text: `No more than ${manyText(mostInProgress, 'request was', 'requests were')} in progress behind at any time, and what came then waited${after} in vain: make the slow ones faster, add servers, or allow more at a time if the servers can take them. A longer queue only makes clients wait longer; those that nobody waits for any more should go first.`,
    config: isHaproxy
      ? `server s1 BACKEND:8080 maxconn ${2 * mostInProgress}\ntimeout queue 10s\noption abortonclose`
      : null,
  };
}
