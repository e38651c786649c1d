/** A sample, and all forms that it can have: each with the report that it must come to. */
import { captureOf } from '../fuzz/capture-parts.mjs';
import { FILE_FORMS } from './file-forms.mjs';
import { framesOf, IPV6, partsIn } from './frames.mjs';
import { IP_FORMS } from './ip-forms.mjs';
import { BASES, LINK_FORMS } from './link-forms.mjs';
import { reportOf } from './report.mjs';
import { TAG_FORMS } from './tag-forms.mjs';
import { TUNNEL_FORMS } from './tunnel-forms.mjs';

/** @typedef {import('../fuzz/capture-parts.mjs').Parts} Parts */
/** @typedef {import('./frames.mjs').Frame} Frame */
/** What a form is held against. @typedef {{ capture: Buffer, report: unknown }} Base */
/** `keyLogs`: those that do not stand in the capture. @typedef {{ name: string, base: () => Promise<Base>, make: () => Buffer, keyLogs: readonly string[], isFile: boolean }} Trial */

const ETHERNET = 1;

/** See the head of this file. */
export class Sample {
  /** Reports that several forms are held against. @type {Map<string, Promise<Base>>} */
  #bases = new Map();

  /** @param {Buffer} file @param {readonly string[]} keyLogs */
  constructor(file, keyLogs) {
    const { frames, keyLogs: all } = framesOf(file, keyLogs);
    this.frames = frames;
    this.keyLogs = all;
    this.hasIpv6 = frames.some(({ etherType }) => etherType === IPV6);
    this.isCut = frames.some(({ missing }) => missing > 0);
  }

  /** @returns {Trial[]} */
  trials() {
    return [...this.#ofLinks(), ...this.#ofFrames(), ...this.#ofFiles()];
  }

  /** @returns {Trial[]} */
  #ofLinks() {
    return Object.entries(LINK_FORMS)
      .filter(([, form]) => this.#canHave(form))
      .map(([name, { against, linkType, make }]) => ({
        ...{ name, keyLogs: [], isFile: false },
        base: () => this.#base(against, () => this.#parts(BASES[against].linkType, BASES[against].make)),
        make: () => captureOf(this.#parts(linkType, make)),
      }));
  }

  /** @returns {Trial[]} */
  #ofFrames() {
    return Object.entries({ ...TAG_FORMS, ...TUNNEL_FORMS, ...IP_FORMS })
      .filter(([, form]) => this.#canHave(form))
      .map(([name, { against, make }]) => ({
        ...{ name, keyLogs: [], isFile: false },
        base: () => this.#base(against === undefined ? 'frames' : name, () => this.#parts(ETHERNET, against)),
        make: () => captureOf(this.#parts(ETHERNET, make)),
      }));
  }

  /** @returns {Trial[]} */
  #ofFiles() {
    return Object.entries(FILE_FORMS).map(([name, { make, isBesides = false, isFile = false }]) => {
      const keyLogs = isBesides ? this.keyLogs : [];
      return {
        ...{ name, keyLogs, isFile },
        base: () => this.#base(keyLogs.length > 0 ? 'keys besides' : 'frames', () => this.#parts(ETHERNET), keyLogs),
        make: () => make(this.#parts(ETHERNET)),
      };
    });
  }

  /** @param {{ onlyIpv4?: boolean, trails?: boolean }} form */
  #canHave({ onlyIpv4 = false, trails = false }) {
    return !(onlyIpv4 && this.hasIpv6) && !(trails && this.isCut);
  }

  /** @param {number} linkType @param {(frame: Frame) => Buffer | Buffer[]} [make] */
  #parts(linkType, make = ({ frame }) => frame) {
    return partsIn(this.frames, linkType, make, this.keyLogs);
  }

  /** @param {string} name @param {() => Parts} parts @param {readonly string[]} [keyLogs] Those that are taken out of it. @returns {Promise<Base>} */
  #base(name, parts, keyLogs = []) {
    const known = this.#bases.get(name);
    if (known !== undefined) return known;
    const made = parts();
    const capture = captureOf(keyLogs.length > 0 ? { ...made, keyLogs: [] } : made);
    const base = reportOf(capture, keyLogs, null).then((report) => ({ capture, report }));
    this.#bases.set(name, base);
    return base;
  }
}
