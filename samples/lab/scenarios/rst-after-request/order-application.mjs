/** Runs order-server.mjs on the server host. */
import { fileURLToPath } from 'node:url';
import { connectionsIn, inside } from './network.mjs';
import { Program, until } from './program.mjs';

const ORDER_SERVER = fileURLToPath(new URL('order-server.mjs', import.meta.url));

export async function startOrderApplication(teardown, { namespace, site }) {
  const program = await Program.start(teardown, {
    name: 'order server',
    command: inside(namespace, process.execPath, ORDER_SERVER, site.address, String(site.port)),
    ready: /^ready$/m,
  });
  return {
    /** Makes its thread stand still. */
    async block() {
      program.signal('SIGUSR2');
      await program.said(/^blocked$/m);
    },
    /** Lets its thread go on. */
    release() {
      program.tell('');
    },
    kill: () => program.end('SIGKILL'),
    /** Waits until exactly so many connections to it are left. */
    left: (count) =>
      until(`${count} connections`, async () => {
        const connections = await connectionsIn(
          namespace,
          'state',
          'connected',
          'exclude',
          'time-wait',
          'src',
          site.address,
        );
        return connections.length === count ? true : null;
      }),
    /** Waits until the kernel holds unread bytes for it on so many connections, accepted or not. */
    unread: (count) =>
      until(`unread requests on ${count} connections`, async () => {
        const connections = await connectionsIn(namespace, 'state', 'established', 'src', site.address);
        return connections.filter(({ receiveQueue }) => receiveQueue > 0).length === count ? true : null;
      }),
  };
}
