import type { RuleMeta } from '../rule.js';

/** What the rule says of itself; docs/rules/connect-refused.md says the same at length. */
export const META: RuleMeta = {
  id: 'connect-refused',
  severity: 'critical',
  title: 'Server refuses connections',
  feels:
    '"Connection refused", ECONNREFUSED; 502 or 503 from a proxy: nginx "connect() failed (111: Connection refused)", HAProxy SC--, Envoy UF, Cloudflare 521.',
  shows: 'A SYN answered with RST that acknowledges it, or with an ICMP error that quotes it.',
  needs: ['tcp.handshake', 'tcp.close', 'icmp'],
  hypotheses: {
    restarting: 'The server was stopped and started again.',
    firewall: 'A packet filter, on the way or on the host, refuses in its name.',
    'not-listening': 'Nobody listens on the port.',
    'host-gone': 'The host is down, or there is no route to it.',
    'wrong-port': 'The service listens on another port.',
    'queue-full': 'The server turns connections away while it accepts others.',
  },
  lookAlikes: {
    'connect-timeout': 'No answer at all to the SYN.',
    'port-scan': 'One client tries many endpoints.',
    'half-open-probe': 'The client itself resets after the SYN-ACK.',
    'later-reset': 'RST after the handshake: rst-after-request.',
    'packet-too-big': 'An ICMP error that asks for smaller packets.',
  },
  limits: [
    'A packet filter on the server’s own host may write the same RST as its kernel (iptables REJECT --reject-with tcp-reset); it is told where it goes by the source, more often than chance would have it.',
    'IPv6 refused while IPv4 serves is a notice: clients fall back within milliseconds (Happy Eyeballs, RFC 8305).',
    'Whether requests failed for it is told by answers 502, 503 and 504 in the same capture.',
  ],
  references: [
    { title: 'RFC 9293 §3.10.7.1 CLOSED STATE', url: 'https://www.rfc-editor.org/rfc/rfc9293#section-3.10.7.1' },
    { title: 'RFC 792 Internet Control Message Protocol', url: 'https://www.rfc-editor.org/rfc/rfc792' },
    { title: 'RFC 8305 Happy Eyeballs', url: 'https://www.rfc-editor.org/rfc/rfc8305' },
    { title: 'ingress-nginx #3639', url: 'https://github.com/kubernetes/ingress-nginx/issues/3639' },
  ],
};
