/**
 * HAProxy with a wildcard certificate routes by the name in the ClientHello. A browser reuses its
 * connection for a second name that the certificate covers, and gets the first name's site.
 */

import { FRONT } from '../parts/front.mjs';
import { browse, PRELOAD, pagesShould } from './cross-sni-reuse/browser-story.mjs';
import { ASKED, edgeFaults, throughEdge } from './cross-sni-reuse/edge-story.mjs';
import { browserMarks, dnsMarks, http1Marks } from './cross-sni-reuse/marks.mjs';
import { BY_HOST, BY_SNI, MISDIRECTED } from './cross-sni-reuse/proxy.mjs';

const SNI_TO_HOST = [...BY_SNI.map((line) => `- ${line}`), ...BY_HOST.map((line) => `+ ${line}`)];

const SET_UP =
  'HAProxy `10.0.0.49:443` (h2) before `10.0.1.43:443` (`serv1.shop.example`) and `10.0.1.48:443` (`serv2.shop.example`), one certificate for `*.shop.example`; Chromium opens the first site, then the second. Both legs, decrypted';

export const scenario = {
  name: 'cross-sni-reuse',
  about:
    'A connection opened for one name carries requests for another. The proxy has chosen the server by the first name: a browser shows site one under the address of site two.',
  programs: ['haproxy', 'chromium', 'certutil', 'nginx', 'curl', 'dnsmasq'],
  samples: [
    {
      file: 'cross-sni-reuse.pcapng',
      setUp: SET_UP,
      decisive: BY_SNI,
      wrong:
        'The page of `serv2.shop.example` is asked for on the connection of `serv1.shop.example`, and server one answers it with 200',
      diagnosis:
        'cross-sni-reuse at `10.0.0.49:443`, critical, likely: SNI `serv1.shop.example`, authority `serv2.shop.example`; the back leg shows that 10.0.1.43 answered, with the page of `serv1.shop.example`. (Certain where the capture holds an answer to the right name too.) Cause: routing by SNI; the wildcard certificate and the shared address explain the reuse. Remedy: `use_backend … if { req.hdr(host) -i … }`',
      twin: 'cross-sni-reuse-healthy.pcapng',
      differs: SNI_TO_HOST,
      marks: browserMarks({ hellosTwo: 0, wrongServer: [1, 4] }),
      take: (lab) => browse(lab, BY_SNI),
      faults: (_, told) => pagesShould(told, [200, 'Server one'], [200, 'Server one']),
    },
    {
      file: 'cross-sni-reuse-healthy.pcapng',
      setUp: 'The same, and HAProxy routes by the Host field',
      decisive: BY_HOST,
      wrong: null,
      diagnosis:
        'Harmless reuse, a notice at most: the connection is reused for the second name, and server two answers it',
      marks: browserMarks({ hellosTwo: 0, wrongServer: 0 }),
      take: (lab) => browse(lab, BY_HOST),
      faults: (_, told) => pagesShould(told, [200, 'Server one'], [200, 'Server two']),
    },
    {
      file: 'cross-sni-reuse-preconnect.pcapng',
      setUp: `${SET_UP}. The browser may open connections ahead of need, as browsers do unless told otherwise`,
      decisive: [...BY_SNI, PRELOAD],
      wrong:
        'The same, and harder to see: the browser does open a connection with SNI `serv2.shop.example`, and then sends the request on the older one all the same',
      diagnosis:
        'cross-sni-reuse as in `cross-sni-reuse.pcapng`: a ClientHello for the second name does not prove that its requests went there',
      twin: 'cross-sni-reuse-preconnect-healthy.pcapng',
      differs: SNI_TO_HOST,
      marks: browserMarks({ hellosTwo: [1, 3], wrongServer: [1, 4] }),
      take: (lab) => browse(lab, BY_SNI, { preconnects: true }),
      faults: (_, told) => pagesShould(told, [200, 'Server one'], [200, 'Server one']),
    },
    {
      file: 'cross-sni-reuse-preconnect-healthy.pcapng',
      setUp: 'The same, and HAProxy routes by the Host field',
      decisive: [...BY_HOST, PRELOAD],
      wrong: null,
      diagnosis:
        'Harmless reuse, a notice at most: server two answers for its name on the older connection, and the one opened for that name stays unused',
      marks: browserMarks({ hellosTwo: [1, 3], wrongServer: 0 }),
      take: (lab) => browse(lab, BY_HOST, { preconnects: true }),
      faults: (_, told) => pagesShould(told, [200, 'Server one'], [200, 'Server two']),
    },
    {
      file: 'cross-sni-reuse-421.pcapng',
      setUp: `${SET_UP}. HAProxy answers 421 where SNI and Host differ`,
      decisive: MISDIRECTED,
      wrong: 'Softly: the second page costs a 421 and a further connection; the browser then gets it',
      diagnosis:
        'cross-sni-reuse, notice: each 421 on the connection of `serv1.shop.example` is followed within milliseconds by a connection with SNI `serv2.shop.example` and a 200 for the same target: handled',
      twin: 'cross-sni-reuse-healthy.pcapng',
      differs: [...MISDIRECTED.map((line) => `- ${line}`), ...SNI_TO_HOST],
      marks: [
        ...browserMarks({ hellosTwo: [1, 3], wrongServer: 0 }),
        {
          what: '421 of HAProxy',
          filter: `http2.headers.status == 421 && ip.src == ${FRONT}`,
          count: [1, 3],
          own: { response: 421, from: FRONT },
          fault: true,
        },
      ],
      take: (lab) => browse(lab, [...MISDIRECTED, ...BY_SNI]),
      faults: (_, told) => pagesShould(told, [200, 'Server one'], [200, 'Server two']),
    },
    {
      file: 'cross-sni-reuse-dns.pcap',
      setUp:
        'The same with HTTP between HAProxy and the servers out of sight: only the leg to the browser is captured, with its DNS, and without keys',
      decisive: BY_SNI,
      keys: false,
      wrong: 'The same, behind TLS: the browser shows server one under the second name',
      diagnosis:
        'cross-sni-reuse, possible: DNS gave 10.0.0.49 for `serv2.shop.example` too, no ClientHello for it follows, and traffic goes on within milliseconds on the connection of `serv1.shop.example`. Supported: one certificate for both names at one address, since clients reuse a connection for no other. Open: whether the right server answers. Not more without keys',
      twin: 'cross-sni-reuse-dns-healthy.pcap',
      differs: [
        '- a certificate for DNS:*.shop.example',
        '+ a certificate for DNS:serv1.shop.example',
        '+ a certificate for DNS:serv2.shop.example',
      ],
      marks: dnsMarks({ hellosTwo: 0 }),
      take: (lab) => browse(lab, BY_SNI, { dns: true }),
      faults: (_, told) => pagesShould(told, [200, 'Server one'], [200, 'Server one']),
    },
    {
      file: 'cross-sni-reuse-dns-healthy.pcap',
      setUp: 'The same with a certificate for each name: the browser opens a connection for each',
      decisive: BY_SNI,
      keys: false,
      wrong: null,
      diagnosis: 'Nothing: each name that DNS answered has a ClientHello of its own',
      marks: dnsMarks({ hellosTwo: [1, 3] }),
      take: (lab) => browse(lab, BY_SNI, { dns: true, separate: true }),
      faults: (_, told) => pagesShould(told, [200, 'Server one'], [200, 'Server two']),
    },
    {
      file: 'cross-sni-reuse-http1.pcapng',
      setUp:
        'HTTP/1.1: an nginx edge `10.0.0.10` keeps connections to HAProxy `10.0.0.49:443` in one pool for all names; both legs of HAProxy, decrypted',
      decisive: [...BY_SNI, 'proxy_ssl_name $host;', 'keepalive 4;'],
      wrong:
        'nginx sends requests for `serv2.shop.example` on a pooled connection with SNI `serv1.shop.example` and the other way round; the wrong server answers 200',
      diagnosis:
        'cross-sni-reuse at `10.0.0.49:443`, likely by the back leg and the page. The client is a gateway whose pool ignores the name. Remedy: route by Host; or an upstream block for each name',
      twin: 'cross-sni-reuse-http1-healthy.pcapng',
      differs: SNI_TO_HOST,
      marks: http1Marks([1, ASKED.length]),
      take: (lab) => throughEdge(lab, BY_SNI),
      faults: (capture, told) => edgeFaults(capture, told, true),
    },
    {
      file: 'cross-sni-reuse-http1-healthy.pcapng',
      setUp: 'The same, and HAProxy routes by the Host field',
      decisive: BY_HOST,
      wrong: null,
      diagnosis: 'Nothing, or a notice: the pool mixes names, and each request is answered by its server',
      marks: http1Marks(0),
      take: (lab) => throughEdge(lab, BY_HOST),
      faults: (capture, told) => edgeFaults(capture, told, false),
    },
  ],
};
