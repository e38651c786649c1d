/** A word as a POSIX shell takes it, in single quotes where it needs any. POSIX.1-2017 XCU §2.2.2. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
