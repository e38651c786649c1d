/** What the clients of every server do, how it is taken, and what of it must be in the capture. */
import { CLIENT, FRONT, frontNetwork } from '../../parts/front.mjs';
import { connectionFaults, connectionsOf } from './connections.mjs';
import { SHOP } from './front-servers.mjs';

const VISITORS = new URL('visitors.mjs', import.meta.url).href;

const [LAPTOP, PHONE, CAMERA, KIOSK, TABLET] = ['10.0.0.11', '10.0.0.12', '10.0.0.13', '10.0.0.14', '10.0.0.15'];

/** Times in milliseconds; the plays are in visitors.mjs. */
const VISITS = [
  { after: 0, play: 'reads', from: CLIENT, agent: 'desktop', ahead: 3, pages: ['/', '/assets/shop.css'], stays: 3600 },
  { after: 120, play: 'reads', from: LAPTOP, agent: 'laptop', ahead: 2, pages: ['/'], stays: 3400 },
  {
    after: 200,
    play: 'readsOn',
    from: PHONE,
    agent: 'phone',
    ahead: 2,
    pages: ['/'],
    waits: 3300,
    next: '/basket.html',
  },
  { after: 260, play: 'stalls', from: CAMERA, agent: 'camera', stalls: 2500 },
  { after: 300, play: 'polls', from: KIOSK, agent: 'kiosk', path: '/api/stock.json', times: 5, every: 700 },
  { after: 350, play: 'turnsAway', from: TABLET, agent: 'desktop', ahead: 2, stays: 900 },
];

export const WHO =
  'Clients: .10 and .11 open 3 and 2 connections at once and use all but one; .12 opens 2, and asks on the unused one after 3.3 s; .13 sends half a request header, the rest after 2.5 s; .14 polls; .15 closes two unused ones after 0.9 s.';

/** Its visitors a long way off: two ask just as the server's patience of 2 s ends. */
const CROSSING_VISITS = [
  { after: 0, play: 'asksAt', from: CLIENT, agent: 'desktop', waits: 2062, next: '/basket.html' },
  { after: 90, play: 'reads', from: LAPTOP, agent: 'laptop', ahead: 2, pages: ['/'], stays: 2300 },
  { after: 170, play: 'asksAt', from: PHONE, agent: 'phone', waits: 2062, next: '/' },
  { after: 230, play: 'polls', from: KIOSK, agent: 'kiosk', path: '/api/stock.json', times: 4, every: 600 },
];

/** One way between client and server, for requests that leave before what crosses them arrives. */
const FAR_MICROSECONDS = 40_000;

export function afternoon(start, how, place) {
  return (lab) => visit(lab, { start, how, visits: VISITS, ...place });
}

export function crossing(start, how) {
  return (lab) => visit(lab, { start, how, visits: CROSSING_VISITS, line: { oneWayMicroseconds: FAR_MICROSECONDS } });
}

async function visit(lab, { start, how, visits, line, device = 'eth0', secure = false }) {
  const network = await frontNetwork(lab, { clients: [LAPTOP, PHONE, CAMERA, KIOSK, TABLET], line });
  const authority = secure ? await lab.authority() : null;
  const server = await start(lab, network, { ...how, authority });
  await lab.capture(network.front, { device });
  const input = { visits, to: FRONT, port: secure ? 443 : 80, host: SHOP, authority: authority?.certificate ?? null };
  const options = { keyLog: secure ? lab.keyLog : null, patienceMs: 20_000 };
  const visitors = await network.client.perform(VISITORS, 'browse', input, options);
  await network.front.allClosed(undefined, FRONT);
  return { visitors, log: server.text };
}

/**
 * The faults of a capture: how connections of each use must have ended (connections.mjs), when the server lost its
 * patience, and how often it `logged` that.
 */
export function mustShow(endings, { patienceMs, logged = null }) {
  return async (capture, { visitors, log }) => {
    const connections = await connectionsOf(capture);
    // What is closed in time is unused as well, but for it the visitor closes first.
    const isTablet = ({ local }) => local.startsWith(`${TABLET}:`);
    const others = visitors.filter((visitor) => !isTablet(visitor));
    const lines = logged === null ? 0 : [...log.matchAll(logged.pattern)].length;
    return [
      ...connectionFaults(connections, others, { endings, patienceMs }),
      ...connectionFaults(connections, visitors.filter(isTablet), { endings: { idle: 'left' }, patienceMs }),
      ...(logged === null || lines === logged.count ? [] : [`the server logged ${lines} time-outs: ${log}`]),
    ];
  };
}
