/** What to change, by the cause that is supported (docs/rules/connect-refused.md). */
import type { Endpoint } from '../../facts/endpoint.js';
import type { Hypothesis, Remedy } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { supportedIn } from '../argument/cause.js';
import type { Case } from './case.js';

/** The remedies that fit, and how a proxy lives with it. */
export function remediesOf(
  { otherPort, fallsBack, refusals }: Case,
  hypotheses: readonly Hypothesis[],
  endpoint: Endpoint,
): Remedy[] {
  const { port } = endpoint;
  const supported = supportedIn(hypotheses);
  const remedies: Remedy[] = [];
  if (fallsBack)
    remedies.push({
      component: 'dns',
      text: 'Serve both IP versions, or announce only the one that is served: take the AAAA (or A) record out.',
      config:
        port === 443
          ? 'listen [::]:443 ssl; # nginx\nbind :::443 v4v6 ssl crt /path/to/cert.pem # HAProxy'
          : `listen [::]:${port}; # nginx\nbind :::${port} v4v6 # HAProxy`,
    });
  if (supported.has('restarting')) remedies.push(...restarting(endpoint));
  if (supported.has('firewall')) remedies.push(FIREWALL);
  if (supported.has('firewall') && refusals.some(({ icmp }) => icmp?.port === true)) remedies.push(NO_ENDPOINTS);
  if (supported.has('host-gone')) remedies.push(HOST_GONE);
  if (supported.has('wrong-port') && otherPort !== null)
    remedies.push({
      component: 'proxy',
      text: `Port ${otherPort.port} of the same address accepts connections: is it meant?`,
      config: null,
    });
  if (supported.has('not-listening') && !supported.has('restarting'))
    remedies.push({
      component: 'host',
      text: 'See whether the service runs, and on which address and port it listens: 127.0.0.1 is not reached from outside. If it listens, a packet filter rejects in its name.',
      config: `ss -ltnp 'sport = :${port}'\niptables -S | grep REJECT`,
    });
  if (supported.has('queue-full'))
    remedies.push({
      component: 'host',
      text: 'Look at the workers that listen on the port, and at a limit of connections that resets what is above it.',
      config: `ss -ltnp 'sport = :${port}'\nnstat -az TcpExtListenOverflows TcpExtListenDrops`,
    });
  return [...remedies, ...meanwhile(endpoint)];
}

function restarting(endpoint: Endpoint): Remedy[] {
  return [
    {
      component: 'deployment',
      text: 'Start the new instance before the old one stops, or take the server out of the pool first and bring it back when it is ready.',
      config: `server ${endpointText(endpoint)} down; # nginx, in its upstream; then nginx -s reload`,
    },
    {
      component: 'kubernetes',
      text: 'Let the endpoint leave the service before the process stops, and come back when it answers.',
      config: `lifecycle:\n  preStop:\n    exec:\n      command: ["sleep", "10"]\nreadinessProbe:\n  httpGet: { path: /healthz, port: ${endpoint.port} }`,
    },
  ];
}

const FIREWALL: Remedy = {
  component: 'firewall',
  text: 'Find the rule that rejects: on the host itself, its security group, or a device on the way.',
  config: 'iptables -S | grep REJECT\nnft list ruleset | grep reject',
};

/** kube-proxy rejects so what it has nobody for. */
const NO_ENDPOINTS: Remedy = {
  component: 'kubernetes',
  text: 'Is it the address of a Service? One without ready endpoints is rejected so by each node.',
  config: 'kubectl get endpointslices -l kubernetes.io/service-name=NAME',
};

const HOST_GONE: Remedy = {
  component: 'network',
  text: 'See whether the host runs and answers on its own net, and whether the router has a route to it.',
  config: 'ip route get ADDRESS\nip neigh show ADDRESS',
};

function meanwhile(endpoint: Endpoint): Remedy[] {
  return [
    {
      component: 'haproxy',
      text: 'Let the proxy try another server, where there is one, and take a dead one out.',
      config: `option redispatch\nretries 3\nserver app1 ${endpointText(endpoint)} check inter 2s fall 2`,
    },
    {
      component: 'nginx',
      text: 'Let nginx try another server, with a second one in the upstream.',
      config: 'proxy_next_upstream error timeout;',
    },
  ];
}
