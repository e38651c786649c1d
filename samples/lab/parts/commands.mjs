/** Settings of a host that are commands: routes, packet filters, kernel settings. */

/**
 * Runs `lines` on the host, one command each, words parted by single spaces (no quoting), and records
 * them word for word under `name`.
 */
export async function configure(lab, host, name, lines) {
  lab.setting(name, lines.join('\n'));
  for (const line of lines) await host.run(...line.split(' '));
}
