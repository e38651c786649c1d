/** Which versions of the programs took a sample. */
import { outcome, run } from './program.mjs';

/** How each program is asked, and where in its answer the version stands. */
const QUESTIONS = {
  haproxy: [['haproxy', '-v'], /version (\d[\w.]+)/],
  nginx: [['nginx', '-v'], /nginx\/([\d.]+)/],
  apache2: [['apache2', '-v'], /Apache\/([\d.]+)/],
  nghttpx: [['nghttpx', '--version'], /nghttp2\/([\d.]+)/],
  h2load: [['h2load', '--version'], /nghttp2\/([\d.]+)/],
  'php-fpm8.2': [['php-fpm8.2', '--version'], /PHP ([\d.]+)/],
  curl: [['curl', '--version'], /curl ([\d.]+)/],
  openssl: [['openssl', 'version'], /OpenSSL ([\d.]+\w*)/],
  chromium: [['chromium', '--version'], /Chromium ([\d.]+)/],
  iptables: [['iptables', '--version'], /v([\d.]+)/],
  tcpdump: [['tcpdump', '--version'], /tcpdump version ([\d.]+)/],
  dnsmasq: [['dnsmasq', '--version'], /version ([\d.]+)/],
};

/** The versions of `programs` as far as they tell one, of tcpdump, Node and the kernel. */
export async function versionsOf(programs) {
  const versions = {};
  for (const program of [...programs, 'tcpdump']) {
    if (QUESTIONS[program] === undefined) continue;
    const [command, pattern] = QUESTIONS[program];
    const { stdout, stderr } = await outcome(command);
    versions[program] = pattern.exec(`${stdout}\n${stderr}`)?.[1] ?? 'unknown';
  }
  const kernel = (await run('uname', '-r')).trim();
  return { ...versions, node: process.versions.node, linux: /^[\d.]+/.exec(kernel)?.[0] ?? kernel };
}
