/**
 * Which of the two time-outs to move, in the syntax of each component, with the capture's numbers
 * (docs/rules/keepalive-race.md): the server must be the last to give up.
 */

import type { Remedy } from '../../facts/finding.js';
import { capitalised } from '../../text/capitalised.js';
import { durationText, secondsText } from '../../text/duration.js';
import { timeoutText } from '../argument/figures.js';
import type { Case } from './case.js';
import { reloadRemedies } from './reload-remedies.js';

/** Longer than the 60 s for which ALB and nginx keep idle connections to a server unless told otherwise. */
const USUAL_SECONDS = 75;
/** The server outlives the client's time-out by this part of it. */
const AHEAD = 1.25;
/** The client gives up this part of the server's time-out before it. */
const BEHIND = 0.8;
/** Answers may take so long: an ALB that waits no longer for one than less answers 504 in its place. */
const MIN_ALB_SECONDS = 30;
/** Node's own time for a head, which has to be longer than its idle time-out in old versions and never need be shorter. */
const HEADERS_SECONDS = 60;
const RESEND = 'let it resend what was lost, which the server never read';

/** Changes at the server, the likely software first, then at its client. */
export function remediesOf(subject: Case): Remedy[] {
  const { kind, sorts } = subject;
  const stale = sorts.stalePool > 0 ? [staleClient(subject)] : [];
  if (kind === 'reload') return [...reloadRemedies(subject), ...stale, ...resending(RESEND)];
  const server = atServer(subject);
  const client = atClient(subject);
  if (kind === 'stale-pool') return [staleClient(subject), ...client, ...server];
  return [...server, ...client, ...stale];
}

/** Where all causes are ruled out no time-out is known to be wrong: what was lost can be sent again, and the server may know why. */
export function unexplainedRemedies(): Remedy[] {
  return [
    {
      component: 'server',
      text: 'Look in its log for why it closed connections at these moments: no time-out, limit or reload that the capture shows explains it.',
      config: null,
    },
    ...resending(RESEND),
  ];
}

/** Seconds that the server should keep idle connections. */
function serverSeconds({ clientTimeout, lostReuse, longestAnswered }: Case): number {
  if (clientTimeout !== null) return Math.max(1, Math.ceil(clientTimeout.seconds * AHEAD));
  const longest = Math.max(lostReuse?.highest ?? 0, longestAnswered?.idleNs ?? 0) / 1e9;
  return Math.max(USUAL_SECONDS, Math.ceil(longest * AHEAD));
}

function why(subject: Case): string {
  const { clientTimeout, lostReuse } = subject;
  if (clientTimeout !== null) return `above the ${secondsText(clientTimeout.seconds)} of its client`;
  if (lostReuse === null) return 'above the idle time-out of its client (ALB and nginx keep them for 60 s unless set)';
  return `above the idle time-out of its client, which used a connection after ${secondsText(lostReuse.highest / 1e9)} (ALB and nginx keep them for 60 s unless set)`;
}

interface Component {
  readonly component: string;
  /** What names it in a `Server` field. */
  readonly token: RegExp;
  readonly config: (seconds: number) => string;
}

const SERVERS: readonly Component[] = [
  { component: 'nginx', token: /^(?:nginx|openresty|tengine)/i, config: (s) => `keepalive_timeout ${s}s;` },
  { component: 'apache', token: /^apache(?!-coyote)/i, config: (s) => `KeepAliveTimeout ${s}` },
  {
    component: 'node',
    token: /^(?:express|node|next\.js)/i,
    config: (s) =>
      `server.keepAliveTimeout = ${s * 1000};\nserver.headersTimeout = ${Math.max(HEADERS_SECONDS, s + 1) * 1000};`,
  },
  { component: 'gunicorn', token: /^gunicorn/i, config: (s) => `gunicorn --keep-alive ${s} ...` },
  { component: 'uvicorn', token: /^uvicorn/i, config: (s) => `uvicorn --timeout-keep-alive ${s} ...` },
  { component: 'puma', token: /^puma/i, config: (s) => `persistent_timeout ${s}` },
  {
    component: 'tomcat',
    token: /^(?:apache-coyote|tomcat)/i,
    config: (s) => `<Connector ... keepAliveTimeout="${s * 1000}"/>\nserver.tomcat.keep-alive-timeout=${s}s`,
  },
  { component: 'jetty', token: /^jetty/i, config: (s) => `jetty.http.idleTimeout=${s * 1000}` },
  {
    component: 'kestrel',
    token: /^kestrel/i,
    config: (s) => `options.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(${s});`,
  },
  { component: 'go', token: /^go\b/i, config: (s) => `http.Server{IdleTimeout: ${s} * time.Second}` },
  { component: 'lighttpd', token: /^lighttpd/i, config: (s) => `server.max-keep-alive-idle = ${s}` },
  {
    component: 'caddy',
    token: /^caddy/i,
    config: (s) => `{\n  servers {\n    timeouts {\n      idle ${s}s\n    }\n  }\n}`,
  },
  { component: 'haproxy', token: /^haproxy/i, config: (s) => `timeout http-keep-alive ${s}s` },
  {
    component: 'envoy',
    token: /^(?:envoy|istio-envoy)/i,
    config: (s) => `common_http_protocol_options: { idle_timeout: ${s}s }`,
  },
];
/** Shown where the server does not say what it is. */
const COMMON: ReadonlySet<string> = new Set(['nginx', 'apache', 'node', 'gunicorn', 'tomcat', 'haproxy', 'envoy']);

