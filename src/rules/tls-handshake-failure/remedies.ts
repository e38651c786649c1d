/** What to change, by the cause that is supported (docs/rules/tls-handshake-failure.md). */
import type { Hypothesis, Remedy } from '../../facts/finding.js';
import { configWord } from '../../text/config-word.js';
import { listText } from '../../text/list.js';
import { supportedIn } from '../argument/cause.js';
import { type Case, mayNotBeTls } from './case.js';
import { flawsOf } from './certificate-flaws.js';
import { wasAsked } from './client-certificate.js';
import { ALERT } from './failure.js';

/** The remedies that fit. */
export function remediesOf(subject: Case, hypotheses: readonly Hypothesis[]): Remedy[] {
  if (subject.idle !== null) return [subject.idle === 'scan' ? ASK_WHOSE : ASK_OTHERWISE];
  const supported = [...supportedIn(hypotheses)];
  // Without keys it is no more than may be: what would mend it is told all the same.
  const told =
    subject.first.sign === 'unchosen' ? ['no-common-alpn'] : mayNotBeTls(subject) ? ['silent-refusal'] : supported;
  const remedies = [
    ...(mayNotBeTls(subject) ? [SEE_WHETHER_TLS] : []),
    ...told.flatMap((cause) => REMEDIES[cause]?.(subject) ?? []),
  ];
  if (remedies.length > 0) return remedies;
  if (subject.first.sign !== 'dropped') return [LOOK];
  return wasAsked(subject.first) ? [SEE_CERTIFICATE, LOOK, SEE_BEHIND] : [LOOK, SEE_BEHIND];
}

const REMEDIES: Readonly<Record<string, (subject: Case) => Remedy[]>> = {
  'server-behind': () => [
    {
      component: 'server',
      text: 'Start the server behind, or mend the address and port by which connections are handed to it; let what hands them on check it, and take another meanwhile.',
      config: null,
    },
  ],
  'server-ended': () => [
    {
      component: 'server',
      text: 'Find out why it ended (crash, out of memory, restart). Before it is meant to end, take it out of what sends it connections, and let it stop listening first: its host takes connections for it until then.',
      config: null,
    },
  ],
  'unknown-name': ({ names, first }) => [
    ...(first.alert === ALERT.internalError
      ? [
          {
            component: 'caddy',
            text: `Add a site for ${listText(names, 5)}; in Traefik, a router with a Host rule and tls.`,
            config: `${configWord(names[0], 'NAME')} {\n\treverse_proxy SERVER\n}`,
          },
        ]
      : []),
    {
      component: 'haproxy',
      text: `Give the bind line a certificate for ${listText(names, 5)}, or take strict-sni off it.`,
      config: 'bind :443 ssl crt /etc/haproxy/certs/ alpn h2,http/1.1   # no strict-sni',
    },
    {
      component: 'nginx',
      text: 'Add a server block with its certificate, or a default one (ssl_reject_handshake on answers so).',
      config: `server {\n  listen 443 ssl;\n  server_name ${configWord(names[0], 'NAME')};\n  ssl_certificate /etc/nginx/tls/NAME.pem;\n  ssl_certificate_key /etc/nginx/tls/NAME.key;\n}`,
    },
  ],
  'no-name': () => [
    {
      component: 'client',
      text: 'Name the server: a probe that calls by address must be told to (curl --resolve or --connect-to, openssl s_client -servername).',
      config: 'curl --resolve NAME:443:ADDRESS https://NAME/',
    },
    {
      component: 'haproxy',
      text: 'As a health check’s sender: check-sni (sni is for requests alone). As the server: no strict-sni.',
      config: 'server s1 ADDRESS:443 ssl verify required ca-file CA.pem sni str(NAME) check check-sni NAME',
    },
  ],
  'no-common-alpn': ({ first }) => [
    {
      component: 'nginx',
      text: `As the server: speak ${first.alpn.length > 1 ? 'one of ' : ''}${listText(first.alpn, 5)}.`,
      config: 'listen 443 ssl http2;   # since 1.25.1: http2 on;',
    },
    {
      component: 'haproxy',
      text: 'As the server: offer it in ALPN.',
      config: 'bind :443 ssl crt CERTIFICATE alpn h2,http/1.1',
    },
    {
      component: 'aws-nlb',
      text: 'As the server: set the ALPN policy of the TLS listener.',
      config: '--alpn-policy HTTP2Preferred',
    },
  ],
  'fallback-refused': () => [
    {
      component: 'client',
      text: 'Find out why its handshake before this one, with the newer version, failed: a client falls back when a path or a server did not take that. One that is up to date does not fall back at all.',
      config: null,
    },
  ],
  version: ({ first }) => [
    {
      component: 'client',
      text: `Update the client, which offers ${first.versions.join(', ')} at most, or its TLS library.`,
      config: null,
    },
    {
      component: 'haproxy',
      text: 'Or, as the server, take it, where that is safe; a bind line with an ssl-min-ver of its own needs it there.',
      config: 'global\n    ssl-default-bind-options ssl-min-ver TLSv1.2',
    },
    {
      component: 'nginx',
      text: 'Or, as the server, take it, where that is safe.',
      config: 'ssl_protocols TLSv1.2 TLSv1.3;',
    },
  ],
  cipher: () => [
    {
      component: 'server',
      text: 'Let both sides have a cipher suite in common; see that the key’s type (RSA, ECDSA) fits the suites.',
      config:
        '# nginx\nssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;\n# HAProxy\nglobal\n    ssl-default-bind-ciphers ECDHE+AESGCM:ECDHE+CHACHA20',
    },
    { component: 'client', text: 'Or update the client.', config: null },
  ],
  'client-certificate-missing': ({ clients }) => [
    {
      component: 'client',
      text: `${listText(clients, 5)} must show a certificate of an authority that the server names.`,
      config: 'curl --cert CLIENT.pem --key CLIENT.key …',
    },
    {
      component: 'haproxy',
      text: 'Or, as the server, do not insist, if the application can tell who has none.',
      config: 'bind :443 ssl crt CERTIFICATE ca-file CLIENTS-CA.pem verify optional',
    },
    {
      component: 'nginx',
      text: 'Or, as the server, do not insist, if the application can tell who has none.',
      config: 'ssl_verify_client optional;',
    },
  ],
  'client-certificate-refused': ({ clients, first }) => [
    {
      component: 'client',
      text: `${listText(clients, 5)} must show another certificate: ${first.alert === ALERT.certificateExpired ? 'this one has expired' : first.alert === ALERT.unknownCa ? 'the server does not know its authority' : 'this one is not taken'}.`,
      config: 'openssl x509 -in CLIENT.pem -noout -dates -issuer',
    },
    ...(first.alert === ALERT.certificateExpired || first.alert === ALERT.certificateRevoked
      ? []
      : [
          {
            component: 'server',
            text: 'Or take its authority into the list.',
            config:
              '# HAProxy\nbind :443 ssl crt CERTIFICATE ca-file CLIENTS-CA.pem verify required\n# nginx\nssl_client_certificate CLIENTS-CA.pem;',
          },
        ]),
  ],
  'server-certificate-refused': ({ failures, names, first }) => {
    const all = failures.flatMap(flawsOf);
    const flaws = [...new Set(all.map(({ text }) => text))];
    const isOutOfDate =
      failures.some(({ alert }) => alert === ALERT.certificateExpired) || all.some(({ kind }) => kind === 'date');
    const hasOtherNames = all.some(({ kind }) => kind === 'name');
    return [
      {
        component: 'server',
        text:
          flaws.length > 0
            ? `${isOutOfDate && !hasOtherNames ? 'Renew' : 'Replace'} the certificate, which ${flaws.join('; ')}.`
            : 'Send the whole chain (the certificate, then the intermediate ones), of an authority that the clients know.',
        config: `openssl s_client -connect HOST:443 -servername ${configWord(names[0], 'NAME')} -showcerts </dev/null`,
      },
      {
        component: 'client',
        text: hasOtherNames
          ? 'Or call the server by a name that its certificate has.'
          : isOutOfDate
            ? 'If the certificate is still valid, check the client’s clock.'
            : 'Or let the client trust its authority; check the client’s clock, too.',
        config: null,
      },
      ...(first.sign === 'unused' ? [NGINX_VERIFIES] : []),
    ];
  },
  'silent-refusal': ({ names }) => [
    {
      component: 'envoy',
      text: `Envoy closes so where no filter chain matches the server name${names.length > 0 ? ` (${names.join(', ')})` : ''}; add one, or a default.`,
      config: 'filter_chain_match:\n  server_names: ["NAME"]',
    },
    {
      component: 'host',
      text: 'Or look for a packet filter or IPS that reads server names.',
      config: 'nft list ruleset',
    },
  ],
};

