/** The lab of one take: where its files lie, what is set up in it, what is captured. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startCapture } from './capture.mjs';
import { Authority } from './certificates.mjs';
import { createNetwork } from './network.mjs';

export class Lab {
  #teardown;
  #folder;
  #captures = [];
  #settings = new Map();

  /** `folder`: an empty one, gone after the take. What `teardown` remembers is taken down with it. */
  constructor(teardown, folder) {
    this.#teardown = teardown;
    this.#folder = folder;
  }

  get teardown() {
    return this.#teardown;
  }

  /** The file for TLS keys, of whoever can write them: they are put into the capture. */
  get keyLog() {
    return join(this.#folder, 'keys.log');
  }

  /** What was set up, by name: the lines that the scenario wrote, without the lab's own folder in them. */
  get settings() {
    return Object.fromEntries(
      [...this.#settings].map(([name, text]) => [name, text.replaceAll(this.#folder, 'LAB').trim().split('\n')]),
    );
  }

  /**
   * Records something decisive under a name: a configuration file (the servers of the lab do so themselves),
   * a packet filter's rules, what a client does. A sample and its healthy twin differ in these lines alone.
   */
  setting(name, text) {
    if (this.#settings.has(name)) throw new Error(`two settings are called ${name}`);
    this.#settings.set(name, text);
  }

  /** A folder of the take, made when asked for first. */
  async folder(name) {
    const folder = join(this.#folder, name);
    await mkdir(folder, { recursive: true });
    return folder;
  }

  /** Makes the network (network.mjs) and gives its hosts by name. */
  network(description) {
    return createNetwork(this.#teardown, description);
  }

  /** Makes a certification authority, a root or one below `issuer`; several of them need different names. */
  async authority(commonName = 'pcapdx lab root', { issuer = null } = {}) {
    return Authority.create(await this.folder(`authority-${commonName.replaceAll(' ', '-')}`), commonName, issuer);
  }

  /**
   * Starts to capture on a device of a host (`any` for all): `filter` as tcpdump has it, `snapLength` bytes,
   * further `options` of tcpdump. Ends with the take; several captures become one.
   */
  async capture(host, { device, ...how }) {
    const file = join(this.#folder, `${this.#captures.length}.pcap`);
    this.#captures.push(await startCapture(host, { file, device, ...how }));
  }

  /** Ends all captures and gives their files. */
  async endCaptures() {
    for (const capture of this.#captures) await capture.stop();
    return this.#captures.map(({ file }) => file);
  }
}
