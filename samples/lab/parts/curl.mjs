/** curl on a host of the lab. */

/** What is asked of curl about each transfer: see its manual, --write-out. */
const WRITE_OUT = '%{json}\n';

/**
 * Runs curl for `urls`, one after the other on as few connections as it can, and gives its exit code and one
 * record for each: `{ status, version, connects, exit, redirect, redirects, url }` (status 0: no answer; `redirect`: where the last
 * answer leads, `redirects`: how many were followed, `url`: the last one asked for).
 * `keyLog`: the file for its TLS keys. `resolve`: `{ 'name:port': address }`.
 */
export async function curl(host, urls, { options = [], keyLog = null, resolve = {}, maxSeconds = 20 } = {}) {
  const resolved = Object.entries(resolve).flatMap(([endpoint, address]) => ['--resolve', `${endpoint}:${address}`]);
  const targets = urls.flatMap((url) => ['--output', '/dev/null', url]);
  const limits = ['--silent', '--max-time', String(maxSeconds), '--write-out', WRITE_OUT];
  const { code, stdout } = await host.outcome(['curl', ...limits, ...resolved, ...options, ...targets], {
    env: { ...process.env, ...(keyLog === null ? {} : { SSLKEYLOGFILE: keyLog }) },
  });
  const transfers = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const told = JSON.parse(line);
      return {
        status: told.response_code,
        version: told.http_version,
        connects: told.num_connects,
        exit: told.exitcode,
        redirect: told.redirect_url,
        redirects: told.num_redirects,
        url: told.url_effective,
      };
    });
  return { code, transfers };
}
