/** HAProxy with one certificate for both names, or one for each, and the ways in which it chooses the site. */
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BACK, FRONT, OTHER_BACK } from '../../parts/front.mjs';
import { startHaproxy } from '../../parts/servers.mjs';

export const BY_SNI = [
  'use_backend one if { ssl_fc_sni serv1.shop.example }',
  'use_backend two if { ssl_fc_sni serv2.shop.example }',
];
export const BY_HOST = [
  'use_backend one if { req.hdr(host) -i serv1.shop.example }',
  'use_backend two if { req.hdr(host) -i serv2.shop.example }',
];
export const MISDIRECTED = [
  'http-request set-var(txn.host) req.hdr(host),field(1,:),lower',
  'http-request return status 421 if { ssl_fc_has_sni } !{ ssl_fc_sni,strcmp(txn.host) eq 0 }',
];

/**
 * Starts it. `names`: those that each certificate of `authority` covers; `routing`: lines of its frontend; `server`:
 * the line of the site at an address.
 */
export async function startProxy(lab, front, { authority, names, routing, server }) {
  const certificates = await certificatesFor(lab, authority, names);
  const configuration = haproxy({ certificates, routing, server });
  return startHaproxy(lab, front, { configuration, endpoints: [`${FRONT}:443`] });
}

function haproxy({ certificates, routing, server }) {
  return `
global
    log stdout format raw local0
defaults
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s
frontend web
    bind ${FRONT}:443 ssl crt ${certificates}/ alpn h2,http/1.1
    log global
    log-format "CLIENT_RANDOM %[ssl_fc_client_random,hex] %[ssl_fc_session_key,hex]"
${routing.map((line) => `    ${line}\n`).join('')}    default_backend one
backend one
    ${server(BACK)}
backend two
    ${server(OTHER_BACK)}
`;
}

/** A folder with a certificate for each list of names, from which HAProxy chooses by SNI. */
async function certificatesFor(lab, authority, names) {
  const folder = await lab.folder('certificates');
  for (const [index, covered] of names.entries()) {
    const { bundle } = await authority.sign(covered);
    await copyFile(bundle, join(folder, `${index}.pem`));
  }
  return folder;
}
