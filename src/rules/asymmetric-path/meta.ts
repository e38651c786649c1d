import { meaningsOf } from '../argument/cause.js';
import type { RuleMeta } from '../rule.js';
import { CAUSES } from './causes.js';

/** What the rule says of itself; docs/rules/asymmetric-path.md says the same at length. */
export const META: RuleMeta = {
  id: 'asymmetric-path',
  severity: 'critical',
  title: 'The answers take another way than the requests',
  feels:
    'Connections of some nets hang or are reset right after the handshake while others work; "connection timed out" though the server answers; it works without the firewall, the second network card or the translation.',
  shows:
    'SYN-ACKs that leave by another device, VLAN or neighbour than the SYNs came by, and handshakes that fail; SYN-ACKs of an address that was not asked; the ACK of the handshake and the request reset one by one while the server goes on waiting; one direction missing for some clients and not for others.',
  needs: ['tcp.handshake', 'tcp.close', 'link-layer addresses or interfaces'],
  hypotheses: meaningsOf(CAUSES),
  lookAlikes: {
    'connect-timeout': 'The server’s answers leave the way the requests come, or are not seen.',
    'works-all-the-same':
      'Different ways, and the handshake is completed: a load balancer with direct return, two lines.',
    'every-direction-missing': 'One direction is missing for all clients: the capture lacks it (capture-quality).',
    'virtual-router':
      'Requests come from a router’s own link-layer address, answers go to the address it shares with others (VRRP, HSRP, GLBP).',
    'forged-reset': 'A reset that the server did not write, after it had acknowledged: rst-after-request.',
    'captured-on-a-router': 'Each segment is captured twice, on the device it comes by and the one it leaves by.',
    'half-open-scan':
      'A port scanner’s SYNs to several addresses from one port, whose answers its system resets: they carry the MSS alone.',
  },
  limits: [
    'By which device a SYN-ACK leaves is seen only at the server.',
    'Interfaces are told by the number that the capture gives them.',
    'That a firewall drops what it takes for unknown is inferred from answers that do not arrive.',
  ],
  references: [
    { title: 'RFC 3704 Ingress Filtering for Multihomed Networks', url: 'https://www.rfc-editor.org/rfc/rfc3704' },
    { title: 'RFC 9293 §3.5.2 Reset Generation', url: 'https://www.rfc-editor.org/rfc/rfc9293#section-3.5.2' },
    { title: 'metallb #297', url: 'https://github.com/metallb/metallb/issues/297' },
    { title: 'cilium #13130', url: 'https://github.com/cilium/cilium/issues/13130' },
    { title: 'kubernetes #122174', url: 'https://github.com/kubernetes/kubernetes/issues/122174' },
  ],
};
