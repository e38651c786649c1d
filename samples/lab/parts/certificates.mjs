/** The lab's own certification authority and what it signs, made with openssl for one take and gone after it. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './program.mjs';

/** Validity that no test outlives, and that every client accepts. */
const DAYS = 3650;

const DAY_MS = 86_400_000;

export class Authority {
  #folder;
  #serial = 0;

  /** Makes an authority with its own key in `folder`: a root, or one below `issuer`. */
  static async create(folder, commonName = 'pcapdx lab root', issuer = null) {
    await mkdir(folder, { recursive: true });
    const authority = new Authority(folder, commonName);
    const key = join(folder, 'ca.key');
    const subject = ['-subj', `/CN=${commonName}`];
    if (issuer !== null) {
      const base = join(folder, 'ca');
      await run('openssl', 'req', ...NEW_KEY, '-keyout', key, '-out', `${base}.csr`, ...subject);
      const extensions = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'];
      await issuer.#issue(base, authority.certificate, DAYS, extensions);
      return authority;
    }
    await run(
      ...['openssl', 'req', '-x509', ...NEW_KEY, '-keyout', key, '-out', authority.certificate],
      ...['-days', String(DAYS), ...subject, '-addext', 'basicConstraints=critical,CA:TRUE'],
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
    await run('openssl', 'req', ...NEW_KEY, '-keyout', files.key, '-out', `${base}.csr`, '-subj', `/CN=${names[0]}`);
    await this.#issue(base, files.certificate, days, [
      'basicConstraints=critical,CA:FALSE',
      `extendedKeyUsage=${client ? 'clientAuth' : 'serverAuth'}`,
      `subjectAltName=${names.map((name) => `DNS:${name}`).join()}`,
    ]);
    const [certificate, key] = await Promise.all([readFile(files.certificate), readFile(files.key)]);
    await writeFile(files.bundle, Buffer.concat([certificate, key]));
    return files;
  }

  /**
   * Signs the request `BASE.csr` for `days` from now, with the `extensions`. Of openssl's commands `ca` alone signs
   * for dates that have passed; it wants a configuration and a register, here one for each certificate.
   */
  async #issue(base, certificate, days, extensions) {
    await writeFile(`${base}.ext`, extensions.join('\n'));
    await writeFile(`${base}.register`, '');
    await writeFile(
      `${base}.cnf`,
      [
        ...['[ca]', 'default_ca = lab', '[lab]', `certificate = ${this.certificate}`],
        ...[`private_key = ${join(this.#folder, 'ca.key')}`, `database = ${base}.register`],
        ...[`new_certs_dir = ${this.#folder}`, 'rand_serial = yes', 'default_md = sha256', 'policy = any'],
        ...['[any]', 'commonName = supplied'],
      ].join('\n'),
    );
    const until = Date.now() + days * DAY_MS;
    await run(
      ...['openssl', 'ca', '-batch', '-notext', '-config', `${base}.cnf`, '-extfile', `${base}.ext`],
      ...['-in', `${base}.csr`, '-out', certificate],
      ...['-startdate', timestamp(Math.min(Date.now(), until) - DAY_MS), '-enddate', timestamp(until)],
    );
  }
}

/** A time as X.509 writes it: `YYYYMMDDHHMMSSZ`. */
function timestamp(milliseconds) {
  const digits = new Date(milliseconds).toISOString().replace(/\D/g, '');
  return `${digits.slice(0, 14)}Z`;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
