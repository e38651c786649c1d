/** Uploads that ask first, by `Expect: 100-continue`, and are never told to go on. */
import { createServer } from 'node:http';
import { beside } from '../parts/beside.mjs';
import { curl } from '../parts/curl.mjs';
import { BACK, FRONT, frontNetwork } from '../parts/front.mjs';
import { haproxyConfiguration } from '../parts/haproxy-configuration.mjs';
import { pause } from '../parts/program.mjs';
import { startHaproxy } from '../parts/servers.mjs';

const APPLICATION = `${BACK}:8080`;
const UPLOADS = 3;
const BODY_BYTES = 1200;
/** Between uploads, milliseconds. */
const PACE_MS = 60;
/** curl's patience, and how soon an upload is over that need not wait for its end. */
const PATIENCE_MS = 1000;

const DROPS = 'http-request del-header Expect';
const TAKES_BODY = 'option http-buffer-request';
const SILENT = 'its listener of checkContinue says nothing before it answers';
const SAYS = 'it says 100 by itself: there is no listener of checkContinue';

const CONTINUES = (count, from) => ({
  what: `100 of ${from}`,
  filter: `http.response.code == 100 && ip.src == ${from.split(':')[0]}`,
  count,
  mended: true,
  own: { response: 100, from },
});
const STORED = {
  what: '201 to the client',
  filter: `http.response.code == 201 && ip.src == ${FRONT} && tcp.srcport == 80`,
  count: UPLOADS,
  own: { response: 201, from: `${FRONT}:80` },
};
/** A segment of the client's with the body alone, long after the one before. */
const LATE_BODIES = (what, to, port, count) => ({
  what,
  filter: `ip.dst == ${to} && tcp.dstport == ${port} && tcp.len >= ${BODY_BYTES} && tcp.time_delta > 0.9`,
  count,
  fault: true,
});
const LATE_IN_FRONT = (count) => LATE_BODIES('the body, a second behind its head, to the front', FRONT, 80, count);
const LATE_BEHIND = (count) => LATE_BODIES('the body, a second behind its head, to the application', BACK, 8080, count);

const SET_UP = (application) =>
  `HAProxy before ${application}; captured on the front on all devices; curl uploads ${UPLOADS} documents of ${BODY_BYTES} bytes with \`Expect: 100-continue\``;
const DIAGNOSIS = (who) =>
  `expect-continue-stall of ${who} (warning, certain): none of ${UPLOADS} requests with Expect: 100-continue is told to go on, each waits a second (curl's patience) before its body. Told once, of the one who should have said it`;

