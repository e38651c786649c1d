/** The telling packets of these samples: ClientHellos, the requests for the second name and where they end up. */
import { BACK, FRONT } from '../../parts/front.mjs';
import { FIN } from '../../parts/tshark.mjs';
import { ASKED } from './edge-story.mjs';
import { ONE, TWO } from './sites.mjs';

/** A browser may open a second connection to a site ahead of need, and close it unused. */
function helloMark(name, count) {
  return {
    what: `ClientHello for ${name}`,
    filter: `tls.handshake.extensions_server_name == "${name}" && ip.dst == ${FRONT}`,
    count,
    own: { hello: name, to: FRONT },
  };
}

function closeMark() {
  return {
    what: 'FIN of the browser',
    filter: `${FIN} && ip.dst == ${FRONT}`,
    count: [1, 6],
    own: { segment: 'fin', to: FRONT },
  };
}

export function browserMarks({ hellosTwo, wrongServer }) {
  return [
    helloMark(ONE, [1, 3]),
    helloMark(TWO, hellosTwo),
    {
      what: `Request for ${TWO} as the browser sends it`,
      filter: `http2.headers.authority == "${TWO}" && ip.dst == ${FRONT}`,
      count: [1, 4],
      own: { request: 'GET', authority: TWO, to: FRONT },
    },
    {
      what: `Request for ${TWO} that reaches server one`,
      filter: `http2.headers.authority == "${TWO}" && ip.dst == ${BACK}`,
      count: wrongServer,
      own: { request: 'GET', authority: TWO, to: BACK },
      fault: true,
    },
    closeMark(),
  ];
}

export function dnsMarks({ hellosTwo }) {
  return [
    { what: `DNS answer for ${ONE}`, filter: `dns.a == ${FRONT} && dns.qry.name == "${ONE}"`, count: 1 },
    { what: `DNS answer for ${TWO}`, filter: `dns.a == ${FRONT} && dns.qry.name == "${TWO}"`, count: 1 },
    helloMark(ONE, [1, 3]),
    { ...helloMark(TWO, hellosTwo), mended: true },
    closeMark(),
  ];
}

export function http1Marks(wrongServer) {
  return [
    {
      what: `Request for ${TWO} on the leg of the edge`,
      filter: `http.host == "${TWO}" && ip.dst == ${FRONT}`,
      count: ASKED.filter((name) => name === TWO).length,
    },
    {
      what: `Request for ${TWO} that reaches server one`,
      filter: `http.host == "${TWO}" && ip.dst == ${BACK}`,
      count: wrongServer,
      own: { request: 'GET', authority: TWO, to: BACK },
      fault: true,
    },
    {
      what: 'Request that reaches server one',
      filter: `http.request && ip.dst == ${BACK}`,
      count: [1, ASKED.length],
      own: { request: 'GET', to: BACK },
    },
  ];
}
