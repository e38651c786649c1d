/** What to change, by which protocols meet (rules.md, protocol-mismatch). */
import type { Remedy } from '../../facts/finding.js';
import type { MismatchKind } from './facts.js';

/** See the head of this file. */
export const REMEDIES: Readonly<Record<MismatchKind, readonly Remedy[]>> = {
  'tls-to-plain': [
    {
      component: 'nginx',
      text: 'As the client: speak plain HTTP to this server, or let it speak TLS.',
      config: 'proxy_pass http://BACKEND;',
    },
    { component: 'haproxy', text: 'The same: no ssl on the server line.', config: 'server s1 ADDRESS:PORT check' },
    {
      component: 'kubernetes',
      text: 'The same, for ingress-nginx.',
      config: 'nginx.ingress.kubernetes.io/backend-protocol: "HTTP"',
    },
  ],
  'plain-to-tls': [
    { component: 'nginx', text: 'As the client: speak TLS to this server.', config: 'proxy_pass https://BACKEND;' },
    { component: 'haproxy', text: 'The same.', config: 'server s1 ADDRESS:443 ssl verify required ca-file CA.pem' },
    {
      component: 'kubernetes',
      text: 'The same, for ingress-nginx.',
      config: 'nginx.ingress.kubernetes.io/backend-protocol: "HTTPS"',
    },
    { component: 'aws-alb', text: 'The target group’s protocol: HTTPS.', config: null },
  ],
  'http2-to-http1': [
    { component: 'client', text: 'Do not use prior knowledge of HTTP/2 here.', config: 'curl --http1.1 …' },
    {
      component: 'haproxy',
      text: 'As the client: no proto h2 on the server line. As the server: bind with it.',
      config: 'bind :80 proto h2',
    },
    { component: 'envoy', text: 'As the client: no http2_protocol_options for this cluster.', config: null },
  ],
  'http1-to-http2': [
    { component: 'envoy', text: 'As the client: speak HTTP/2 to this cluster.', config: 'http2_protocol_options: {}' },
    { component: 'haproxy', text: 'The same.', config: 'server s1 ADDRESS:PORT proto h2' },
    { component: 'nginx', text: 'For gRPC.', config: 'grpc_pass grpc://BACKEND;' },
  ],
  'proxy-header-unexpected': [
    {
      component: 'nginx',
      text: 'As the server: expect it.',
      config: 'listen 80 proxy_protocol;\nset_real_ip_from PROXY;\nreal_ip_header proxy_protocol;',
    },
    {
      component: 'haproxy',
      text: 'As the server: expect it. As the client: no send-proxy on the server line.',
      config: 'bind :80 accept-proxy',
    },
    { component: 'apache', text: 'As the server: expect it (mod_remoteip).', config: 'RemoteIPProxyProtocol On' },
    {
      component: 'aws-nlb',
      text: 'Or switch the target group’s attribute off.',
      config: 'proxy_protocol_v2.enabled=false',
    },
  ],
  'proxy-header-missing': [
    {
      component: 'haproxy',
      text: 'As the client: send it. As the server: take it from your proxies alone.',
      config: 'server s1 ADDRESS:PORT send-proxy-v2\n# or\ntcp-request connection expect-proxy layer4 if { src PROXY }',
    },
    {
      component: 'nginx',
      text: 'As the server: who comes past the proxy (probes, hosts inside) needs a port of its own without it. As the client, in a stream block: send it.',
      config: 'listen 8080;              # beside listen 80 proxy_protocol;\nproxy_protocol on;        # as the client',
    },
    {
      component: 'aws-nlb',
      text: 'Or switch the target group’s attribute on.',
      config: 'proxy_protocol_v2.enabled=true',
    },
    { component: 'client', text: 'curl can send one.', config: 'curl --haproxy-protocol …' },
  ],
};