export const scenario = {
  name: 'expect-continue-stall',
  about:
    'curl asks before it uploads, and waits a second for an answer. Whoever ought to say 100 (Continue) does not, and every upload takes a second longer.',
  programs: ['haproxy', 'curl'],
  samples: [
    {
      file: 'expect-continue-stall-node.pcapng',
      setUp: SET_UP('a Node application'),
      decisive: [SILENT],
      wrong:
        'HAProxy hands the expectation on; Node leaves 100 to the listener of checkContinue, and this one reads the body without having said it',
      diagnosis: `${DIAGNOSIS(APPLICATION)}. Remedy: \`response.writeContinue()\`, or \`${TAKES_BODY}\` in HAProxy`,
      twin: 'expect-continue-stall-node-healthy.pcapng',
      differs: [`- ${SILENT}`, `+ ${SAYS}`],
      marks: [LATE_IN_FRONT(UPLOADS), LATE_BEHIND(UPLOADS), CONTINUES(0, APPLICATION), STORED],
      take: (lab) => take(lab, { application: node(SILENT) }),
      faults: slowFaults,
    },
    {
      file: 'expect-continue-stall-node-healthy.pcapng',
      setUp: SET_UP('a Node application'),
      decisive: [SAYS],
      wrong: null,
      diagnosis: 'nothing: 100 comes within milliseconds, through HAProxy',
      marks: [CONTINUES(UPLOADS, APPLICATION), STORED],
      take: (lab) => take(lab, { application: node(SAYS) }),
      faults: fastFaults,
    },
    {
      file: 'expect-continue-stall-python.pcapng',
      setUp: SET_UP("an application with Python's http.server"),
      decisive: ['HTTP/1.0'],
      wrong: "Python's http.server speaks HTTP/1.0 unless it is told otherwise, and HTTP/1.0 has no 100",
      diagnosis: `${DIAGNOSIS(APPLICATION)}. Remedy: HTTP/1.1 (\`protocol_version\`), or \`${TAKES_BODY}\` in HAProxy`,
      twin: 'expect-continue-stall-python-healthy.pcapng',
      differs: ['- HTTP/1.0', '+ HTTP/1.1'],
      marks: [LATE_IN_FRONT(UPLOADS), LATE_BEHIND(UPLOADS), CONTINUES(0, APPLICATION), STORED],
      take: (lab) => take(lab, { application: python('HTTP/1.0') }),
      faults: slowFaults,
    },
    {
      file: 'expect-continue-stall-python-healthy.pcapng',
      setUp: SET_UP("an application with Python's http.server"),
      decisive: ['HTTP/1.1'],
      wrong: null,
      diagnosis: 'nothing: Python says 100 in HTTP/1.1, by itself',
      marks: [CONTINUES(UPLOADS, APPLICATION), STORED],
      take: (lab) => take(lab, { application: python('HTTP/1.1') }),
      faults: fastFaults,
    },
    {
      file: 'expect-continue-stall-dropped.pcapng',
      setUp: SET_UP('a Node application that does not say 100'),
      decisive: [DROPS],
      wrong:
        'HAProxy drops the field, as is often advised: the application is not asked any more, and nobody answers the client, which waits as before',
      diagnosis: `${DIAGNOSIS(`${FRONT}:80`)}: the request behind it has no Expect. Remedy: \`${TAKES_BODY}\`: HAProxy then says 100 itself`,
      twin: 'expect-continue-stall-dropped-healthy.pcapng',
      differs: [`- ${DROPS}`, `+ ${TAKES_BODY}`],
      marks: [LATE_IN_FRONT(UPLOADS), CONTINUES(0, `${FRONT}:80`), STORED],
      take: (lab) => take(lab, { application: node(SILENT), haproxy: DROPS }),
      faults: slowFaults,
    },
    {
      file: 'expect-continue-stall-dropped-healthy.pcapng',
      setUp: SET_UP('a Node application that does not say 100'),
      decisive: [TAKES_BODY],
      wrong: null,
      diagnosis:
        'nothing: HAProxy says 100 and takes the body before it asks the application, which has it at once with the head',
      marks: [CONTINUES(UPLOADS, `${FRONT}:80`), STORED],
      take: (lab) => take(lab, { application: node(SILENT), haproxy: TAKES_BODY }),
      faults: fastFaults,
    },
  ],
};

const node = (how) => async (lab, back) => {
  lab.setting('application', how);
  const input = { address: BACK, port: 8080, isSilent: how === SILENT };
  await back.actor(import.meta.url, 'startApplication', input);
};

const python = (version) => async (lab, back) => {
  lab.setting('application', version);
  const script = beside(import.meta.url, 'expect-continue-stall/upload-service.py');
  const program = await back.start({ name: 'the upload service', command: ['python3', script, BACK, '8080', version] });
  await back.listens(program, [APPLICATION]);
};

async function take(lab, { application, haproxy = null }) {
  const { client, front, back } = await frontNetwork(lab);
  await application(lab, back);
  const configuration = haproxyConfiguration({
    timeouts: { connect: '2s', client: '5s', server: '5s' },
    sections: `
frontend web
    bind ${FRONT}:80
${haproxy === null ? '' : `    ${haproxy}\n`}    default_backend application
backend application
    server app1 ${APPLICATION}`,
  });
  await startHaproxy(lab, front, { configuration, endpoints: [`${FRONT}:80`] });
  await lab.capture(front, { device: 'any', filter: 'tcp' });
  const told = [];
  for (let upload = 1; upload <= UPLOADS; upload += 1) {
    const body = ['--data-binary', `text=${'x'.repeat(BODY_BYTES - 5)}`];
    const options = ['--header', 'Host: shop.example', '--header', 'Expect: 100-continue', ...body];
    const beganMs = Date.now();
    const { transfers } = await curl(client, [`http://${FRONT}/documents/${upload}`], { options });
    told.push({ status: transfers[0].status, ms: Date.now() - beganMs });
    await pause(PACE_MS);
  }
  await client.allClosed();
  await front.allClosed(undefined, FRONT);
  return told;
}

function slowFaults(_, told) {
  return told.filter(({ status, ms }) => status !== 201 || ms < PATIENCE_MS).map(upload);
}

function fastFaults(_, told) {
  return told.filter(({ status, ms }) => status !== 201 || ms >= PATIENCE_MS).map(upload);
}

function upload({ status, ms }) {
  return `an upload was answered ${status} after ${ms} ms`;
}

/** Runs as an actor. */
export async function startApplication({ address, port, isSilent }) {
  const store = (request, response) => request.resume().once('end', () => response.writeHead(201).end('stored\n'));
  const server = createServer(store);
  if (isSilent) server.on('checkContinue', store);
  await new Promise((resolve) => {
    server.listen(port, address, resolve);
  });
}
