/** The program as commander takes it: help, settings, version, and the commands (commands.ts). */
import { Command, CommanderError, Option } from 'commander';
import { visible } from '../text/visible.js';
import { COMMANDS } from './commands.js';
import { EXAMPLES } from './examples.js';
import { helpOf } from './help.js';
import { applySettings } from './settings.js';
import type { Surroundings } from './surroundings.js';
import { usageText } from './usage-text.js';
import { packageVersion } from './version.js';

/** Help is laid out for this many columns whatever the terminal has. */
const HELP_WIDTH = 80;

/** A program whose commands give their exit codes to `finish`. */
export function buildProgram(surroundings: Surroundings, finish: (exitCode: number) => void): Command {
  const told = (of: () => Command) => (text: string, write: (text: string) => void) =>
    write(`pcapdx: ${visible(usageText(text, of(), program.commands))}\n`);
  const program: Command = new Command('pcapdx')
    .description('Reads packet captures and says why HTTP requests failed.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => surroundings.stdout.write(text),
      writeErr: (text) => surroundings.stderr.write(text),
      outputError: told(() => program),
      getOutHelpWidth: () => HELP_WIDTH,
      getErrHelpWidth: () => HELP_WIDTH,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .helpCommand(false)
    .showSuggestionAfterError(false)
    .configureHelp(helpOf(() => program))
    .hook('preAction', (_program, called) => applySettings(called, surroundings))
    .commandsGroup('Commands:')
    .usage('[COMMAND] [CAPTURE...] [flags]')
    .addHelpText('before', EXAMPLES.pcapdx);

  const command = (name: keyof typeof EXAMPLES, description: string, isDefault = false) =>
    program
      .command(name, { isDefault })
      .description(description)
      .helpOption('-h, --help', 'show help')
      .configureOutput({ outputError: told(() => named(name)) })
      .addHelpText('before', EXAMPLES[name]);
  const named = (name: string) => program.commands.find((known) => known.name() === name) ?? program;
  const names = () => program.commands.map((known) => known.name());
  for (const declare of COMMANDS) declare({ program, command, names, finish, surroundings });

  // Everywhere, and in the help only where it is looked for.
  for (const each of [program, ...program.commands]) {
    const version = new Option('-V, --version', 'print the version');
    each.addOption(each === program ? version : version.hideHelp());
    each.on('option:version', () => {
      surroundings.stdout.write(`${packageVersion()}\n`);
      throw new CommanderError(0, 'commander.version', 'version');
    });
  }
  return program;
}
