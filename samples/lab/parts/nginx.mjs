/** nginx in a namespace, from a folder of its own: configuration, documents and log. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inside, isListening } from './network.mjs';
import { Program, until } from './program.mjs';

/**
 * Starts nginx and returns once it listens everywhere. Each of `sites` has an address, a port and a
 * name, its documents by path, its directives (`rules`), and what these need in the http block (`zones`).
 */
export async function startNginx(teardown, { namespace, folder, sites }) {
  await mkdir(join(folder, 'temporary'), { recursive: true });
  for (const site of sites) {
    for (const [path, content] of Object.entries(site.documents)) {
      const file = join(folder, site.name, path);
      await mkdir(join(file, '..'), { recursive: true });
      await writeFile(file, content);
    }
  }
  await writeFile(join(folder, 'nginx.conf'), configurationOf(folder, sites));
  const program = await Program.start(teardown, {
    name: 'nginx',
    command: inside(namespace, 'nginx', '-e', 'stderr', '-p', folder, '-c', join(folder, 'nginx.conf')),
  });
  for (const { address, port } of sites) {
    await until(`nginx to listen on ${address}:${port}`, async () => {
      if (!program.running) throw new Error('nginx ended early');
      return (await isListening(namespace, address, port)) ? true : null;
    });
  }
  return {
    /** The access log of a site, one record for each request: viewer, request line, status. */
    async log(name) {
      const text = await readFile(join(folder, `${name}.log`), 'utf8');
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line));
    },
  };
}

function configurationOf(folder, sites) {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `  ${kind}_temp_path ${folder}/temporary;`,
  );
  return `user root;
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr warn;
events {}
http {
${temporary.join('\n')}
  types { text/html html; text/css css; application/json json; application/octet-stream bin; }
  log_format entries escape=json '{"viewer":"$http_x_forwarded_for","request":"$request","status":$status}';
  keepalive_timeout 75s;
${sites.map((site) => (site.zones === undefined ? '' : `  ${site.zones}\n`)).join('')}${sites.map((site) => siteOf(folder, site)).join('')}}
`;
}

function siteOf(folder, { address, port, name, rules }) {
  return `  server {
    listen ${address}:${port};
    server_name ${name};
    root ${folder}/${name};
    access_log ${folder}/${name}.log entries;
${rules.map((rule) => `    ${rule}\n`).join('')}  }
`;
}
