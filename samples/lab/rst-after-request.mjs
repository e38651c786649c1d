/**
 * Makes samples/rst-after-request.pcapng and its healthy twin. Needs root.
 *
 *     node samples/lab/rst-after-request.mjs
 *
 * One server host, captured on its own device. In the sample, a security agent on the host resets
 * every request of one viewer to a healthy nginx, and an application that stands still is killed
 * with requests unread. In the twin the same clients ask the same, the agent is off, and the
 * application goes on. Neither sample is replaced before both captures were found good.
 */
import { copyFile, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { convertToPcapng, startCapture } from './capture.mjs';
import { startLoadBalancer } from './clients.mjs';
import { listingOf } from './listing.mjs';
import { connectionsIn, createNetwork } from './network.mjs';
import { startNginx } from './nginx.mjs';
import { startOrderApplication } from './order-application.mjs';
import { missingCommands, until } from './program.mjs';
import { faultsOfHealthyTwin, faultsOfIncident, MAX_SAMPLE_BYTES } from './reset-check.mjs';
import {
  BALANCERS,
  browseCatalogue,
  CATALOGUE,
  MONITOR,
  ORDERS,
  placeOrders,
  SHOP,
  SITES,
  visitShop,
} from './reset-story.mjs';
import { startSecurityAgent } from './security-agent.mjs';
import { Teardown } from './teardown.mjs';

const SAMPLES = fileURLToPath(new URL('..', import.meta.url));

const TAKES = [
  { file: 'rst-after-request.pcapng', incident: true, faultsOf: faultsOfIncident },
  { file: 'rst-after-request-healthy.pcapng', incident: false, faultsOf: faultsOfHealthyTwin },
];

const COMMANDS = ['ip', 'ss', 'tc', 'sysctl', 'iptables', 'tcpdump', 'tshark', 'editcap', 'nginx', 'python3', 'curl'];

/** A machine that is busy for a moment stretches the microseconds that a sample must show. */
const ATTEMPTS = 3;

async function main() {
  if (process.getuid() !== 0) throw new Error('network namespaces and captures need root');
  const missing = await missingCommands(COMMANDS);
  if (missing.length > 0) throw new Error(`not installed: ${missing.join(', ')} (see samples/README.md)`);
  const teardown = new Teardown();
  const interrupted = new Promise((_, reject) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(name, () => reject(new Error(`ended by ${name}`)));
  });
  try {
    await Promise.race([makeSamples(teardown), interrupted]);
  } finally {
    await teardown.close();
  }
}

async function makeSamples(teardown) {
  const folder = await teardown.make(
    'the temporary folder',
    () => mkdtemp(join(tmpdir(), 'pcapdx-lab-')),
    (made) => rm(made, { recursive: true, force: true }),
  );
  const good = [];
  for (const take of TAKES) {
    good.push({ file: await goodTake(teardown, take, folder), sample: join(SAMPLES, take.file) });
  }
  for (const { file, sample } of good) await replace(sample, file);
}

/** Takes until a capture has no faults, and gives its file. */
async function goodTake(outer, { file, incident, faultsOf }, folder) {
  for (let attempt = 1; ; attempt += 1) {
    const teardown = await outer.make(
      `the lab of ${file}`,
      () => new Teardown(),
      (made) => made.close(),
    );
    const target = join(folder, `${attempt}-${file}`);
    let faults;
    try {
      const told = await take(teardown, { folder: `${target}-servers`, target, incident });
      faults = faultsOf(await listingOf(target), told);
      const { size } = await stat(target);
      if (size > MAX_SAMPLE_BYTES) faults.push(`${size} bytes, should be at most ${MAX_SAMPLE_BYTES}`);
      if (faults.length === 0) {
        console.log(`${file}: ${told.packets} packets, ${size} bytes`);
        return target;
      }
    } finally {
      await teardown.close();
    }
    console.error(`${file}, attempt ${attempt} of ${ATTEMPTS}:\n  ${faults.join('\n  ')}`);
    if (attempt === ATTEMPTS) throw new Error(`${file}: no good capture; the samples are as they were`);
  }
}

/** Sets everything up, lets the stories happen, writes the capture to `target` and gives what the programs say. */
async function take(teardown, { folder, target, incident }) {
  const addresses = {
    servers: [SHOP, ORDERS, CATALOGUE].map(({ address }) => address),
    clients: [...BALANCERS, MONITOR],
  };
  const network = await createNetwork(teardown, addresses);
  const nginx = await startNginx(teardown, { namespace: network.server, folder, sites: SITES });
  const application = await startOrderApplication(teardown, { namespace: network.server, site: ORDERS });
  const agent = incident ? await startSecurityAgent(teardown, { namespace: network.server, site: SHOP }) : null;
  const balancer = await startLoadBalancer(teardown, { namespace: network.clients });
  const capture = await startCapture(teardown, { namespace: network.server, file: `${target}.pcap` });

  const [shop, orders, catalogue] = await Promise.all([
    visitShop(balancer),
    placeOrders(balancer, { application, incident, clients: network.clients }),
    browseCatalogue(balancer, { clients: network.clients }),
  ]);
  balancer.closePools();
  await until('all connections to be closed', async () => {
    const open = await connectionsIn(network.server, 'state', 'connected', 'exclude', 'time-wait');
    return open.length === 0 ? true : null;
  });
  const packets = await capture.stop();
  await convertToPcapng(`${target}.pcap`, target);
  return { packets, shop, orders, catalogue, agent: agent?.log() ?? null, shopLog: await nginx.log(SHOP.name) };
}

/** Puts `file` in the place of `sample`, whole or not at all. */
async function replace(sample, file) {
  await copyFile(file, `${sample}.new`);
  await rename(`${sample}.new`, sample);
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error.message);
    process.exit(1);
  },
);
