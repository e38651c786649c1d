/**
 * takes: the command line. gives: an exit code, a result on standard output, messages on standard
 * error. may: use every stage. may not: decide anything about captures.
 */
import { existsSync } from 'node:fs';
import { visible } from '../text/visible.js';
import { EXIT, UsageError } from './exit-code.js';
import { ClosedPipeError, type Output } from './output.js';
import { processSurroundings, type Surroundings } from './surroundings.js';
import { packageVersion } from './version.js';

/** What `bin/pcapdx.js` calls: runs the command of this process and sets its exit code. */
export async function main(): Promise<void> {
  const surroundings = processSurroundings();
  process.on('uncaughtException', (error) => process.exit(outcomeOf(error, surroundings)));
  process.exitCode = await run(process.argv.slice(2), surroundings);
}

/** Runs one command line, without the program's name, and gives its exit code; never throws. */
export async function run(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  try {
    if (argv.length === 1 && (argv[0] === '-V' || argv[0] === '--version')) {
      surroundings.stdout.write(`${packageVersion()}\n`);
      return EXIT.ok;
    }
    const { buildProgram } = await import('./program.js');
    let exitCode: number = EXIT.ok;
    const program = buildProgram(surroundings, (code) => {
      exitCode = code;
    });
    await program.parseAsync(helpAsFlag(argv), { from: 'user' });
    return exitCode;
  } catch (error) {
    return outcomeOf(error, surroundings);
  }
}

/** `pcapdx help flows`, as git and others have it, means `pcapdx flows --help`; a capture may be named so all the same. */
function helpAsFlag(argv: readonly string[]): string[] {
  const [first, ...others] = argv;
  return first === 'help' && !existsSync(first) ? [...others, '--help'] : [...argv];
}

/** Tells the user of an error, as far as there is something to tell, and gives the exit code. */
function outcomeOf(error: unknown, { stderr, env }: Surroundings): number {
  if (error instanceof ClosedPipeError) return EXIT.ok;
  // Commander has said what it had to say; its own code for a usage error is 1.
  if (error instanceof Error && 'code' in error && String(error.code).startsWith('commander.')) {
    return 'exitCode' in error && error.exitCode === 0 ? EXIT.ok : EXIT.input;
  }
  // Of a capture that cannot be read once more, as a ladder or an extract does; the name, so that its module loads late.
  if (error instanceof UsageError || (error instanceof Error && error.name === 'CaptureError')) {
    // Names of files may hold anything; a message stays one line that drives nothing.
    tell(stderr, `pcapdx: ${visible(error.message)}\n`);
    return EXIT.input;
  }
  const summary = error instanceof Error ? error.message : String(error);
  const [firstLine = ''] = summary.split('\n');
  tell(stderr, `pcapdx: a defect of pcapdx: ${firstLine}; please report it (PCAPDX_DEBUG=1 shows where)\n`);
  if ((env.PCAPDX_DEBUG ?? '') !== '' && error instanceof Error) tell(stderr, `${error.stack ?? summary}\n`);
  return EXIT.defect;
}

/** Nobody may be there to read messages either; that changes nothing. */
function tell(stderr: Output, text: string): void {
  try {
    stderr.write(text);
  } catch (error) {
    if (!(error instanceof ClosedPipeError)) throw error;
  }
}
