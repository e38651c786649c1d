/** Words for a command line that somebody pastes into a shell. */
import { visible } from './visible.js';

/** What stands for a secret in a file's name (text/redaction's `fileNameText`). */
const HIDDEN = /…\d+/;

/** A word as a POSIX shell takes it, in single quotes where it needs any. POSIX.1-2017 XCU §2.2.2. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * A file's name as an argument, which is never taken for a flag. What cannot be seen of it is written as the shells
 * of today and POSIX.1-2024 §2.2.4 have it, `$'a\x0ab'`; what is hidden of it the shell finds again.
 */
export function fileWord(file: string): string {
  const named = file.startsWith('-') ? `./${file}` : file;
  return named
    .split(HIDDEN)
    .map((part) => (part === '' ? '' : partWord(part)))
    .join('*');
}

function partWord(part: string): string {
  if (visible(part) === part) return shellWord(part);
  const escaped = [...part].map((character) =>
    visible(character) === character ? character.replace(/['\\]/, '\\$&') : bytesOf(character),
  );
  return `$'${escaped.join('')}'`;
}

function bytesOf(character: string): string {
  return [...Buffer.from(character)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}
