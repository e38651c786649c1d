/**
 * A person's visit as curl makes it: one address, one cookie jar, redirects followed. Each call is a connection
 * of its own, on which it asks for all the URLs that it is given.
 */
import { join } from 'node:path';
import { curl } from './curl.mjs';

/** A site that redirects into nowhere is given up soon, seconds. */
const CONNECT_SECONDS = 2;

/** More than any healthy chain of redirects. */
const MOST_REDIRECTS = 10;

/**
 * Makes a visitor on `host`: `from` is its address, `version` curl's option for the HTTP version, `authority` trusted,
 * `names` those that `address` answers for on ports 80 and 443.
 */
export async function visitor(lab, host, { from, agent, version = '--http2', authority, address, names }) {
  const jar = join(await lab.folder('visitors'), `${from}.cookies`);
  const identity = ['--interface', from, '--user-agent', agent, version, '--cacert', authority.certificate];
  const options = [
    ...[...identity, '--cookie', jar, '--cookie-jar', jar, '--location', '--max-redirs', String(MOST_REDIRECTS)],
    ...['--connect-timeout', String(CONNECT_SECONDS)],
  ];
  const resolve = Object.fromEntries(names.flatMap((name) => [80, 443].map((port) => [`${name}:${port}`, address])));
  const ask = async (urls, further) => {
    const { transfers } = await curl(host, urls, { options: [...options, ...further], keyLog: lab.keyLog, resolve });
    return transfers;
  };
  return {
    from,
    get: (...urls) => ask(urls, []),
    post: (url, fields) => ask([url], ['--data', new URLSearchParams(fields).toString()]),
  };
}
