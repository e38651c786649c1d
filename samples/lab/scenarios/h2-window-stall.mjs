/** Transfers over HTTP/2 that stand still because their receiver gives no window, within a TCP connection that is well. */
import { BACK, CLIENT, FRONT, frontNetwork } from '../parts/front.mjs';
import { haproxyConfiguration } from '../parts/haproxy-configuration.mjs';
import { pause } from '../parts/program.mjs';
import { startHaproxy } from '../parts/servers.mjs';

const SERVER_URL = new URL('h2-window-stall/import-server.mjs', import.meta.url).href;
const CLIENT_URL = new URL('h2-window-stall/price-client.mjs', import.meta.url).href;

const PORT = 8080;
const SERVER = `${BACK}:${PORT}`;
const PROXY = `${FRONT}:${PORT}`;
/** Small, so that the samples are: Node's own window is 65,535 bytes. */
const WINDOW = 1024;
const UPLOAD_BYTES = 6_000;
const UPLOADS = 2;
const LOCK_MS = 2500;
const PATIENCE_MS = 6000;

const LOCKED = `import: waits ${LOCK_MS / 1000} s for a lock before it reads`;
const FREE = 'import: reads at once';
const UNREAD = `client: does not read the export, and gives up after ${PATIENCE_MS / 1000} s`;
const SLOW = 'client: reads the export with pauses of 0.25 s';

const SET_UP =
  'HAProxy before an import service (Node), HTTP/2 in clear on both legs, with windows of 1 KiB (Node) and 2 KiB (HAProxy); captured on the front on all devices';

const resets = (count, fault) => ({
  what: 'RST_STREAM of the client, CANCEL',
  filter: `http2.type == 3 && http2.rst_stream.error == 8 && ip.src == ${CLIENT}`,
  count,
  fault,
});
const late = (count, fault) => ({
  what: 'the server gives window after two seconds',
  filter: `http2.type == 8 && ip.src == ${BACK} && tcp.srcport == ${PORT} && tcp.time_delta > 2`,
  count,
  fault,
});

const answered = (count) => ({
  what: 'the service answers 200',
  filter: `http2.headers.status == 200 && ip.src == ${BACK}`,
  count,
  own: { response: 200, from: SERVER },
});

export const scenario = {
  name: 'h2-window-stall',
  about:
    'A receiver of HTTP/2 that does not read gives no WINDOW_UPDATE, and its sender may send nothing more on that stream; requests beside it go on. The windows of TCP stay open.',
  programs: ['haproxy'],
  samples: [
    {
      file: 'h2-window-stall-upload.pcapng',
      setUp: SET_UP,
      decisive: [LOCKED],
      wrong: 'each of two uploads uses up the window of its stream, and stands still for 2.5 s, on both legs',
      diagnosis: `h2-window-stall: ${SERVER} gave no window for 2.5 s in both uploads, likely; the status between them is answered at once. HAProxy, which stands still with it, only passes that on. Remedy: read the body as it comes`,
      twin: 'h2-window-stall-upload-healthy.pcapng',
      differs: [`- ${LOCKED}`, `+ ${FREE}`],
      marks: [late([UPLOADS, 2 * UPLOADS], true), answered([2, 2 * UPLOADS])],
      take: (lab) => takeUploads(lab, LOCK_MS),
      faults: (_, told) => uploadFaults(told),
    },
    {
      file: 'h2-window-stall-upload-healthy.pcapng',
      setUp: SET_UP,
      decisive: [FREE],
      wrong: null,
      diagnosis: 'nothing: windows are used up and given again within a round trip or two',
      marks: [late(0, true), answered([2, 2 * UPLOADS])],
      take: (lab) => takeUploads(lab, 0),
      faults: (_, told) => uploadFaults(told),
    },
    {
      file: 'h2-window-stall-unread.pcapng',
      setUp: SET_UP,
      decisive: [UNREAD],
      wrong: 'two exports stop where the window of their stream is used up; the client, which reads neither, gives up',
      diagnosis: `h2-window-stall, a notice: the client of ${PROXY} gave no window for 6 s and gave up; the server had more to send. Neither the server nor HAProxy is slow. Remedy: read what is asked for, or cancel at once`,
      twin: 'h2-window-stall-unread-healthy.pcapng',
      differs: [`- ${UNREAD}`, `+ ${SLOW}`],
      marks: [resets([1, 2], true), answered([2, 4])],
      take: (lab) => takeExports(lab, UNREAD, { patienceMs: PATIENCE_MS }),
      faults: (_, { exports }) => (exports.every(({ bytes }) => bytes === 0) ? [] : ['something was read']),
    },
    {
      file: 'h2-window-stall-unread-healthy.pcapng',
      setUp: SET_UP,
      decisive: [SLOW],
      wrong: null,
      diagnosis: 'nothing: the client reads slowly, and takes all',
      marks: [resets(0, true), answered([2, 4])],
      take: (lab) => takeExports(lab, SLOW, { everyMs: 250 }),
      faults: (_, { exports }) =>
        exports.every(({ bytes }) => bytes === 6_000) ? [] : [`exports came to ${JSON.stringify(exports)}`],
    },
  ],
};

async function stage(lab, lockMs) {
  const { client, front, back } = await frontNetwork(lab);
  const how = { address: BACK, port: PORT, window: WINDOW, lockMs };
  await back.actor(SERVER_URL, 'startImportServer', how);
  await startHaproxy(lab, front, {
    configuration: haproxyConfiguration({
      global: ['tune.h2.initial-window-size 2048'],
      timeouts: { connect: '2s', client: '30s', server: '30s' },
      sections: `
frontend prices
    bind ${PROXY} proto h2
    default_backend import
backend import
    server import1 ${SERVER} proto h2`,
    }),
    endpoints: [PROXY],
  });
  await lab.capture(front, { device: 'any', filter: 'tcp' });
  const prices = await client.actor(CLIENT_URL, 'startPriceClient', {
    from: CLIENT,
    to: FRONT,
    port: PORT,
    window: WINDOW,
  });
  return { prices };
}

async function takeUploads(lab, lockMs) {
  lab.setting('import', lockMs > 0 ? LOCKED : FREE);
  const { prices } = await stage(lab, lockMs);
  const uploads = [];
  for (let upload = 0; upload < UPLOADS; upload += 1) {
    const sending = prices.call('upload', UPLOAD_BYTES);
    await pause(300);
    await prices.call('status');
    uploads.push(await sending);
  }
  await prices.call('leave');
  await pause(300);
  return { uploads };
}

async function takeExports(lab, setting, how) {
  lab.setting('client', setting);
  const { prices } = await stage(lab, 0);
  await prices.call('status');
  const exports = [prices.call('export', how)];
  await pause(150);
  exports.push(prices.call('export', how));
  await pause(150);
  await prices.call('status');
  const told = { exports: await Promise.all(exports) };
  await prices.call('leave');
  await pause(300);
  return told;
}

function uploadFaults({ uploads }) {
  return uploads.every(({ status }) => status === 200) ? [] : [`uploads came to ${JSON.stringify(uploads)}`];
}
