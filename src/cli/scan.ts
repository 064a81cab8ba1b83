import { stdout } from 'node:process';
import type { Argv, CommandModule } from 'yargs';
import { UserError } from '../core/errors.ts';
import type { RobustnessReport } from '../core/report.ts';
import { defaultGallery } from '../plan/gallery/defaultGallery.ts';
import type { ScanRequest } from '../plan/plan.ts';
import type { Format } from '../report/reporter.ts';
import { defaultFormats } from '../report/reporter.ts';
import { exitCodes } from './exitCodes.ts';
import { follow } from './follow.ts';
import { tellGithub } from './github.ts';
import type { ScanArguments } from './scanFlags.ts';
import { scanEpilogue, scanExamples, scanFlags } from './scanFlags.ts';
import { given } from './values.ts';

const describe = 'measure how well a model holds under attack';

/** Flags → request → report → stdout and files. */
export const scan: CommandModule<object, ScanArguments> = {
  command: 'scan [model]',
  describe,
  builder: (yargs): Argv<ScanArguments> =>
    yargs
      .positional('model', { type: 'string', describe: 'saved model, also as --model: an .onnx file, a model.json, or their folder (default: bundled)' })
      .options(scanFlags)
      .example(scanExamples)
      .epilogue(scanEpilogue),
  handler: async ({ format, json = false, quiet = false, verbose = false, ...args }) => {
    if (format && args.out === undefined) {
      throw new UserError('--format: expected together with --out DIR, where the files go (--json prints the report)');
    }
    const written = args.out === undefined ? [] : (format ?? defaultFormats);
    const request = requestOf({ ...args, gallery: args.gallery ?? defaultGallery(written) });
    const report = await follow(request, { quiet, verbose }, async (events) => (await import('../plan/scan.ts')).scan(request, events));
    if (report === undefined) return;
    await deliver(report, { out: args.out, formats: written, shown: json ? 'json' : 'text' });
    process.exitCode = exitCodes[report.verdict];
  },
};

export type RequestArguments = Omit<ScanArguments, 'format' | 'json' | 'quiet' | 'verbose'>;

/** What was given, under the names of the library. The plan checks it, names too. */
export function requestOf({ attack, 'batch-size': batchSize, 'at-least': atLeast, 'skip-unreadable': skipUnreadable, 'save-examples': saveExamples, 'input-shape': inputShape, 'time-limit': timeLimit, 'straight-through': straightThrough, ...same }: RequestArguments): ScanRequest {
  const { model, output, data, norm, epsilon, curve, target, range, mean, std, limit, offset, shuffle, shard, seed, workers, engine, out, gallery, checks, cache = true } = same;
  const { classes, labels, label, bounds, immutable, integer, groups, confidence, sequential } = same;
  return given({
    ...{ model, output, inputShape, data, range, mean, std, limit, offset, shuffle, shard, attacks: attack, norm, epsilon, curve, target },
    ...{ classes, labels, skipUnreadable, label, bounds, immutable, integer, groups, confidence, sequential },
    ...{ seed, workers, batchSize, engine, straightThrough, atLeast, checks, out, saveExamples, gallery, cache, timeLimit },
  }) as ScanRequest;
}

interface Delivery {
  readonly out: string | undefined;
  readonly formats: readonly Format[];
  /** What stdout shows. */
  readonly shown: Format;
}

/** Writes the report files, and shows the report. */
export async function deliver(report: RobustnessReport, { out, formats, shown }: Delivery): Promise<void> {
  const { reporters } = await import('../report/index.ts');
  const { writeReports } = await import('../report/write.ts');
  const { readGallery } = await import('../plan/gallery/galleryFile.ts');
  const gallery = out === undefined ? undefined : readGallery(out);
  // The scan itself leaves report.json, the result that everything else reads, beside samples.jsonl.
  const results = [{ report, ...(gallery && { gallery }) }];
  if (out !== undefined) await writeReports(out, results, formats.filter((format) => format !== 'json'));
  stdout.write(await reporters[shown].render(results, { colour: stdout.isTTY && stdout.hasColors() }));
  await tellGithub(results);
}
