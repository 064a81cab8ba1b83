import { stdout } from 'node:process';
import type { Argv, CommandModule, InferredOptionTypes, Options } from 'yargs';
import { UserError } from '../core/errors.ts';
import { formats } from '../report/reporter.ts';
import { names } from './values.ts';

export const reportFlags = {
  format: { type: 'string', describe: `report files to write: ${formats.join(', ')}`, coerce: names('format', formats) },
  out: { type: 'string', describe: 'folder for them (default: the folder of the scan)' },
  json: { type: 'boolean', describe: 'print the report as JSON, and nothing else, on stdout' },
} as const satisfies Record<string, Options>;

type ReportArguments = InferredOptionTypes<typeof reportFlags> & { readonly folder: string | undefined };

/** What a scan or a check left in its folder → stdout, or files in other formats. Nothing is measured again. */
export const report: CommandModule<object, ReportArguments> = {
  command: 'report [folder]',
  describe: 'show a scan or a check again, or write its report in other formats',
  builder: (yargs): Argv<ReportArguments> =>
    yargs
      .positional('folder', { type: 'string', describe: 'what --out of breakwater scan, check or merge named' })
      .options(reportFlags)
      .example('$0 report results/', 'on the terminal')
      .example('$0 report results/ --format html,md,junit', 'as files, beside the others'),
  handler: async ({ folder, format, out, json = false }) => {
    if (folder === undefined) throw new UserError('report: expected the folder of a scan, found none');
    if (out !== undefined && !format) throw new UserError('--out: expected together with --format, which names the files');
    const { resultsIn } = await import('../plan/records/resultIn.ts');
    const results = await resultsIn(folder);
    if (format) {
      const { writeReports } = await import('../report/write.ts');
      await writeReports(out ?? folder, results, format);
    }
    if (format && !json) return;
    const { reporters } = await import('../report/index.ts');
    stdout.write(await reporters[json ? 'json' : 'text'].render(results, { colour: stdout.isTTY && stdout.hasColors() }));
  },
};
