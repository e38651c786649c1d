/** How commander lays out help: one screen each, what is used most first. */
import { type Argument, type Command, type HelpConfiguration, Option } from 'commander';
import { capitalised } from '../text/capitalised.js';
import { LIMITS, OTHER } from './options.js';

const REPORT = 'The most used flags of report:';

/** Flags of report in the help of the program. */
const MOST_USED: ReadonlySet<string> = new Set([
  ...['--format', '--output', '--max-occurrences', '--filter', '--reveal', '--rule', '--fail-on', '--keylog'],
  ...['--color', '--quiet'],
]);

/** @param program The program, which is not there yet when this is asked */
export function helpOf(program: () => Command): HelpConfiguration {
  return {
    // The default command's flags are those that most people look for; of them the first help has the few used most.
    visibleOptions: (shown) =>
      shown === program()
        ? [
            ...reportOptionsOf(program())
              .filter(({ long }) => long !== undefined && MOST_USED.has(long))
              .map(({ flags, description }) => new Option(flags, description)),
            ...program().options,
            new Option('-h, --help', 'help; more flags: pcapdx COMMAND --help'),
          ].map((option) => option.helpGroup(REPORT))
        : [
            ...shown.options.filter((option) => !option.hidden && option.helpGroupHeading !== LIMITS),
            new Option('-h, --help', 'show help').helpGroup(OTHER),
          ],
    // Groups in order of what is shown, not of what the command itself declares.
    groupItems: (_declared, shown, groupOf) => {
      const groups = new Map<string, typeof shown>();
      for (const item of shown) groups.set(groupOf(item), [...(groups.get(groupOf(item)) ?? []), item]);
      return groups;
    },
    commandUsage: (shown) =>
      `${shown === program() ? '' : `${program().name()} `}${shown.name()} ${shown.usage().replace('[options]', '[flags]')}`,
    // A list's line below its heading, a sentence on a page of its own.
    commandDescription: (shown) => (shown === program() ? shown.description() : `${capitalised(shown.description())}.`),
    // The descriptions name the choices.
    optionDescription: (option) => option.description,
    argumentDescription: (argument) => argument.description,
    subcommandTerm: (known) =>
      [known.name(), ...known.registeredArguments.map((argument) => argumentText(argument))].join(' '),
  };
}

function reportOptionsOf(program: Command): readonly Option[] {
  return program.commands.find((known) => known.name() === 'report')?.options ?? [];
}

function argumentText(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}
