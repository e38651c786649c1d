/** What to change, by the cause that is supported (docs/rules/websocket-upgrade-failed.md). */
import type { Hypothesis, Remedy } from '../../facts/finding.js';
import { configWord } from '../../text/config-word.js';
import { supportedIn } from '../argument/cause.js';
import type { Case } from './case.js';
import { mayBeDroppedBehind } from './causes.js';

const NGINX_MAP = "map $http_upgrade $connection_upgrade {\n    default upgrade;\n    ''      close;\n}";
const NGINX_UPGRADE = 'proxy_http_version 1.1;\nproxy_set_header Upgrade $http_upgrade;';
/** Where others are asked by the same location; it needs the map. */
const NGINX_PASS = `${NGINX_UPGRADE}\nproxy_set_header Connection $connection_upgrade;`;
/** In a location for WebSockets alone. */
const NGINX_ALWAYS = `${NGINX_UPGRADE}\nproxy_set_header Connection "upgrade";`;

/** The remedies that fit. */
export function remediesOf(subject: Case, hypotheses: readonly Hypothesis[]): Remedy[] {
  const supported = [...supportedIn(hypotheses)];
  const remedies = supported.flatMap((cause) => REMEDIES[cause]?.(subject) ?? []);
  if (remedies.length > 0) return remedies;
  if (subject.failure === 'stripped') return subject.front === null ? [LOOK_IN_FRONT, ...DROPPED] : [LEFT_OUT];
  return mayBeDroppedBehind(subject) ? [LOOK_BEHIND, ...DROPPED] : [LOOK];
}

const DROPPED: Remedy[] = [
  {
    component: 'nginx',
    text: 'Upgrade and Connection are for one hop only: hand them on. In the http block and in the location of the WebSocket.',
    config: `${NGINX_MAP}\n${NGINX_PASS}`,
  },
  {
    component: 'apache',
    text: 'Since 2.4.47 mod_proxy_http upgrades itself; before, mod_proxy_wstunnel.',
    config: 'ProxyPass /ws http://BACKEND/ws upgrade=websocket',
  },
  {
    component: 'envoy',
    text: 'Upgrades are refused unless they are allowed.',
    config: 'upgrade_configs:\n  - upgrade_type: websocket',
  },
];

const REMEDIES: Readonly<Record<string, (subject: Case) => Remedy[]>> = {
  'proxy-drops-upgrade': () => DROPPED,
  'http2-client': () => [
    {
      component: 'client',
      text: 'Over HTTP/2 a WebSocket is opened with CONNECT and :protocol (RFC 8441), or not at all: let the client offer http/1.1 alone for it.',
      config: 'curl --http1.1 …',
    },
    {
      component: 'haproxy',
      text: 'HAProxy offers RFC 8441 and turns it into an upgrade behind; it no longer offers it, for clients that misuse it, with:',
      config: 'global\n    h2-workaround-bogus-websocket-clients',
    },
    {
      component: 'envoy',
      text: 'Envoy offers it when told to.',
      config: 'http2_protocol_options:\n  allow_connect: true\nupgrade_configs:\n  - upgrade_type: websocket',
    },
  ],
  'origin-check': ({ first }) => [
    {
      component: 'application',
      text: `Allow the Origin ${first.origin ?? ''} where the WebSocket is registered, if that site may use it (Spring: setAllowedOrigins; Django Channels: AllowedHostsOriginValidator; socket.io: cors.origin).`,
      config: `registry.addHandler(handler, "${configWord(first.path, '/PATH')}").setAllowedOrigins("${configWord(first.origin, 'ORIGIN')}");`,
    },
  ],
  authentication: () => [
    {
      component: 'client',
      text: 'A browser cannot add an Authorization field to a WebSocket: authenticate by cookie (SameSite, Domain), by a ticket in the query, or by the first message.',
      config: null,
    },
  ],
  'wrong-route': ({ first, status }) => [
    {
      component: 'proxy',
      text: `${first.path} is answered ${status}, not by a WebSocket server: route it there, before static files, fallbacks and redirections.`,
      config: `location ${configWord(first.path, '/PATH')} {\n    proxy_pass http://BACKEND;\n    ${NGINX_ALWAYS.replaceAll('\n', '\n    ')}\n}`,
    },
  ],
  'version-or-key': () => [
    {
      component: 'client',
      text: 'Use a client that speaks version 13 of the protocol (RFC 6455 §4.1), with a fresh key of 16 random bytes.',
      config: null,
    },
  ],
  'key-lost': () => [
    {
      component: 'proxy',
      text: 'A proxy that turns CONNECT of HTTP/2 into an upgrade must make a key of its own (RFC 8441 §5): update it, or take WebSockets over HTTP/1.1 only.',
      config: 'bind :443 ssl crt CERTIFICATE alpn http/1.1   # HAProxy',
    },
  ],
  'answer-altered': () => [
    {
      component: 'proxy',
      text: 'Something on the way answers 101 by itself or alters the answer: hand Upgrade, Connection and Sec-WebSocket-Accept of the answer on as they are.',
      config: NGINX_ALWAYS,
    },
  ],
  'server-error': ({ status }) => [
    {
      component: status === 502 || status === 503 || status === 504 ? 'proxy' : 'application',
      text: `The handshake itself is right and was answered ${status}: the log of what answered says why.`,
      config: null,
    },
  ],
};

const LOOK: Remedy = {
  component: 'application',
  text: 'Look in the log of the server for these times: it refuses handshakes that are whole.',
  config: null,
};

const LOOK_IN_FRONT: Remedy = {
  component: 'proxy',
  text: 'See how clients ask in front of the proxy (capture there with keys, or log $server_protocol and $http_upgrade): over HTTP/2, as curl does unless told --http1.1, there is no Upgrade to hand on, and the client is to change; over HTTP/1.1, the proxy drops it.',
  config: null,
};

const LEFT_OUT: Remedy = {
  component: 'client',
  text: 'The client itself sends Sec-WebSocket fields without Upgrade: websocket and Connection: Upgrade (RFC 6455 §4.1): use a WebSocket client.',
  config: null,
};

const LOOK_BEHIND: Remedy = {
  component: 'proxy',
  text: 'If a proxy answers here, capture behind it as well, and see whether the handshake arrives there with its Upgrade. If it does, or there is no proxy, the log of the application says why it refuses handshakes that are whole.',
  config: null,
};
