import { meaningsOf } from '../argument/cause.js';
import type { RuleMeta } from '../rule.js';
import { CAUSES } from './causes.js';

/** What the rule says of itself; docs/rules/mtu-blackhole.md says the same at length. */
export const META: RuleMeta = {
  id: 'mtu-blackhole',
  severity: 'critical',
  title: 'Large segments do not pass',
  feels:
    'ping and small pages work, everything else hangs: after the ClientHello, after the certificates, with the first POST; 408 in the server’s log, often behind a VPN, a tunnel or PPPoE.',
  shows:
    'A segment of 1,200 bytes and more sent again twice and more and never acknowledged, where no large one ever was; or an ICMP error that asks for smaller packets, and the same size again. Captured at the other end: a hole of as much that is never filled, though a shorter segment behind it arrives.',
  needs: ['tcp.retransmissions', 'icmp'],
  hypotheses: meaningsOf(CAUSES),
  lookAlikes: {
    'path-loss': 'Segments of all sizes are lost, or it was acknowledged at last.',
    'peer-gone': 'Nothing of the other side is seen afterwards, or large ones had passed before.',
    'small-segments': 'What is sent again is small.',
    'lost-in-capture': 'What only the capture lost is acknowledged all the same.',
    cured: 'Smaller segments follow, and are acknowledged.',
  },
  limits: [
    'Where the large segments do not arrive it rests on a hole that is never acknowledged, and on the sender acknowledging the FIN of the side that gives up.',
    'Without ICMP it rests on the other side’s FIN or RST being seen afterwards.',
  ],
  references: [
    { title: 'RFC 2923 §2.1 Black Hole Detection', url: 'https://www.rfc-editor.org/rfc/rfc2923#section-2.1' },
    { title: 'RFC 4821 Packetization Layer Path MTU Discovery', url: 'https://www.rfc-editor.org/rfc/rfc4821' },
    { title: 'RFC 1191 Path MTU Discovery', url: 'https://www.rfc-editor.org/rfc/rfc1191' },
  ],
};
