/**
 * The three models of npm's nsfwjs, from download to attack: opened, compiled and verified, then PGD on harmless
 * pictures (the predictions stand in for labels, so this is stability), and a gradient step against its forward pass.
 * Fails where one of them cannot run compiled. `npm run bench:nsfwjs [MODEL …]`
 */
import { lossRows } from '../src/core/losses.ts';
import { compileModel } from '../src/engine/compile.ts';
import { openCompiled } from '../src/engine/compiledOracle.ts';
import type { TfjsModel } from '../src/graph/model.ts';
import { scan } from '../src/plan/scan.ts';
import { processorClock } from './clocks.ts';
import { interleaved } from './interleaved.ts';
import { pictures } from './nsfwjs/pictures.ts';
import { savedModel } from './nsfwjs/savedModels.ts';
import { milliseconds, percent, printMachine, printTable, ratio } from './table.ts';
import { openTfjs } from '../test/support/openTfjs.ts';

const models = ['mobilenet_v2', 'mobilenet_v2_mid', 'inception_v3'];
const chosen = process.argv.slice(2);
const [count, batchSize] = [16, 8];

async function stabilityRow(name: string, model: TfjsModel, side: number): Promise<readonly string[]> {
  const request = { model, data: await pictures(side, count), labels: 'predicted', attacks: 'fgsm,pgd(steps=10)', epsilon: '1/255' } as const;
  const report = await scan({ ...request, engine: 'onnxruntime' });
  if (report.measure !== 'stability') throw new Error(`${name}: expected stability, found ${report.measure}`);
  console.log(`${name}: ${report.engine.reason}; rows ${report.engine.rows}`);
  const attacked = report.attacks.map(({ robustAccuracy }) => percent(robustAccuracy));
  return [name, model.format, model.parameters.toLocaleString('en'), ...attacked, `${report.seconds.toFixed(0)} s`];
}

async function stepRow(name: string, model: TfjsModel, side: number): Promise<readonly string[]> {
  const oracle = await openCompiled(await compileModel(model, { batchSize }), { threads: 1 });
  const points = new Float32Array(batchSize * oracle.size);
  let row = 0;
  for await (const { x } of (await pictures(side, batchSize)).read()) points.set(x.data, oracle.size * row++);
  const losses = lossRows(batchSize, oracle.classes);
  for (let at = 0; at < losses.a.length; at += oracle.classes) losses.a[at] = 1;
  const { forward, gradient } = await interleaved({
    forward: () => oracle.predict(points, batchSize),
    gradient: () => oracle.gradient(points, losses, batchSize),
  }, { rounds: 9, clock: processorClock });
  await oracle.close();
  return [name, `${batchSize}`, milliseconds(forward.median), milliseconds(gradient.median), ratio(gradient.median, forward.median)];
}

printMachine();
const stability: (readonly string[])[] = [];
const steps: (readonly string[])[] = [];
for (const name of models.filter((each) => chosen.length === 0 || chosen.includes(each))) {
  const model = await openTfjs(await savedModel(name));
  const [side = 0] = model.inputShape;
  stability.push(await stabilityRow(name, model, side));
  steps.push(await stepRow(name, model, side));
  model.close();
}
printTable(`stability on ${count} harmless pictures, Linf 1/255`, ['model', 'format', 'parameters', 'fgsm', 'pgd(steps=10)', 'whole scan'], stability);
printTable('1 thread: milliseconds of processor time a batch', ['model', 'batch', 'forward', 'gradient step', 'ratio'], steps);
