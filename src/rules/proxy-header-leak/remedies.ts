/** What to change, in the words of the proxies and with the names seen (docs/rules/proxy-header-leak.md). */
import type { Remedy } from '../../facts/finding.js';
import { endpointText } from '../../text/address.js';
import { configWord } from '../../text/config-word.js';
import { hostPortOf } from '../judgements/references.js';
import type { Case, Told } from './case.js';

/** Lines of one kind that are worth writing out. */
const MAX_LINES = 4;

/** The remedies that fit. */
export function remediesOf(subject: Case): Remedy[] {
  const { told, first } = subject;
  const places = placesOf(told);
  const origins = [
    ...new Set(
      told.flatMap(({ leaks }) =>
        leaks.flatMap(({ origin }) => (origin === null ? [] : configWord(origin, 'http://SERVER'))),
      ),
    ),
  ]
    .sort()
    .slice(0, MAX_LINES);
  const domains = [
    ...new Set(
      told.flatMap(({ leaks }) =>
        leaks.filter(({ kind }) => kind === 'cookie-domain').map(({ value }) => configWord(value, 'DOMAIN')),
      ),
    ),
  ].sort();
  const paths = [
    ...new Set(
      told.flatMap(({ leaks }) =>
        leaks.filter(({ kind }) => kind === 'cookie-path').map(({ value }) => configWord(value, '/PATH')),
      ),
    ),
  ].sort();
  const host = configWord(hostPortOf(first.answer.authority)?.host, 'PUBLIC');
  const front = places.front;
  const apache = [
    ...origins.map((origin) => `ProxyPassReverse ${front} ${origin}${places.back}`),
    ...domains.slice(0, MAX_LINES).map((domain) => `ProxyPassReverseCookieDomain ${domain} ${host}`),
    ...paths.slice(0, MAX_LINES).map((path) => `ProxyPassReverseCookiePath ${path} ${front.replace(/(.)\/$/, '$1')}`),
  ];
  const nginx = [
    ...origins.map((origin) => `proxy_redirect ${origin}${places.back} ${front};`),
    ...domains.slice(0, MAX_LINES).map((domain) => `proxy_cookie_domain ${domain} $host;`),
    ...paths.slice(0, MAX_LINES).map((path) => `proxy_cookie_path ${path} ${front.replace(/(.)\/$/, '$1')};`),
    ...(origins.length > 0 ? ['proxy_set_header Host $http_host;'] : []),
  ];
  const haproxy = [
    ...origins.map(
      (origin) => `http-response replace-header Location ^${escaped(origin)}${escaped(places.back)}(.*)$ ${front}\\1`,
    ),
    ...domains
      .slice(0, MAX_LINES)
      .map(
        (domain) => `http-response replace-header Set-Cookie ^(.*);\\s*[Dd]omain=\\.?${escaped(domain)}(.*)$ "\\1\\2"`,
      ),
  ];
  const remedies: Remedy[] = [
    {
      component: 'apache',
      text: 'In front of the server: each ProxyPass needs its counterpart for what comes back.',
      config: apache.join('\n'),
    },
    {
      component: 'nginx',
      text: 'In front of the server: rewrite what comes back, in the location of the proxy_pass.',
      config: nginx.join('\n'),
    },
  ];
  if (haproxy.length > 0)
    remedies.push({
      component: 'haproxy',
      text: 'In front of the server: rewrite what comes back.',
      config: haproxy.join('\n'),
    });
  remedies.push({
    component: 'application',
    text: `Or let the server know its public name (${host}): the Host field handed on as it is, X-Forwarded-Host and -Port, and the framework told to use them.`,
    config: '# Apache\nProxyPreserveHost On\n# Spring\nserver.forward-headers-strategy=framework',
  });
  return remedies;
}

/** The prefixes that the two legs put before the same path. */
function placesOf(told: readonly Told[]): { readonly front: string; readonly back: string } {
  const pair = told.find(({ back }) => back !== null);
  if (pair?.back == null) return { front: '/', back: '/' };
  const [front = '', back = ''] = [pair.answer.target, pair.back.target].map((target) => target.split('?', 1)[0]);
  let same = 0;
  while (same < front.length && same < back.length && front.at(-1 - same) === back.at(-1 - same)) same += 1;
  // Whole segments: as much of the common end as begins behind a slash.
  const end = front.slice(front.length - same);
  const slash = end.startsWith('/') && same === Math.min(front.length, back.length) ? 0 : end.indexOf('/');
  const cut = slash < 0 ? 0 : same - slash - 1;
  const [frontPrefix, backPrefix] = [front.slice(0, front.length - cut), back.slice(0, back.length - cut)].map(
    (prefix) => prefix.slice(0, prefix.lastIndexOf('/') + 1),
  );
  return { front: configWord(frontPrefix, '/'), back: configWord(backPrefix, '/') };
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** The endpoint that a URL's origin is, as SYNs are kept by; `null`: a name. */
export function endpointOfOrigin(origin: string): string | null {
  const match = /^(https?):\/\/(.*)$/.exec(origin);
  const place = match === null ? null : hostPortOf(match[2] ?? '');
  if (place === null) return null;
  return endpointText({ address: place.host, port: place.port ?? (match?.[1] === 'https' ? 443 : 80) });
}
