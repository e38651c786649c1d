/** The lab's own certification authority and what it signs, made with openssl for one take and gone after it. */
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './program.mjs';

/** Validity that no test outlives, and that every client accepts. */
const DAYS = 3650;

const DAY_MS = 86_400_000;

export class Authority {
  #folder;
  #serial = 0;

  /** Makes an authority with its own key in `folder`. */
  static async create(folder, commonName = 'pcapdx lab root') {
    await mkdir(folder, { recursive: true });
    const authority = new Authority(folder, commonName);
    await run(
      ...['openssl', 'req', '-x509', ...NEW_KEY, '-keyout', join(folder, 'ca.key'), '-out', authority.certificate],
      ...['-days', String(DAYS), '-subj', `/CN=${commonName}`, '-addext', 'basicConstraints=critical,CA:TRUE'],
      ...['-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
    );
    return authority;
  }

  constructor(folder, commonName) {
    this.#folder = folder;
    this.commonName = commonName;
  }

  /** The file of the authority's own certificate. */
  get certificate() {
    return join(this.#folder, 'ca.crt');
  }

  /**
   * Signs a certificate for `names` (DNS names, the first also the common name) and gives its files:
   * `certificate`, `key`, and `bundle` with both (as HAProxy wants them). `client: true` makes one that a
   * client shows; `days` is how long it is good from now, negative for one that has expired so long ago.
   */
  async sign(names, { client = false, days = DAYS } = {}) {
    this.#serial += 1;
    const base = join(this.#folder, `${this.#serial}`);
    const files = { certificate: `${base}.crt`, key: `${base}.key`, bundle: `${base}.pem` };
    await writeFile(
      `${base}.ext`,
      [
        'basicConstraints=critical,CA:FALSE',
        `extendedKeyUsage=${client ? 'clientAuth' : 'serverAuth'}`,
        `subjectAltName=${names.map((name) => `DNS:${name}`).join()}`,
      ].join('\n'),
    );
    await run('openssl', 'req', ...NEW_KEY, '-keyout', files.key, '-out', `${base}.csr`, '-subj', `/CN=${names[0]}`);
    const until = Date.now() + days * DAY_MS;
    await run(
      ...['openssl', 'ca', '-batch', '-notext', '-config', await this.#register(), '-extfile', `${base}.ext`],
      ...['-in', `${base}.csr`, '-out', files.certificate],
      ...['-startdate', timestamp(Math.min(Date.now(), until) - DAY_MS), '-enddate', timestamp(until)],
    );
    const [certificate, key] = await Promise.all([readFile(files.certificate), readFile(files.key)]);
    await writeFile(files.bundle, Buffer.concat([certificate, key]));
    return files;
  }

  /** What `openssl ca` wants of an authority; of openssl's commands it alone signs for dates that have passed. */
  async #register() {
    const configuration = join(this.#folder, 'ca.cnf');
    const register = join(this.#folder, 'register');
    await appendFile(register, '');
    await writeFile(
      configuration,
      [
        '[ca]',
        'default_ca = lab',
        '[lab]',
        `certificate = ${this.certificate}`,
        `private_key = ${join(this.#folder, 'ca.key')}`,
        `database = ${register}`,
        `new_certs_dir = ${this.#folder}`,
        'rand_serial = yes',
        'unique_subject = no',
        'default_md = sha256',
        'policy = any',
        '[any]',
        'commonName = supplied',
      ].join('\n'),
    );
    return configuration;
  }
}

/** A time as X.509 writes it: `YYYYMMDDHHMMSSZ`. */
function timestamp(milliseconds) {
  return `${new Date(milliseconds)
    .toISOString()
    .replace(/\.\d+Z$/, '')
    .replace(/\D/g, '')}Z`;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
