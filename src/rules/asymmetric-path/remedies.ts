/** What to change (docs/rules/asymmetric-path.md). */
import type { Endpoint } from '../../facts/endpoint.js';
import type { Hypothesis, Remedy } from '../../facts/finding.js';
import { supportedIn } from '../argument/cause.js';
import { hopsOf } from '../judgements/hops.js';
import type { Case } from './case.js';

/** Send the answers back the way the requests come; or let what stands on the way see both. */
export function remediesOf(
  { first, answerer }: Case,
  hypotheses: readonly Hypothesis[],
  { address, port }: Endpoint,
): Remedy[] {
  const local = answerer?.address ?? address;
  const route: Remedy = {
    component: 'host',
    text: 'On the server, send the answers back the way the requests come: a routing table of its own for this address, its default route by the gateway that the requests come through.',
    config: `ip route add default via GATEWAY table 101\nip rule add from ${local} table 101`,
  };
  if (first.kind === 'stray')
    return [
      ...((hopsOf(first.synAck?.ttl ?? null) ?? 0) === 0 ? [THROUGH_BRIDGE] : []),
      {
        ...route,
        text: `Let the answers pass what translates ${address} to ${local}: on the server, a route to these clients by that device.`,
      },
      {
        component: 'firewall',
        text: 'Or let it translate the source too, so that the server answers to it.',
        config: `iptables -t nat -A POSTROUTING -d ${local} -p tcp --dport ${answerer?.port ?? port} -j MASQUERADE`,
      },
    ];
  return [
    ...(supportedIn(hypotheses).has('address-translation') ? [THROUGH_BRIDGE] : []),
    route,
    {
      component: 'haproxy',
      text: 'Where HAProxy answers there, bind the address to its device.',
      config: `bind ${address}:${port} interface DEVICE`,
    },
    {
      component: 'firewall',
      text: 'Or let the stateful device on the way see both directions; until then, let it pass what it takes for invalid between these nets.',
      config: null,
    },
    ...(isRuledOut(hypotheses, 'transparent-proxy') ? [] : [THROUGH_PROXY]),
  ];
}

const THROUGH_BRIDGE: Remedy = {
  component: 'host',
  text: 'Where client and server are on one bridge of the host that translates (containers, pods of one node), answers go past its packet filter: let what is bridged pass it.',
  config: 'modprobe br_netfilter\nsysctl -w net.bridge.bridge-nf-call-iptables=1',
};

function isRuledOut(hypotheses: readonly Hypothesis[], cause: string): boolean {
  return hypotheses.some((one) => one.cause === cause && one.verdict === 'ruled-out');
}

const THROUGH_PROXY: Remedy = {
  component: 'proxy',
  text: 'Where a proxy asks in its clients’ names, the server’s route to the clients must lead through it; or let it ask with its own address.',
  config:
    'ip route replace default via PROXY\n# or HAProxy, without "source 0.0.0.0 usesrc clientip":\noption forwardfor',
};
