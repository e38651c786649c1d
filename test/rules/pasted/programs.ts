/**
 * What remedies tell readers to paste, given to the programs that are to take it: nginx, HAProxy, Apache and Caddy check
 * a configuration without serving it. Placeholders are filled in; lines go into the first context that takes them.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Remedy } from '../../../src/facts/finding.js';

type Program = 'nginx' | 'haproxy' | 'apache' | 'caddy';

export const PROGRAMS: readonly Program[] = ['nginx', 'haproxy', 'apache', 'caddy'];

const COMMANDS: Readonly<Record<Program, readonly string[]>> = {
  nginx: ['nginx', '-v'],
  haproxy: ['haproxy', '-v'],
  apache: ['apache2', '-v'],
  caddy: ['caddy', 'version'],
};

/** Whether the program is there, and openssl, whose certificates it is given. */
export function isInstalled(program: Program): boolean {
  const [command = '', ...options] = COMMANDS[program];
  return [
    [command, ...options],
    ['openssl', 'version'],
  ].every(([name = '', ...rest]) => spawnSync(name, rest).status === 0);
}

/** Of a program, in a remedy that may have lines of several. */
export interface Part {
  readonly program: Program;
  readonly lines: readonly string[];
}

/** Lines of a shell in the midst of a program's. */
const SHELL = /^(?:echo|a2dismod|nginx -s|node|curl|grep|varnishd|ip|sysctl) /;
/** Directives that the installed nginx may be too old for, or have no module for. */
const LATER = /^(?:keepalive_min_timeout|proxy_protocol on)\b/;
/** A line of its own, or the end of one, that says whose the lines below it, or that line, are. */
const OWNER = /^\s*(?:#|;|\/\/|<!--) ([\w-]+)(?: -->|, .*)?$/;
const OWN_LINE = /\S\s+#.*?\b(nginx|HAProxy)\b/;

/** The parts of the programs that can be asked. */
export function partsOf({ component, config }: Remedy): Part[] {
  const parts: { program: Program; lines: string[] }[] = [];
  let owner = programOf(component);
  for (const line of (config ?? '').split('\n')) {
    const heading = OWNER.exec(line)?.[1];
    if (heading !== undefined && heading !== 'or') owner = programOf(heading);
    const program = heading !== undefined ? null : (programOf(OWN_LINE.exec(line)?.[1] ?? '') ?? owner);
    if (program === null || SHELL.test(line)) continue;
    if (program === 'nginx' && LATER.test(line)) continue;
    const last = parts.at(-1);
    if (last?.program === program) last.lines.push(line);
    else parts.push({ program, lines: [line] });
  }
  return parts;
}

function programOf(name: string): Program | null {
  return PROGRAMS.find((program) => name.toLowerCase().split(',')[0] === program) ?? null;
}

/** Asks the programs, with files in `folder`. */
export function checkerIn(folder: string): (part: Part) => string | null {
  const file = (name: string): string => path.join(folder, name);
  mkdirSync(file('certificates'), { recursive: true });
  const made = ['-keyout', file('key.pem'), '-out', file('certificate.pem')];
  run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=a.example', ...made]);
  for (const both of ['both.pem', 'certificates/both.pem'])
    spawnSync('sh', ['-c', 'cat key.pem certificate.pem > "$0"', both], { cwd: folder });
  const complain: Readonly<Record<Program, (lines: string) => string | null>> = {
    nginx: (lines) =>
      first(nginxFiles(lines, file), (text) => complaint(file('nginx.conf'), text, 'nginx', '-t', '-c')),
    haproxy: (lines) =>
      first(haproxyFiles(lines), (text) => complaint(file('haproxy.cfg'), text, 'haproxy', '-c', '-f')),
    apache: (lines) =>
      first(apacheFiles(lines, file), (text) => complaint(file('apache.conf'), text, 'apache2', '-t', '-f')),
    caddy: (lines) =>
      first([lines, `:18080 {\n${lines}\n}`], (text) =>
        complaint(file('Caddyfile'), `${text}\n`, 'caddy', 'validate', '--adapter', 'caddyfile', '--config'),
      ),
  };
  return ({ program, lines }) => {
    const filled = lines.map((line) => filledIn(line, file));
    const ofAll = complain[program](filled.join('\n'));
    // Lines for several places, each whole: two of HAProxy's sections, or nginx in front and behind.
    if (ofAll === null || lines.length === 1) return ofAll;
    return filled.filter((line) => !/^\s*#/.test(line)).every((line) => complain[program](line) === null)
      ? null
      : ofAll;
  };
}

/** What stands for a reader's own, and what only root may have; names of programs' own files. */
function filledIn(line: string, file: (name: string) => string): string {
  return line
    .replaceAll(/\/etc\/haproxy\/certs\//g, `${file('certificates')}/`)
    .replaceAll(/\/etc\/nginx\/tls\/\S+\.key/g, file('key.pem'))
    .replaceAll(/\/etc\/nginx\/tls\/\S+\.pem|(?:CLIENTS-)?CA\.pem|\/etc\/ssl\/certs\/[\w.-]+/g, file('certificate.pem'))
    .replaceAll(/\/etc\/haproxy\/\S+\.pem|\/path\/to\/\S+\.pem|\bCERTIFICATE\b/g, file('both.pem'))
    .replaceAll(/\bPORT\b/g, '8080')
    .replaceAll(/\b(?:BACKEND|ADDRESS|SERVER|PROXY)\b/g, '127.0.0.1')
    .replaceAll(/\bDEVICE\b/g, 'lo')
    .replaceAll(
      /\blisten ((?:\[::\]|[\d.]+):)?(\d+)\b/g,
      (_, address = '', port) => `listen ${address}${20_000 + (Number(port) % 9999)}`,
    );
}

function nginxFiles(lines: string, file: (name: string) => string): string[] {
  const upstreams = [...new Set([...lines.matchAll(/_pass \w+:\/\/([a-z]\w*);/g)].map(([, name = '']) => name))]
    .map((name) => `upstream ${name} { server 127.0.0.1:8080; }`)
    .join('\n');
  const certificate = `ssl_certificate ${file('certificate.pem')}; ssl_certificate_key ${file('key.pem')};`;
  const map = lines.includes('map $') ? '' : 'map $http_upgrade $connection_upgrade { default upgrade; }';
  const around = (main: string, http: string): string =>
    `pid ${file('nginx.pid')};\nerror_log stderr;\nevents {}\n${main}\nhttp {\naccess_log off;\n${certificate}\n${map}\n${upstreams}\n${http}\n}`;
  return [
    around('', lines),
    around('', `server {\nlisten 20001;\n${lines}\n}`),
    around('', `server {\nlisten 20001;\nlocation /here {\n${lines}\n}\n}`),
    around('', `upstream here {\nserver 127.0.0.1:8080;\n${lines}\n}`),
    around(lines, ''),
  ];
}

function haproxyFiles(lines: string): string[] {
  const others = [...new Set([...lines.matchAll(/^\s*use_backend (\w+)/gm)].map(([, name = '']) => name))]
    .map((name) => `backend ${name}`)
    .join('\n');
  const around = (defaults: string, frontend: string, backend: string, before = ''): string =>
    `${before}\ndefaults\nmode http\ntimeout connect 5s\ntimeout client 30s\ntimeout server 30s\n${defaults}\nfrontend front\nbind :20001\n${frontend}\ndefault_backend back\nbackend back\n${backend}\nserver own 127.0.0.1:8080\n${others}\n`;
  if (/^(?:global|defaults)$/m.test(lines)) return [around('', '', '', lines)];
  return [around(lines, '', ''), around('', lines, ''), around('', '', lines)];
}

const APACHE_MODULES = 'mpm_event authz_core proxy proxy_http proxy_ajp headers reqtimeout remoteip ssl'.split(' ');

function apacheFiles(lines: string, file: (name: string) => string): string[] {
  const modules = APACHE_MODULES.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`);
  const head = [`ServerRoot ${file('')}`, `PidFile ${file('apache.pid')}`, 'ErrorLog /dev/stderr', ...modules];
  const main = `${head.join('\n')}\nServerName a.example\nListen 20001\n`;
  return [`${main}<VirtualHost *:20001>\n${lines}\n</VirtualHost>\n`, `${main}${lines}\n`];
}

/** `null`: one of the files is taken; else what was said of the one of which most was taken, by its wording. */
function first(texts: readonly string[], complaintOf: (text: string) => string | null): string | null {
  const complaints: string[] = [];
  for (const text of texts) {
    const told = complaintOf(text);
    if (told === null) return null;
    complaints.push(told);
  }
  return complaints.join('\n');
}

/** What the program says against it. HAProxy only warns of what it will ignore; nginx and Apache of nothing that counts. */
function complaint(name: string, text: string, command: string, ...options: readonly string[]): string | null {
  writeFileSync(name, text);
  const { status, said } = run(command, [...options, name]);
  const isTaken = status === 0 && !(command === 'haproxy' && /\[WARNING\].*ignored/.test(said));
  return isTaken ? null : said.trim();
}

function run(command: string, options: readonly string[]): { readonly status: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync(command, options, { encoding: 'utf8' });
  return { status, said: `${stderr}${stdout}` };
}
