/** What to change, with the names of the capture (docs/rules/cross-sni-reuse.md). */
import type { Endpoint } from '../../facts/endpoint.js';
import type { Remedy } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import type { Case } from './case.js';

/** Whom a remedy is about. */
interface Names {
  readonly server: Endpoint;
  readonly openedFor: string;
  readonly name: string;
}

/** The remedies that fit a case. */
export function remediesOf({ kind, basis, pair, isGateway, passesThrough }: Case): Remedy[] {
  const pool = isGateway ? [separatePools(pair)] : [];
  switch (kind) {
    case 'misrouted':
      return passesThrough === null
        ? [...routeByAuthority(pair), ...refuse(pair), ...pool, ...apart(pair)]
        : [originRefuses(pair), ...pool, ...apart(pair)];
    case 'rejected':
      return [
        ...(isGateway ? pool : [retryRefused(pair)]),
        ...sameSettings(pair),
        ...routeByAuthority(pair),
        ...apart(pair),
      ];
    case 'retried':
      return [
        {
          component: 'server',
          text: `Nothing needs to be changed: 421 does what it is for. It costs a round trip and a handshake each time; where that matters, serve ${pair.name} on the connection, or keep clients from reusing it.`,
          config: null,
        },
        ...apart(pair),
      ];
    case 'undecided':
      return basis === 'same-page' ? [check(pair), ...routeByAuthority(pair), ...pool] : [check(pair)];
    default:
      return [
        {
          component: 'server',
          text: `Nothing needs to be changed. It stays so as long as requests are routed by their authority (Host, :authority), not by the server name of TLS.`,
          config: null,
        },
      ];
  }
}

/** The remedies for what was seen from outside. */
export function sealedRemedies(names: Names): Remedy[] {
  return [
    {
      component: 'capture',
      text: `Capture with TLS keys to see which requests are on the connection, and which server answers them.`,
      config:
        'SSLKEYLOGFILE=/tmp/keys.log chromium\neditcap --inject-secrets tls,/tmp/keys.log capture.pcap keyed.pcapng',
    },
    check(names),
  ];
}

function check({ server, openedFor, name }: Names): Remedy {
  const { port } = server;
  const at = endpointText(server);
  const suffix = port === 443 ? '' : `:${port}`;
  return {
    component: 'client',
    text: `Ask for ${name} on a connection that was opened for ${openedFor}, and compare with a connection of its own.`,
    config: `curl -sv --connect-to ${openedFor}:${port}:${at} -H 'Host: ${name}' https://${openedFor}${suffix}/
curl -sv --connect-to ${name}:${port}:${at} https://${name}${suffix}/`,
  };
}

function routeByAuthority(names: Names): Remedy[] {
  const { openedFor, name } = names;
  const [one, two] = labelsOf(names);
  return [
    {
      component: 'haproxy',
      text: 'Route by the name that is asked for; ssl_fc_sni is that of the connection, which may carry others.',
      config: `use_backend ${one} if { req.hdr(host),field(1,:) -i ${openedFor} }\nuse_backend ${two} if { req.hdr(host),field(1,:) -i ${name} }`,
    },
    {
      component: 'nginx',
      text: 'Choose the upstream by $host, in a server block of its own for each name, not by $ssl_server_name.',
      config: `server { listen 443 ssl http2; server_name ${openedFor}; location / { proxy_pass https://${one}; } }\nserver { listen 443 ssl http2; server_name ${name}; location / { proxy_pass https://${two}; } }`,
    },
    {
      component: 'envoy',
      text: 'Put both names as virtual hosts into the routes of one filter chain, rather than a filter chain for each server name.',
      config: `filter_chain_match: { server_names: ["${openedFor}", "${name}"] }\nvirtual_hosts:\n- { name: ${one}, domains: ["${openedFor}"], routes: [{ match: { prefix: "/" }, route: { cluster: ${one} } }] }\n- { name: ${two}, domains: ["${name}"], routes: [{ match: { prefix: "/" }, route: { cluster: ${two} } }] }`,
    },
  ];
}

function refuse({ name }: Names): Remedy[] {
  return [
    {
      component: 'haproxy',
      text: `Or refuse such requests with 421; a browser then asks for ${name} on a connection of its own. Not every client does.`,
      config:
        'http-request set-var(txn.host) req.hdr(host),field(1,:),lower\nhttp-request return status 421 if { ssl_fc_has_sni } !{ ssl_fc_sni,strcmp(txn.host) eq 0 }',
    },
    {
      component: 'nginx',
      text: 'Or refuse such requests with 421 in nginx.',
      config: 'if ($ssl_server_name != $host) { return 421; }',
    },
  ];
}

function originRefuses({ name }: Names): Remedy {
  return {
    component: 'server',
    text: `The proxy hands TLS on and cannot see the requests: let the server behind it answer 421 to requests for ${name} that it does not serve.`,
    config: 'if ($ssl_server_name != $host) { return 421; }',
  };
}

function retryRefused({ name }: Names): Remedy {
  return {
    component: 'client',
    text: `Let the client take up a 421: ask for ${name} again on a new connection with that server name (RFC 9110 §15.5.20 allows it for every method).`,
    config: null,
  };
}

function sameSettings({ openedFor, name }: Names): Remedy[] {
  return [
    {
      component: 'apache',
      text: `Apache refuses a name whose TLS settings differ from those of the connection’s. Give the virtual hosts of ${openedFor} and ${name} the same SSLProtocol, SSLCipherSuite, SSLVerifyClient and certificates, or an address each.`,
      config: null,
    },
  ];
}

function separatePools(names: Names): Remedy {
  const at = endpointText(names.server);
  const [one, two] = labelsOf(names);
  return {
    component: 'nginx',
    text: 'On the gateway: its pool hands connections of one name to requests for another. Give each name an upstream of its own.',
    config: `upstream ${one}_pool { server ${at}; keepalive 4; }\nupstream ${two}_pool { server ${at}; keepalive 4; }\nproxy_ssl_server_name on;\nproxy_ssl_name $host;`,
  };
}

function apart({ openedFor, name }: Names): Remedy[] {
  return [
    {
      component: 'certificate',
      text: `Or take away what lets clients reuse the connection: a certificate for ${openedFor} alone and one for ${name} alone instead of one for both, or an address for each in DNS. An ORIGIN frame (RFC 8336) that does not list ${name} says the same to clients that read it.`,
      config: `bind :443 ssl crt /etc/haproxy/${openedFor}.pem crt /etc/haproxy/${name}.pem alpn h2,http/1.1 # HAProxy`,
    },
  ];
}

/** Names for their backends: the first labels where those tell them apart, else (`www.` of two sites) all of both. */
function labelsOf({ openedFor, name }: Names): readonly [string, string] {
  const [one, two] = [labelOf(openedFor), labelOf(name)];
  return one === two ? [identifier(openedFor), identifier(name)] : [one, two];
}

function labelOf(name: string): string {
  return identifier(name.split('.', 1)[0] ?? name);
}

function identifier(name: string): string {
  return name.replace(/[^a-z0-9]/g, '_');
}