/** Where there may be something else instead of a cause. */
const SEE_WHETHER_TLS: Remedy = {
  component: 'client',
  text: 'See first whether TLS is spoken on this port at all, and without a PROXY header before it: where it answers plain HTTP, call it so.',
  config: 'curl -v http://ADDRESS:PORT/',
};

const NGINX_VERIFIES: Remedy = {
  component: 'nginx',
  text: 'Where nginx is the client: its authority, and the name that the certificate is for.',
  config:
    'proxy_ssl_trusted_certificate /etc/ssl/certs/ca-certificates.crt;\nproxy_ssl_name NAME;\nproxy_ssl_server_name on;',
};

const ASK_WHOSE: Remedy = {
  component: 'client',
  text: 'For others nothing needs to be mended; see whose scan it is, where it is not your own.',
  config: null,
};

const ASK_OTHERWISE: Remedy = {
  component: 'haproxy',
  text: 'Where it is a health check, let it speak TLS.',
  config: 'server s1 ADDRESS:443 check check-ssl verify none   # without option ssl-hello-chk',
};

const SEE_CERTIFICATE: Remedy = {
  component: 'client',
  text: 'See whether the client’s certificate is one that the server takes: in date, and of an authority that it knows. nginx (stream) and HAProxy with verify optional may refuse it when the handshake is done.',
  config: 'openssl x509 -in CLIENT.pem -noout -dates -issuer',
};

const SEE_BEHIND: Remedy = {
  component: 'server',
  text: 'Where it hands connections on, see whether the server behind can be reached from it, at that address and port: stunnel, hitch and nginx (stream) take the TLS first and close when it cannot. Its log says so.',
  config: 'curl -v http://BACKEND:PORT/',
};

const LOOK: Remedy = {
  component: 'server',
  text: 'The log of the side that ended it says why (HAProxy: "SSL handshake failure", nginx: error_log at info); with keys in the capture (SSLKEYLOGFILE) the alert can be read.',
  config: null,
};
