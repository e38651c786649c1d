import { fileURLToPath } from 'node:url';

/** The path of a file that lies beside the module `url`. */
export function beside(url, file) {
  return fileURLToPath(new URL(file, url));
}
