/** What to change, by the cause that is supported (docs/rules/rst-after-request.md). */
import type { Hypothesis, Remedy } from '../../facts/finding.js';
import { attributeValueText } from '../argument/attribute-text.js';
import { supportedIn } from '../argument/cause.js';
import { SEND_HEADER, TRY_HEADER } from '../argument/header-remedies.js';
import { KEEP_OR_SAY_CLOSE } from '../argument/unsaid-close.js';
import { isOfLaterRequests } from '../judgements/discriminating-attribute.js';
import { stillWaits } from '../judgements/forger-place.js';
import { mayWantHeader } from '../judgements/header-wanted.js';
import type { Case } from './case.js';
import { oneHopOff } from './foreign-hand.js';
import { forgottenText } from './forgotten.js';

const WATCH_RESETS =
  'bpftrace -e \'kprobe:tcp_v4_send_reset,kprobe:tcp_send_active_reset{printf("%s %s\\n",comm,kstack)}\'';

/** The remedies that fit; when no cause is supported, how to find the writer of the resets. */
export function remediesOf(subject: Case, hypotheses: readonly Hypothesis[]): Remedy[] {
  const supported = supportedIn(hypotheses);
  const remedies: Remedy[] = [];
  if (supported.has('security-agent')) remedies.push(...securityAgent(subject));
  if (supported.has('proxy-header-missing')) remedies.push(...SEND_HEADER);
  if (supported.has('app-abort'))
    remedies.push(...(isOfLaterRequests(subject.attribute) ? [KEEP_OR_SAY_CLOSE, ...MEANWHILE] : APP_ABORT));
  if (isHeaderWorthATry(subject, supported)) remedies.push(TRY_HEADER);
  if (supported.has('process-dead') || supported.has('port-closed')) remedies.push(...PROCESS_DEAD);
  if (supported.has('resource-exhaustion')) remedies.push(...RESOURCES);
  if (supported.has('timeout')) remedies.push(...TIMEOUT);
  if (supported.has('protocol-violation')) remedies.push(...PROTOCOL);
  if (supported.has('network')) remedies.push(...NETWORK);
  if (remedies.length > 0) return remedies;
  const nextToIt = oneHopOff(subject) === null ? [] : [NEXT_TO_IT];
  const keptAlive = forgottenText(subject) === null ? [] : [keepAlive(subject)];
  return [...UNKNOWN, ...nextToIt, ...keptAlive];
}

/** One connection may have met anything. */
function isHeaderWorthATry({ header, occurrences }: Case, supported: ReadonlySet<string>): boolean {
  return (
    supported.has('app-abort') && !supported.has('proxy-header-missing') && occurrences > 1 && mayWantHeader(header)
  );
}

/** What resets each segment of the client has not seen the handshake: asymmetric-path tells it where two resets were captured. */
const OTHER_WAY: Remedy = {
  component: 'network',
  text: 'Check whether the server’s answers take another path than the requests: a firewall that has not seen the SYN-ACK takes what follows for unknown, and resets it.',
  config: null,
};

function securityAgent({ place, attribute, server, incident }: Case): Remedy[] {
  const key =
    attribute === null
      ? 'by client address or X-Forwarded-For'
      : `by ${attributeValueText(attribute.name, attribute.value)}`;
  const onHost: Remedy = {
    component: 'host',
    text: `Look through the block list of the host’s runtime protection, EDR or web agent for an entry ${key}, and exempt this server or remove the entry.`,
    config: null,
  };
  const filter: Remedy = {
    component: 'host',
    text: 'Look for a packet filter that answers with RST, on the server and on the host of its container.',
    config: 'iptables -S | grep REJECT\nnft list ruleset | grep -n "tcp reset"',
  };
  const path: Remedy = {
    component: 'network',
    text: `Look at the IPS or firewall between the hosts for a policy that resets ("reset both") ${key}.`,
    config: null,
  };
  const watch: Remedy = {
    component: 'host',
    text: 'Watch on the server whether its own kernel writes the resets: if nothing is printed while they occur, somebody else does.',
    config: WATCH_RESETS,
  };
  switch (place) {
    case 'inline-on-host':
      return [onHost, filter, watch];
    case 'inline-mid-path':
    case 'passive-sensor':
      return stillWaits(incident) ? [path, OTHER_WAY, watch] : [path, watch];
    default:
      return server.connections > 0 ? [onHost, filter, path, watch] : [onHost, path];
  }
}

