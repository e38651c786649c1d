/** People at the portal: each visit is one curl, from an address of its own, with its pages on one connection. */
import { curl } from '../../parts/curl.mjs';
import { pause } from '../../parts/program.mjs';
import { BRANCH_CLIENTS, INTERNET_CLIENTS, WAN_GATEWAY } from './two-gateways.mjs';

/** How long a client waits for a connection: long enough for its SYN to be sent twice. */
const CONNECT_SECONDS = '1.5';

/** Exit codes of curl. */
export const CONNECT_TIMED_OUT = 28;
export const RESET = 56;

const BROWSERS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0',
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
  'warehouse-terminal/3.2',
];

/** Visits by the clients of the internet, spread over a second. */
export function internetVisits(internet, address) {
  return visits(internet, INTERNET_CLIENTS, [
    { address, host: 'portal.example.com', pages: ['/', '/login', '/orders'] },
    { address, host: 'portal.example.com', pages: ['/stock'] },
  ]);
}

/** Visits by the terminals of the branch, each to the portal at every one of `addresses`, in this order. */
export function branchVisits(branch, ...addresses) {
  const journeys = addresses.map((address) => ({ address, host: 'portal.branch.example', pages: ['/', '/stock'] }));
  return visits(branch, BRANCH_CLIENTS, journeys);
}

/** The router of the branch asks the portal whether it is well, three times. */
export function routerChecks(wan, address) {
  const journey = { address, host: 'portal.branch.example', pages: ['/'] };
  return visits(wan, [WAN_GATEWAY], [journey, journey, journey]);
}

/** Every client makes each of `journeys`, one after the other. Gives for each page `{ client, address, status, exit }`. */
async function visits(host, clients, journeys) {
  const all = clients.map(async (client, index) => {
    const told = [];
    await pause(120 * index);
    for (const { address, host: name, pages } of journeys) {
      const urls = pages.map((page) => `http://${address}${page}`);
      const options = [
        '--interface',
        client,
        '--connect-timeout',
        CONNECT_SECONDS,
        '--user-agent',
        BROWSERS[index % BROWSERS.length],
      ];
      const { transfers } = await curl(host, urls, {
        options: [...options, '--header', `Host: ${name}`, '--fail-early'],
      });
      told.push(...transfers.map(({ status, exit }) => ({ client, address, status, exit })));
      await pause(150);
    }
    return told;
  });
  return (await Promise.all(all)).flat();
}

/** The same of the terminals of the branch, which are served, or find nobody at their first page. */
export function branchFaults(told, isFailing) {
  return visitFaults('branch', told, isFailing ? { pages: 3, exit: CONNECT_TIMED_OUT } : { pages: 6, exit: 0 });
}

/** What is wrong with what the clients saw: all of `pages` should have been answered, or none of them. */
export function visitFaults(who, told, { pages, exit }) {
  const wrong = told.filter((page) => (exit === 0 ? page.status !== 200 : page.exit !== exit));
  return [
    ...(told.length === pages ? [] : [`${who}: ${told.length} pages, should be ${pages}`]),
    ...wrong.map((page) => `${who} ${page.client}: status ${page.status}, exit ${page.exit}, should be exit ${exit}`),
  ];
}
