/** Pages that poll: one request waits at the server while the next message is sent beside it. */
import { Agent, request as httpRequest } from 'node:http';

/** Lets each of `pages` (`{ from, kind }`, `sockjs` or `engine`) make `polls` polls. Gives all statuses. */
export async function pollAll({ to, pages, polls }) {
  return Promise.all(pages.map((page) => poll(to, page, polls)));
}

async function poll(to, { from, kind }, polls) {
  const agent = new Agent({ keepAlive: true, maxSockets: 2 });
  const statuses = [];
  const ask = async (method, path, body = '') => {
    statuses.push(
      await exchange({ host: to.address, port: 80, localAddress: from, agent, method, path }, to.name, body),
    );
  };
  const paths = kind === 'sockjs' ? sockjs(from) : engine(from);
  await ask('GET', paths.hello);
  await ask(paths.pollMethod, paths.open);
  await Promise.all([ask(paths.pollMethod, paths.poll), ask('POST', paths.send, paths.body)]);
  for (let count = 1; count < polls; count += 1) await ask(paths.pollMethod, paths.poll);
  agent.destroy();
  return statuses;
}

function sockjs(from) {
  const session = `/websocket/${100 + Number(from.split('.')[3])}/vx4k2mq${from.split('.')[3]}`;
  const xhr = `${session}/xhr`;
  return {
    ...{ hello: '/websocket/info?t=1764153600123', pollMethod: 'POST', open: xhr, poll: xhr },
    ...{ send: `${session}/xhr_send`, body: '["{\\"subscribe\\":[\\"ACME\\"]}"]' },
  };
}

function engine() {
  const query = '/socket.io/?EIO=4&transport=polling';
  const inSession = `${query}&sid=q8f3kPzL0aTn2bVdAAAB`;
  return {
    hello: query,
    pollMethod: 'GET',
    open: inSession,
    poll: inSession,
    send: inSession,
    body: '42["subscribe",["ACME"]]',
  };
}

function exchange(at, name, body) {
  return new Promise((resolve, reject) => {
    const headers = {
      Host: name,
      Origin: `http://${name}`,
      'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
      ...(at.method === 'POST' ? { 'Content-Type': 'text/plain;charset=UTF-8', 'Content-Length': body.length } : {}),
    };
    const request = httpRequest({ ...at, headers }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode));
    });
    request.once('error', reject).end(body);
  });
}
