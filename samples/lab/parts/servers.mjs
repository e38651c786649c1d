/**
 * The servers of the lab, each started on a host from a configuration of its own and waited for until
 * it listens. What the scenario writes of a configuration is recorded word for word with the sample;
 * what every one of them needs to run at all from a folder is added here.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** nginx: `http` is what stands in the http block, `main` directives before it. Its logs go to its output. */
export async function startNginx(lab, host, { name = 'nginx.conf', main = '', http, endpoints }) {
  const folder = await lab.folder(`nginx-${host.name}`);
  await mkdir(join(folder, 'temporary'), { recursive: true });
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `  ${kind}_temp_path ${folder}/temporary/${kind};`,
  );
  const configuration = `user root;
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr info;
${main}
events {}
http {
${temporary.join('\n')}
  types { text/html html; text/css css; application/json json; application/octet-stream bin; }
  access_log /dev/stdout;
${http}
}
`;
  return startServer(lab, host, {
    ...{ name, program: 'nginx', recorded: main === '' ? http : `${main}\n${http}`, configuration, endpoints },
    command: (file) => ['nginx', '-e', 'stderr', '-p', folder, '-c', file],
  });
}

/** HAProxy: the whole configuration. `log stdout format raw local0` in it sends its log to its output. */
export function startHaproxy(lab, host, { name = 'haproxy.cfg', configuration, endpoints }) {
  return startServer(lab, host, {
    ...{ name, program: 'haproxy', recorded: configuration, configuration: `${configuration.trim()}\n`, endpoints },
    command: (file) => ['haproxy', '-db', '-f', file],
  });
}

/** Modules that Debian's Apache has to load before it answers anything. */
const APACHE_BASE = ['mpm_event', 'authz_core', 'mime'];

/** Apache httpd: `modules` beyond the plainest, and the directives. Its logs go to its output. */
export async function startApache(lab, host, { name = 'apache.conf', modules = [], configuration, endpoints }) {
  const folder = await lab.folder(`apache-${host.name}`);
  const whole = `ServerRoot ${folder}
PidFile ${folder}/httpd.pid
DefaultRuntimeDir ${folder}
Mutex file:${folder} default
ErrorLog /dev/stderr
LogLevel info
${[...APACHE_BASE, ...modules].map((module) => `LoadModule ${module}_module /usr/lib/apache2/modules/mod_${module}.so`).join('\n')}
TypesConfig /etc/mime.types
User www-data
Group www-data
ServerName lab.example
<IfModule log_config_module>
LogFormat "%h \\"%r\\" %>s %b" entries
CustomLog /dev/stdout entries
</IfModule>
${configuration}
`;
  return startServer(lab, host, {
    ...{ name, program: 'apache2', recorded: configuration, configuration: whole, endpoints },
    command: (file) => ['apache2', '-f', file, '-DFOREGROUND'],
  });
}

/** As Debian 12 calls it. */
const PHP_FPM = 'php-fpm8.2';

/** PHP-FPM: `pool` is what stands in its one pool. Its log goes to its output. */
export async function startPhpFpm(lab, host, { name = 'pool.conf', pool, endpoints }) {
  const folder = await lab.folder(`php-fpm-${host.name}`);
  const configuration = `[global]
pid = ${folder}/php-fpm.pid
error_log = /dev/stderr
daemonize = no
[www]
user = www-data
group = www-data
${pool}
`;
  return startServer(lab, host, {
    ...{ name, program: PHP_FPM, recorded: pool, configuration, endpoints },
    command: (file) => [PHP_FPM, '--nodaemonize', '--fpm-config', file],
  });
}

/** nghttpx: its configuration file. */
export function startNghttpx(lab, host, { name = 'nghttpx.conf', configuration, endpoints }) {
  return startServer(lab, host, {
    ...{ name, program: 'nghttpx', recorded: configuration, configuration: `${configuration.trim()}\n`, endpoints },
    command: (file) => ['nghttpx', `--conf=${file}`, '--errorlog-file=/dev/stderr', '--accesslog-file=/dev/stdout'],
  });
}

/**
 * Runs a command, under the same process id, with a pipe as its output: Node gives a socket, which cannot be
 * opened by the name /dev/stdout. What carries the pipe's text on ends with its last writer.
 */
const PIPED = ['bash', '-c', 'exec "$0" "$@" > >(exec setsid cat) 2>&1'];

async function startServer(lab, host, { name, program, recorded, configuration, endpoints, command }) {
  lab.setting(name, recorded);
  const file = join(await lab.folder(`${program}-${host.name}`), name);
  await writeFile(file, configuration);
  const started = await host.start({ name: `${program} on ${host.name}`, command: [...PIPED, ...command(file)] });
  await host.listens(started, endpoints);
  return started;
}
