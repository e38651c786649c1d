/** What to change, by which protocols meet (docs/rules/protocol-mismatch.md); each says on which side it belongs. */
import type { Remedy } from '../../facts/finding.js';
import type { MismatchKind } from './facts.js';

/** See the head of this file. */
export const REMEDIES: Readonly<Record<MismatchKind, readonly Remedy[]>> = {
  'tls-to-plain': [
    {
      component: 'nginx',
      text: 'In front of this server: speak plain HTTP to it, or let it speak TLS.',
      config: 'proxy_pass http://BACKEND;',
    },
    {
      component: 'haproxy',
      text: 'In front of this server: no ssl on its server line.',
      config: 'server s1 ADDRESS:PORT check',
    },
    {
      component: 'kubernetes',
      text: 'With ingress-nginx: say that this service speaks plain HTTP.',
      config: 'nginx.ingress.kubernetes.io/backend-protocol: "HTTP"',
    },
  ],
  'plain-to-tls': [
    {
      component: 'nginx',
      text: 'In front of this server: speak TLS to it.',
      config: 'proxy_pass https://BACKEND;',
    },
    {
      component: 'haproxy',
      text: 'In front of this server: ssl on its server line.',
      config: 'server s1 ADDRESS:PORT ssl verify required ca-file CA.pem',
    },
    {
      component: 'kubernetes',
      text: 'With ingress-nginx: say that this service speaks TLS.',
      config: 'nginx.ingress.kubernetes.io/backend-protocol: "HTTPS"',
    },
    { component: 'aws-alb', text: 'Let the protocol of the target group be HTTPS.', config: null },
  ],
  'http2-to-http1': [
    { component: 'client', text: 'Do not use prior knowledge of HTTP/2 here.', config: 'curl --http1.1 …' },
    {
      component: 'haproxy',
      text: 'In front of this server: no proto h2 on its server line. As this server: take HTTP/2 on the bind line.',
      config: 'bind :80 proto h2',
    },
    {
      component: 'envoy',
      text: 'In front of this server: no http2_protocol_options for its cluster.',
      config: null,
    },
  ],
  'http1-to-http2': [
    {
      component: 'envoy',
      text: 'In front of this server: speak HTTP/2 to its cluster.',
      config: 'http2_protocol_options: {}',
    },
    {
      component: 'haproxy',
      text: 'In front of this server: speak HTTP/2 to it.',
      config: 'server s1 ADDRESS:PORT proto h2',
    },
    {
      component: 'nginx',
      text: 'In front of this server, where it speaks gRPC; before 1.29.4 (proxy_http_version 2) proxy_pass speaks HTTP/1 alone.',
      config: 'grpc_pass grpc://BACKEND:PORT;',
    },
  ],
  'gateway-to-http': [
    {
      component: 'nginx',
      text: 'In front of this server: speak HTTP to it; fastcgi_pass and uwsgi_pass are for PHP-FPM and for uWSGI’s socket.',
      config: 'proxy_pass http://BACKEND;',
    },
    {
      component: 'apache',
      text: 'In front of this server: speak HTTP to it; ajp:// and fcgi:// are for the port of an AJP connector and for PHP-FPM.',
      config: 'ProxyPass "/" "http://BACKEND/"',
    },
    {
      component: 'application',
      text: 'Or ask at the port that speaks it: Tomcat’s AJP connector, PHP-FPM’s pool, uWSGI’s socket (its http-socket speaks HTTP).',
      config:
        '<!-- Tomcat -->\n<Connector protocol="AJP/1.3" address="ADDRESS" port="8009" secret="SECRET"/>\n; PHP-FPM\nlisten = ADDRESS:9000\n; uWSGI\nsocket = ADDRESS:3031',
    },
  ],
  'grpc-to-http': [
    {
      component: 'nginx',
      text: 'Hand calls on by grpc_pass, in a location that the paths of their services lead to: any other answers with its own pages, and proxy_pass hands on no trailers.',
      config: 'location /package.Service/ {\n    grpc_pass grpc://BACKEND:PORT;\n}',
    },
    {
      component: 'haproxy',
      text: 'Speak HTTP/2 to the server that takes the calls.',
      config: 'server s1 ADDRESS:PORT proto h2',
    },
    {
      component: 'kubernetes',
      text: 'With ingress-nginx: say that this service speaks gRPC.',
      config: 'nginx.ingress.kubernetes.io/backend-protocol: "GRPC"',
    },
    { component: 'aws-alb', text: 'Let the protocol version of the target group be GRPC.', config: null },
    {
      component: 'client',
      text: 'Or call the address and port at which the service itself speaks gRPC.',
      config: null,
    },
  ],
  'proxy-header-unexpected': [
    {
      component: 'nginx',
      text: 'As this server: expect the header.',
      config: 'listen 80 proxy_protocol;\nset_real_ip_from PROXY;\nreal_ip_header proxy_protocol;',
    },
    {
      component: 'haproxy',
      text: 'As this server: expect the header. In front of it: no send-proxy on its server line.',
      config: 'bind :80 accept-proxy',
    },
    {
      component: 'apache',
      text: 'As this server: expect the header (mod_remoteip).',
      config: 'RemoteIPProxyProtocol On',
    },
    {
      component: 'aws-nlb',
      text: 'In front of this server: or switch the target group’s attribute off.',
      config: 'proxy_protocol_v2.enabled=false',
    },
  ],
  'proxy-header-missing': [
    {
      component: 'haproxy',
      text: 'In front of this server: send the header. As this server: expect it of your proxies alone.',
      config: 'server s1 ADDRESS:PORT send-proxy-v2\n# or\ntcp-request connection expect-proxy layer4 if { src PROXY }',
    },
    {
      component: 'nginx',
      text: 'As this server: who comes past the proxy (probes, hosts inside) needs a port of its own without it. In front of this server, in a stream block: send the header.',
      config:
        '# as this server, beside listen 80 proxy_protocol;\nlisten 8080;\n# in front, in a stream block\nproxy_protocol on;',
    },
    {
      component: 'aws-nlb',
      text: 'In front of this server: switch the target group’s attribute on.',
      config: 'proxy_protocol_v2.enabled=true',
    },
    { component: 'client', text: 'curl can send the header.', config: 'curl --haproxy-protocol …' },
  ],
};
