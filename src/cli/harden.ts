import { stderr, stdout } from 'node:process';
import type { Argv, CommandModule } from 'yargs';
import type { HardenIntoRequest, Hardened } from '../plan/harden/hardenInto.ts';
import type { Epoch, TrainingProgress } from '../train/train.ts';
import { hardenExamples, hardenFlags, type HardenArguments } from './hardenFlags.ts';
import { listenForInterrupts } from './interrupts.ts';
import type { Progress } from './progress.ts';
import { given } from './values.ts';

/** Flags → request → a hardened model and its comparison. */
export const harden: CommandModule<object, HardenArguments> = {
  command: 'harden [model]',
  describe: 'train a saved model against attacks, and compare it with the one before',
  builder: (yargs): Argv<HardenArguments> =>
    yargs
      .positional('model', { type: 'string', describe: 'saved model, also as --model: an .onnx file, a model.json, or their folder (default: bundled)' })
      .options(hardenFlags)
      .example(hardenExamples)
      .epilogue('Exit codes: 0 the model is saved; 2 could not run; 130 stopped by Ctrl-C: --resume goes on.'),
  handler: async ({ quiet = false, ...args }) => {
    const hardened = await run(requestOf(args), quiet);
    if (hardened) stdout.write(await told(hardened));
  },
};

/** What was given, under the names of the library. */
function requestOf(args: Omit<HardenArguments, 'quiet'>): HardenIntoRequest {
  const { validate: validation, lr: learningRate, attack: attacks, model, data, test, output, range, mean, std, limit, classes, label, bounds, immutable, integer } = args;
  const { method, epochs, optimizer, schedule, ema, awp, augment, patience, norm, epsilon, curve, seed, out = 'hardened', resume } = args;
  return given({
    ...{ model, data, validation, test, testLimit: args['test-limit'], output, inputShape: args['input-shape'], range, mean, std, limit },
    ...{ classes, label, bounds, immutable, integer, skipUnreadable: args['skip-unreadable'], norm, epsilon, seed, attacks, curve },
    ...{ method, epochs, batchSize: args['batch-size'], optimizer, learningRate, schedule, warmUp: args['warm-up'], weightDecay: args['weight-decay'] },
    ...{ clipNorm: args['clip-norm'], ema, awp, labelSmoothing: args['label-smoothing'], augment, patience },
    ...{ fromScratch: args['from-scratch'], out, resume, checkpointEvery: args['checkpoint-every'] },
  }) as HardenIntoRequest;
}

/** Undefined when it was stopped, which stderr and the exit code then tell. */
async function run(request: HardenIntoRequest, quiet: boolean): Promise<Hardened | undefined> {
  const { hardenInto } = await import('../plan/harden/hardenInto.ts');
  const { openDisplay } = await import('./progress.ts');
  const display = await openDisplay(quiet);
  const interrupts = listenForInterrupts();
  const pace = pacer();
  try {
    return await hardenInto(request, {
      note: display.note,
      training: (at) => display.progress(pace(at)),
      epoch: (epoch) => display.note(lineOf(epoch)),
      comparing: display.progress,
      signal: interrupts.signal,
    });
  } catch (error) {
    const code = error === interrupts.signal.reason ? interrupts.code() : undefined; // any other error counts, also after Ctrl-C
    if (code === undefined) throw error;
    display.stop();
    stderr.write(`breakwater: interrupted; what was learned is in ${request.out}: the same command with --resume goes on from there\n`);
    process.exitCode = code;
    return undefined;
  } finally {
    interrupts.stop();
    display.stop();
  }
}

/** From how far the training is to what the display shows. */
function pacer(): (at: TrainingProgress) => Progress {
  const started = performance.now();
  let first: number | undefined;
  return ({ epoch, epochs, done, total, loss, trainingAccuracy }) => {
    first ??= done - 1; // a run that goes on has come so far before
    const rate = (done - first) / ((performance.now() - started) / 1000);
    const attack = `epoch ${epoch} of ${epochs}, loss ${loss.toFixed(3)}, ${percent(trainingAccuracy)} under attack`;
    return { done, total, attack, rate, secondsLeft: (total - done) / rate };
  };
}

function lineOf({ epoch, loss, clean, robust, best }: Epoch): string {
  return `epoch ${epoch}: loss ${loss.toFixed(3)}, validation ${percent(clean)} clean, ${percent(robust)} robust${best ? ', the best so far' : ''}`;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

async function told({ model, training, comparison }: Hardened): Promise<string> {
  const { trainingLine } = await import('../report/trainingLine.ts');
  const lines = `${trainingLine(training)}\nsaved ${model}\n`;
  if (!comparison) return lines;
  const { comparisonText } = await import('../report/comparisonText.ts');
  return `${comparisonText(comparison, { colour: stdout.isTTY && stdout.hasColors() })}\n${lines}`;
}
