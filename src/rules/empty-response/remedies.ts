/** What to change, by the cause that is supported (docs/rules/empty-response.md). */
import type { Hypothesis, Remedy } from '../../facts/finding.js';
import { durationText } from '../../text/duration.js';
import { supportedIn } from '../argument/cause.js';
import { packetText, timeoutText } from '../argument/figures.js';
import { SEND_HEADER, TRY_HEADER } from '../argument/header-remedies.js';
import { mayWantHeader } from '../judgements/header-wanted.js';
import { settableSeconds } from '../judgements/timer-window.js';
import type { Case } from './case.js';

/** The remedies that fit, and how to live with it until then. */
export function remediesOf(subject: Case, hypotheses: readonly Hypothesis[]): Remedy[] {
  const supported = supportedIn(hypotheses);
  const remedies: Remedy[] = [];
  if (supported.has('process-ended')) remedies.push(...PROCESS_ENDED);
  if (supported.has('upstream-failure')) remedies.push(upstreamFailure(subject));
  if (supported.has('server-timer')) remedies.push(...serverTimer(subject));
  if (supported.has('dropped-on-purpose')) remedies.push(subject.attribute === null ? TOO_LARGE : DROPPED);
  if (supported.has('idle-race')) remedies.push(idleRace(subject));
  if (supported.has('proxy-header-missing')) remedies.push(...SEND_HEADER);
  if (remedies.length === 0)
    remedies.push(UNKNOWN, ...(mayWantHeader(subject.header) && subject.occurrences > 1 ? [TRY_HEADER] : []));
  return [...remedies, ...(subject.isAllH2 ? H2_MEANWHILE : MEANWHILE)];
}

const PROCESS_ENDED: readonly Remedy[] = [
  {
    component: 'host',
    text: 'The process or worker ended with requests in progress, or closed all that it had: find out why (crash, out of memory, restart, reload; of a balancer that hands TCP on, at the server behind it), and let it finish them before it stops.',
    config: "journalctl -k | grep -i 'out of memory'\njournalctl -u SERVICE --since '10 min ago'",
  },
  {
    component: 'kubernetes',
    text: 'Let the endpoint leave the service before the process stops.',
    config: 'lifecycle:\n  preStop:\n    exec:\n      command: ["sleep", "10"]\nterminationGracePeriodSeconds: 40',
  },
];

function upstreamFailure({ behind }: Case): Remedy {
  const failed = behind?.failed == null ? '' : ` (${packetText(behind.failed.packet)})`;
  if (behind?.isCut === true)
    return {
      component: 'proxy',
      text: `Mend what cut the answer behind it${failed}. It had passed nothing of that on yet, and closes, as Go’s ReverseProxy does; another in its place would answer 502 or pass on what there was.`,
      config: null,
    };
  return {
    component: 'proxy',
    text: `Mend what failed behind it${failed}. It tells its clients nothing where their connection was used before, as HAProxy does, so that they repeat the request themselves; let it repeat what is safe to repeat.`,
    config: 'option redispatch\nretries 3\nretry-on conn-failure empty-response # HAProxy',
  };
}

function serverTimer({ delay, occurrences }: Case): Remedy[] {
  const seconds = settableSeconds(delay.lowest);
  const timer = timeoutText(seconds, occurrences);
  return [
    {
      component: 'application',
      text: `A timer of ${timer} ends requests without an answer: raise it above the slowest request, or let it answer 503 or 504.`,
      config: null,
    },
    {
      component: 'gunicorn',
      text: `Where gunicorn kills a worker that works for longer than --timeout (30 s by default; ${timer} here):`,
      config: `gunicorn --timeout ${Math.ceil((seconds * 2) / 10) * 10} --graceful-timeout 30 APP`,
    },
  ];
}

const DROPPED: Remedy = {
  component: 'host',
  text: 'Look for a rule that drops such requests without a word (nginx "return 444", a deny list, a WAF), and let it answer 403 or 429 where they may be genuine.',
  config: "grep -rnE 'return +444|silent-drop' /etc/nginx /etc/haproxy",
};

const TOO_LARGE: Remedy = {
  component: 'server',
  text: 'Let the server take larger heads, or make them smaller (fewer cookies, shorter tokens and targets): servers that have no answer for a head above their limit just close (uWSGI, Twisted and Daphne).',
  config: `# uWSGI
buffer-size = 32768`,
};

function idleRace({ incidents }: Case): Remedy {
  const waited = Math.max(...incidents.map(({ waitNs }) => waitNs ?? 0));
  return {
    component: 'server',
    text: `The connection had waited ${durationText(waited)} for its request: give clients longer, so that a request does not meet the end of that time.`,
    config:
      '# HAProxy\ntimeout http-request 10s\n# nginx\nclient_header_timeout 60s;\n# Apache\nRequestReadTimeout header=20-40,MinRate=500',
  };
}

const UNKNOWN: Remedy = {
  component: 'application',
  text: 'Look in the log of the server and its workers at these times: a crash, a fatal error, a worker that was killed or recycled; packets say when and for which request, not why.',
  config: null,
};

/** Without a GOAWAY nobody knows which requests were begun. RFC 9113 §8.7. */
const H2_MEANWHILE: readonly Remedy[] = [
  {
    component: 'server',
    text: 'Where it ends on purpose: say GOAWAY first, finish the open streams, and close then, so that clients know what they may send again.',
    config: null,
  },
  {
    component: 'client',
    text: 'Until then, let clients send again what is safe to repeat (without a GOAWAY nobody knows which requests were begun, RFC 9113 §8.7); for gRPC by a retry policy, for methods that may run twice.',
    config:
      '"retryPolicy": { "maxAttempts": 3, "initialBackoff": "0.1s", "maxBackoff": "1s", "backoffMultiplier": 2, "retryableStatusCodes": ["UNAVAILABLE"] }',
  },
];

const MEANWHILE: readonly Remedy[] = [
  {
    component: 'haproxy',
    text: 'Until then, let a proxy before it repeat requests that are safe to repeat.',
    config: 'retry-on conn-failure empty-response',
  },
  {
    component: 'nginx',
    text: 'Until then, let a proxy before it try the next server (requests safe to repeat only).',
    config: 'proxy_next_upstream error timeout;',
  },
];
