import type { Argv, CommandModule, InferredOptionTypes, Options } from 'yargs';
import { UserError } from '../core/errors.ts';
import type { MergeRequest } from '../plan/shards/merge.ts';
import { defaultFormats } from '../report/reporter.ts';
import { exitCodes } from './exitCodes.ts';
import { deliver } from './scan.ts';
import { scanFlags } from './scanFlags.ts';
import { given, last } from './values.ts';

const { format, json, confidence, 'at-least': atLeast } = scanFlags;

/** Where folders are listed, yargs lists the values of a flag given twice, too. */
function ofLast<Read>(read: (text: string | undefined) => Read): (given: string | readonly string[] | undefined) => Read {
  return (given) => read(last(given));
}

export const mergeFlags = {
  out: { type: 'string', group: 'Result:', describe: 'folder for the scan that the shards make up, and its report files', coerce: last },
  format: { ...format, coerce: ofLast(format.coerce) },
  'at-least': { ...atLeast, coerce: ofLast(atLeast.coerce) },
  confidence: { ...confidence, coerce: ofLast(confidence.coerce) },
  json,
} as const satisfies Record<string, Options>;

type MergeArguments = InferredOptionTypes<typeof mergeFlags> & { readonly shards: string[] | undefined };

/** The folders of shards → the folder and the report of the whole scan. */
export const merge: CommandModule<object, MergeArguments> = {
  command: 'merge [shards..]',
  describe: 'make one report of the shards of a scan (scan --shard K/N), and judge it',
  builder: (yargs): Argv<MergeArguments> =>
    yargs
      .parserConfiguration({ 'duplicate-arguments-array': true }) // or the last folder would be the only one
      .positional('shards', { type: 'string', array: true, describe: 'the folders of all shards, in any order' })
      .options(mergeFlags)
      .example('$0 merge s1 s2 s3 s4 --out all', 'what scan --shard 1/4 --out s1 and so on have left')
      .example('$0 merge s*/ --out all --at-least 0.4', 'a gate: exit 1 when the worst case is surely lower')
      .epilogue('The report is, but for timings, that of a scan in one piece. Exit codes: as of scan.'),
  handler: async ({ shards = [], out, format: formats = defaultFormats, 'at-least': floor, confidence: sureness, json: asJson = false }) => {
    if (out === undefined) throw new UserError('merge: expected --out DIR, a folder for the whole scan, found none');
    const request = { shards, out, ...given({ atLeast: floor, confidence: sureness }) } satisfies MergeRequest;
    const report = await (await import('../plan/shards/merge.ts')).merge(request);
    await deliver(report, { out, formats, shown: asJson ? 'json' : 'text' });
    process.exitCode = exitCodes[report.verdict];
  },
};
