/**
 * A configuration of HAProxy as most scenarios want it: HTTP, and a log on the output that says of each request
 * what became of it.
 */

/**
 * `timeouts` by name (`connect`, `client`, `server`, …) and further lines of the sections `global` and `defaults`;
 * `sections`: frontends and backends, word for word.
 */
export function haproxyConfiguration({ global = [], timeouts, defaults = [], sections }) {
  const waits = Object.entries(timeouts).map(([name, time]) => `timeout ${name} ${time}`);
  const lines = (all) => all.map((line) => `    ${line}\n`).join('');
  return `
global
${lines(['log stdout format raw local0', ...global])}defaults
${lines(['mode http', 'log global', 'option httplog', ...waits, ...defaults])}${sections.trim()}
`;
}
