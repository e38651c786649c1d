/** What to change, by the cause that is supported (docs/rules/connect-timeout.md). */
import type { Endpoint } from '../../facts/endpoint.js';
import type { Hypothesis, Remedy } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { supportedIn } from '../argument/cause.js';
import type { Case } from './case.js';

/** Within this a server that is there has answered, lost SYNs included; seconds. */
const SHORT_SECONDS = 2;

/** The remedies that fit, and how a proxy lives with it. */
export function remediesOf(subject: Case, hypotheses: readonly Hypothesis[], endpoint: Endpoint): Remedy[] {
  const { barred, borrower, fallsBack, first, lastTaken } = subject;
  const client = first.client.address;
  const { address, port } = endpoint;
  const supported = supportedIn(hypotheses);
  const remedies: Remedy[] = [];
  if (fallsBack)
    remedies.push({
      component: 'dns',
      text: 'Serve both IP versions, or announce only the one that is served: take the AAAA (or A) record out.',
      config: null,
    });
  if (supported.has('transparent-proxy') && borrower !== null)
    remedies.push({
      component: 'server',
      text: `Route the server’s answers back through the proxy (${borrower.address}), or let the proxy ask with its own address and say the client’s in X-Forwarded-For.`,
      config:
        'ip route replace default via PROXY\n# or HAProxy, without "source 0.0.0.0 usesrc clientip":\noption forwardfor',
    });
  if (supported.has('by-source') && barred !== null)
    remedies.push({
      component: 'host',
      text: `Find what bars ${client}: fail2ban, a limit of connections or requests, a firewall’s or cloud’s list; and see whether many share that address (NAT, a proxy), which then needs an exception.`,
      config: `iptables -nvL | grep ${client}\nnft list ruleset | grep ${client}\nfail2ban-client banned`,
    });
  else if (supported.has('by-source') && !supported.has('transparent-proxy'))
    remedies.push({
      component: 'server',
      text: 'See how the server would answer these clients: a strict reverse path filter drops what it would answer by another device; give it a route by which the requests come, or loosen the filter.',
      config: `ip route get ${client} from ${address}\nip route add default via GATEWAY table 101\nip rule add from ${address} table 101\nsysctl -w net.ipv4.conf.all.rp_filter=2`,
    });
  if (supported.has('queue-full') || (lastTaken !== null && !supported.has('host-down')))
    remedies.push({
      component: 'host',
      text: 'Let the queue of connections be longer, and give the service workers enough to empty it.',
      config: `ss -ltn 'sport = :${port}'\nsysctl -w net.core.somaxconn=4096`,
    });
  if (supported.has('way-back'))
    remedies.push({
      component: 'network',
      text: 'Follow the answers: a route or a stateful device on the way back loses them (see asymmetric-path).',
      config: `ip route get ${client} from ${address}`,
    });
  if (!supported.has('way-back') && !supported.has('transparent-proxy') && !supported.has('queue-full'))
    remedies.push({
      component: 'firewall',
      text: `Look at the packet filter and the security group of ${address}, and at those on the way: is port ${port} open to these clients?`,
      config: `iptables -S INPUT\nnft list ruleset\nconntrack -S`,
    });
  return [...remedies, ...meanwhile(subject, endpoint)];
}

/** How a proxy lives with it; a time-out that is as short already need not be set again. */
function meanwhile({ timer }: Case, endpoint: Endpoint): Remedy[] {
  const isShort = timer?.seconds != null && timer.seconds <= SHORT_SECONDS;
  return [
    {
      component: 'haproxy',
      text: `Let the proxy ${isShort ? '' : 'give up soon and '}try another server, and take a dead one out.`,
      config: `${isShort ? '' : `timeout connect ${SHORT_SECONDS}s\n`}option redispatch\nretries 3\nserver app1 ${endpointText(endpoint)} check`,
    },
    {
      component: 'nginx',
      text: `Let nginx ${isShort ? '' : 'give up soon and '}try another server.`,
      config: `${isShort ? '' : `proxy_connect_timeout ${SHORT_SECONDS}s;\n`}proxy_next_upstream error timeout;`,
    },
  ];
}