function unknownText(name: string): string {
  return name === ''
    ? 'What the server is its answers do not say'
    : `Its answers say "Server: ${name}", for which no setting is known here`;
}

function atServer(subject: Case): Remedy[] {
  const seconds = serverSeconds(subject);
  const name = subject.software?.value ?? '';
  const known = SERVERS.find(({ token }) => token.test(name));
  const now = subject.timeout === null ? '' : ` (now ${timeoutText(subject.timeout.seconds, subject.timeout.samples)})`;
  const text = `Let the server keep idle connections for ${secondsText(seconds)}${now}, ${why(subject)}.`;
  const [node] = SERVERS.filter(({ component }) => component === 'node' && isNodeLike(subject));
  if (known === undefined && node !== undefined)
    return [
      {
        component: node.component,
        text: `${text} It announces a time-out and keeps it for a second longer, as Node does.`,
        config: node.config(seconds),
      },
    ];
  if (known !== undefined)
    return [
      { component: known.component, text: `${text} Its answers say "Server: ${name}".`, config: known.config(seconds) },
    ];
  return SERVERS.filter(({ component }) => COMMON.has(component)).map(({ component, config }, at) => ({
    component,
    text: at === 0 ? `${text} ${unknownText(name)}; where it is this:` : 'Where it is this:',
    config: config(seconds),
  }));
}

/** Node adds a second to what it announces (measured on Node 20). */
function isNodeLike({ announced, timeout }: Case): boolean {
  if (announced === null || timeout === null || !timeout.isEstimate) return false;
  return Math.abs(timeout.seconds - announced.seconds - 1) <= 0.02 * timeout.seconds;
}

function atClient({ timeout, sorts }: Case): Remedy[] {
  const again =
    sorts.abort + sorts.expiry > 0
      ? 'let it resend what was lost (what its kernel had acknowledged may have been begun)'
      : RESEND;
  if (timeout !== null) {
    const remedies: Remedy[] = [];
    const below = clientTime(timeout.seconds);
    remedies.push({
      component: 'nginx, in front',
      text: `Or let it close idle connections first, after ${below.text}; and ${again} (GET and the like only).`,
      config: `upstream NAME {\n  server BACKEND;\n  keepalive 32;\n  keepalive_timeout ${below.unit};\n}\nproxy_next_upstream error timeout;`,
    });
    remedies.push({
      component: 'haproxy, in front',
      text: `It closes half of its idle connections every pool-purge-delay: a shorter one makes the loss rarer. And ${again}.`,
      config: `default-server pool-purge-delay ${below.unit}\nretry-on conn-failure empty-response\nhttp-request disable-l7-retry if METH_POST`,
    });
    remedies.push({
      component: 'envoy, in front',
      text: 'Let it close idle connections first, and resend what was reset.',
      config: `common_http_protocol_options: { idle_timeout: ${below.exact}s }\nretry_policy: { retry_on: "reset-before-request,connect-failure" }`,
    });
    if (below.whole < timeout.seconds) {
      remedies.push({
        component: 'apache, in front',
        text: 'Let it close idle connections first.',
        config: `ProxyPass / http://NAME/ ttl=${below.whole}`,
      });
      remedies.push(albInFront(below.whole));
    }
    return remedies;
  }
  return resending(again);
}

/** An ALB waits no longer for an answer, or for its clients, than it keeps idle connections to a server. */
function albInFront(seconds: number): Remedy {
  const component = 'alb, in front';
  if (seconds < MIN_ALB_SECONDS)
    return {
      component,
      text: `Move the server’s time-out, not the load balancer’s: at ${secondsText(seconds)} it would answer 504 to all that takes longer (60 s unless set).`,
      config: null,
    };
  return {
    component,
    text: 'Let it close idle connections first. The time holds for its clients too, and for how long an answer may take, so the server is the better place (60 s unless set).',
    config: `aws elbv2 modify-load-balancer-attributes --load-balancer-arn ARN --attributes Key=idle_timeout.timeout_seconds,Value=${seconds}`,
  };
}

/** Whoever stands in front sends again what was lost. */
function resending(again: string): Remedy[] {
  const text = `${capitalised(again)}.`;
  return [
    {
      component: 'haproxy, in front',
      text,
      config: 'retry-on conn-failure empty-response\nhttp-request disable-l7-retry if METH_POST',
    },
    { component: 'nginx, in front', text, config: 'proxy_next_upstream error timeout;' },
  ];
}

function staleClient({ incidents }: Case): Remedy {
  const known = Math.max(...incidents.map(({ knownForNs }) => knownForNs ?? 0));
  return {
    component: 'client',
    text: `The client must look at a pooled connection before it uses it, or give it up by age: it had the FIN for up to ${durationText(known)}. Node: agentkeepalive with freeSocketTimeout; Java: validateAfterInactivity; do not block the event loop.`,
    config: null,
  };
}

/** A time below the server's, as each syntax wants it. */
function clientTime(seconds: number): { text: string; unit: string; exact: number; whole: number } {
  const exact = seconds * BEHIND;
  const whole = Math.max(1, Math.floor(exact));
  if (exact >= 2) return { text: secondsText(whole), unit: `${whole}s`, exact: whole, whole };
  // Nobody sets single milliseconds; rounded down, it stays below the server's.
  const ms = exact >= 0.2 ? Math.floor(exact * 10) * 100 : Math.max(1, Math.floor(exact * 1000));
  return { text: secondsText(ms / 1000), unit: `${ms}ms`, exact: ms / 1000, whole };
}