const MEANWHILE: readonly Remedy[] = [
  {
    component: 'haproxy',
    text: 'Until then, let the proxy repeat requests that are safe to repeat.',
    config: 'retry-on conn-failure empty-response',
  },
  {
    component: 'nginx',
    text: 'Until then, let the proxy try the next server (requests safe to repeat only).',
    config: 'proxy_next_upstream error timeout;',
  },
];

const APP_ABORT: readonly Remedy[] = [
  {
    component: 'application',
    text: 'Read a request to its end before closing, answer instead of dropping, and do not close with SO_LINGER 0; look in the application log for a crash or a time-out of its worker at these times.',
    config: null,
  },
  ...MEANWHILE,
];

const PROCESS_DEAD: readonly Remedy[] = [
  {
    component: 'host',
    text: 'The process ended with requests unread: find out why (crash, out of memory, restart), and drain it before it is stopped.',
    config: "journalctl -k | grep -i 'out of memory'\njournalctl -u SERVICE --since '10 min ago'",
  },
  {
    component: 'kubernetes',
    text: 'Let the endpoint leave the service before the process stops.',
    config: 'lifecycle:\n  preStop:\n    exec:\n      command: ["sleep", "10"]\nterminationGracePeriodSeconds: 40',
  },
  {
    component: 'haproxy',
    text: 'Let requests that are safe to repeat go to another server.',
    config: 'option redispatch\nretry-on conn-failure empty-response',
  },
];

const RESOURCES: readonly Remedy[] = [
  {
    component: 'host',
    text: 'Look at dropped connections and memory pressure of the TCP stack, and enlarge the accept queue.',
    config: 'nstat -az TcpExtListenOverflows TcpExtTCPAbortOnMemory\nsysctl -w net.core.somaxconn=4096',
  },
];

const TIMEOUT: readonly Remedy[] = [
  {
    component: 'application',
    text: 'A timer of the server (worker or request time-out) ends the connection: raise it above the slowest request, or answer before it ends. Let the proxy in front wait less long than the server.',
    config: null,
  },
];

const PROTOCOL: readonly Remedy[] = [
  {
    component: 'application',
    text: 'The server drops requests that it dislikes without a word: let it answer 400 or 431, or raise the limit that they hit.',
    config: null,
  },
  { component: 'nginx', text: 'Where the head is too large:', config: 'large_client_header_buffers 4 32k;' },
];

const NETWORK: readonly Remedy[] = [
  {
    component: 'host',
    text: 'Where NAT or a load balancer on Linux is in the path: let conntrack drop what it cannot place, rather than pass it on un-translated to be reset.',
    config:
      'sysctl -w net.netfilter.nf_conntrack_tcp_be_liberal=1\niptables -I FORWARD -m conntrack --ctstate INVALID -j DROP',
  },
];

/** Sooner than the shortest pause that something on the way may have forgotten. */
function keepAlive({ idleBefore }: Case): Remedy {
  const half = Math.max(1, Math.floor((idleBefore?.lowest ?? 0) / 2e9));
  return {
    component: 'network',
    text: `Where something on the way forgets what is idle, send TCP keep-alives every ${half} s, or let clients give up connections that were idle for so long.`,
    config: `sysctl -w net.ipv4.tcp_keepalive_time=${half}`,
  };
}

const UNKNOWN: Remedy[] = [
  {
    component: 'host',
    text: 'Find out on the server who writes the resets: its kernel for want of a socket, an application, or a filter.',
    config: `${WATCH_RESETS}\niptables -S | grep REJECT\nnft list ruleset | grep -n "tcp reset"`,
  },
];

const NEXT_TO_IT: Remedy = {
  component: 'network',
  text: 'The resets come from one hop away from the server: look at the router, firewall or host of containers before it for a rule that rejects with a reset.',
  config: null,
};
