import { extname } from 'node:path';
import { stdout } from 'node:process';
import type { Argv, CommandModule, InferredOptionTypes, Options } from 'yargs';
import { UserError } from '../core/errors.ts';
import { last } from './values.ts';

export const trendFlags = {
  out: { type: 'string', describe: 'an HTML page with a chart: trend.html', coerce: last },
  json: { type: 'boolean', describe: 'print the trend as JSON, and nothing else, on stdout' },
} as const satisfies Record<string, Options>;

type TrendArguments = InferredOptionTypes<typeof trendFlags> & { readonly scans: string[] | undefined };

/** Folders of scans → trend → stdout and a page. */
export const trend: CommandModule<object, TrendArguments> = {
  command: 'trend [scans..]',
  describe: 'accuracy over releases: scans in their order',
  builder: (yargs): Argv<TrendArguments> =>
    yargs
      .parserConfiguration({ 'duplicate-arguments-array': true }) // or the last would be the only one
      .positional('scans', { type: 'string', array: true, describe: "folders of scans (what --out named), or FILE#SCENARIO of a check's baseline" })
      .options(trendFlags)
      .example('$0 trend report-1.0/ report-1.1/ report-1.2/ --out trend.html', 'a table, and a page with a chart'),
  handler: async ({ scans = [], out, json = false }) => {
    if (out !== undefined && extname(out) !== '.html') throw new UserError(`--out: expected the name of an .html file, found '${out}'`);
    const found = await (await import('../plan/trend.ts')).trend(scans);
    const { asJson } = await import('../report/json.ts');
    const { trendText } = await import('../report/trend/trendText.ts');
    if (out !== undefined) {
      const { trendPage } = await import('../report/trend/trendPage.ts');
      const { writeFile } = await import('../report/write.ts');
      writeFile(out, await trendPage(found));
    }
    stdout.write(json ? asJson(found) : trendText(found, { colour: stdout.isTTY && stdout.hasColors() }));
  },
};
