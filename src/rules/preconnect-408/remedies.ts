/** What to change, in the syntax of whatever may have sent the 408 or the FIN, with the capture's numbers. */
import type { Remedy } from '../../facts/finding.js';
import { durationText } from '../../text/duration.js';
import { timeoutText } from '../argument/figures.js';
import type { Case } from './case.js';
import { LONG_S } from './causes.js';

/** A time-out for requests beyond this only keeps dead connections. */
const MAX_TIMEOUT_S = 60;

/** The component that the answers betray (docs/judging.md: support, no proof); `null`: none. */
type Product = 'haproxy' | 'apache' | 'node' | 'nginx' | null;

/** Remedies for the likeliest component first; for all of them where the answers do not say which it is. */
export function remediesOf(subject: Case): Remedy[] {
  const { counts, late } = subject;
  const remedies: Remedy[] = [];
  const product = productOf(subject);
  const wants = (name: Product) => product === null || product === name;
  const isNginx = wants('nginx') && (product === 'nginx' || saysNothing(subject));
  if (isNginx && counts.half.silent > 0) remedies.push(nginx(subject));
  if (wants('haproxy')) remedies.push(...haproxy(subject));
  if (isNginx && counts.half.silent === 0) remedies.push(nginx(subject));
  // Apache answers halves: what closes in the middle of one is another.
  if (wants('apache') && counts.half.silent === 0) remedies.push(apache(subject));
  if (wants('node') && !saysNothing(subject)) remedies.push(node(subject));
  if (late > 0 || counts['kept-alive'].status > 0) remedies.push(client(subject));
  return remedies;
}

/** Nothing but FINs was sent. */
function saysNothing({ counts }: Case): boolean {
  return counts.unused.status + counts.half.status + counts['kept-alive'].status + counts.unused.shape === 0;
}

function productOf({ incidents }: Case): Product {
  const told = incidents.find(({ farewell }) => farewell === 'status');
  if (told === undefined) return null;
  const product = told.product?.toLowerCase() ?? '';
  if (product.startsWith('apache')) return 'apache';
  if (product.startsWith('nginx')) return 'nginx';
  if (product !== '') return null;
  if (told.reason === 'Request Time-out') return 'haproxy';
  return told.reason === 'Request Timeout' && told.isBare ? 'node' : null;
}

/** Now, as far as it is known. */
function nowText({ estimate }: Case): string {
  if (estimate === null) return 'now not known';
  if (estimate.seconds !== null) return `now ${timeoutText(estimate.seconds, estimate.agreeing)}`;
  return `now ${durationText(estimate.lowestNs)} or less`;
}

/** Above the latest use that was seen and above what is short, rounded up to 5 s; `null`: it is long enough. */
function longer({ estimate, latestUseNs }: Case): number | null {
  const now = estimate === null ? 0 : (estimate.seconds ?? estimate.lowestNs / 1e9);
  const used = latestUseNs === null ? 0 : Math.ceil(((latestUseNs / 1e9) * 1.5) / 5) * 5;
  const wanted = Math.min(MAX_TIMEOUT_S, Math.max(LONG_S, used));
  return wanted > now ? wanted : null;
}

/** Tried with HAProxy 2.6: `timeout client 4s` beside `timeout http-request 10s` closes after 4 s. */
const SHORTER_COUNTS = ' A shorter timeout client must be raised as well: the shorter of the two counts.';

function haproxy(subject: Case): Remedy[] {
  const { counts } = subject;
  const seconds = longer(subject);
  const wait = seconds === null ? '' : `timeout http-request ${seconds}s\n`;
  const remedies: Remedy[] = [];
  if (counts.unused.status + counts.unused.shape > 0)
    remedies.push({
      component: 'haproxy',
      text: `Close unused connections without a 408 and without logging them; half a request still gets its 408. Better than "errorfile 408 /dev/null", which silences that one too, so that a slow client sees an empty reply.${seconds === null ? '' : ` And wait longer, ${nowText(subject)}: that costs the memory of the connections that are idle meanwhile, and lets a slowloris hold more of them.${SHORTER_COUNTS}`}`,
      config: `${wait}option http-ignore-probes`,
    });
  else if (counts.half.silent > 0)
    remedies.push({
      component: 'haproxy',
      text: `If an "errorfile 408 /dev/null" hides the 408: take it out, so that a client that is cut off in the middle is told why; option http-ignore-probes keeps unused connections quiet without it.${seconds === null ? '' : SHORTER_COUNTS}`,
      config: `${wait}option http-ignore-probes`,
    });
  else if (seconds !== null)
    remedies.push({
      component: 'haproxy',
      text: `Give clients longer, ${nowText(subject)}; without the line, timeout client rules.${SHORTER_COUNTS}`,
      config: wait.trimEnd(),
    });
  if (counts['kept-alive'].status > 0)
    remedies.push({
      component: 'haproxy',
      text: 'Between requests timeout http-keep-alive rules, and where it is not set, timeout http-request; HAProxy says nothing when it runs out. Set it above the idle time of the clients’ pools.',
      config: 'timeout http-keep-alive 75s',
    });
  return remedies;
}

function nginx(subject: Case): Remedy {
  const seconds = longer(subject);
  return {
    component: 'nginx',
    text: `nginx sends no 408, it closes; the 408 in its log is never sent. The time-out, ${nowText(subject)}, counts for unused connections and for half requests; its default of 60 s also holds slow clients longer.`,
    config: seconds === null ? null : `client_header_timeout ${MAX_TIMEOUT_S}s;`,
  };
}

function apache(subject: Case): Remedy {
  return {
    component: 'apache',
    text: `Apache answers halves with 408 and closes unused connections in silence; the time-out is ${nowText(subject)}. Let it grow with each byte that comes: slow clients get through, those that send nothing do not stay.`,
    config: 'RequestReadTimeout header=20-40,MinRate=500 body=20,MinRate=500',
  };
}

function node(subject: Case): Remedy {
  const byInterval = subject.estimate?.pattern === 'interval-check';
  return {
    component: 'node',
    text: `Node.js sends 408 when headersTimeout (default 60 s, ${nowText(subject)}) is over, which it looks for each connectionsCheckingInterval (30 s by default)${byInterval ? ', as seen here' : ''}; a longer time-out keeps slow and dead connections longer.`,
    config:
      longer(subject) === null
        ? null
        : 'server.headersTimeout = 60_000; // createServer({ connectionsCheckingInterval: 30_000 })',
  };
}

function client({ late, crossed }: Case): Remedy {
  const can =
    late > 0 && crossed === late
      ? 'Looking at the connection before its use would not have helped here: the requests had left.'
      : 'Before a request is written on a connection, check whether it is readable: then a 408 or its end is waiting there.';
  return {
    component: 'client',
    text: `${can} Repeat requests that are safe to repeat on another connection when the answer is a 408 with "Connection: close" (RFC 9110 §15.5.9).`,
    config: null,
  };
}
