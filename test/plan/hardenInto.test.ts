import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { harden } from '../../src/plan/harden/harden.ts';
import { hardenInto, type HardenIntoRequest } from '../../src/plan/harden/hardenInto.ts';
import { randomOf } from '../../src/core/random.ts';
import { saveTinyModel } from '../cli/tinyModel.ts';
import { saveTinyOnnx } from '../cli/tinyOnnx.ts';
import { folderWith, idxBytes } from '../datasets/idxFiles.ts';

/**
 * 2×3 images of two classes. The first pixel tells them apart by a little, which is all that the models look at; the
 * others do by more than twice an epsilon of 0.15.
 */
const count = 120;
const random = randomOf(5);
const pixels = Array.from({ length: count }, (_, i) => [i % 2 ? 140 : 115, ...Array.from({ length: 5 }, () => (i % 2 ? 190 : 65) + random.integer(20) - 10)]);
const folder = folderWith({ images: idxBytes([count, 2, 3], pixels.flat()), labels: idxBytes([count], Array.from({ length: count }, (_, i) => i % 2)) });
const data = `idx:${join(folder, 'images')},${join(folder, 'labels')}`;

const models = { layers: saveTinyModel(join(folder, 'layers')), onnx: saveTinyOnnx(join(folder, 'plain.onnx')) };
const asked = { data, epsilon: 0.15, epochs: 6, batchSize: 16, learningRate: 0.3, method: 'pgd(steps=3)' } as const;
const request = (out: string, more: Partial<HardenIntoRequest> = {}): HardenIntoRequest =>
  ({ ...asked, model: models.layers, out: join(folder, out), test: data, testLimit: 40, attacks: 'pgd(steps=5)', ...more });
const filesIn = (path: string) => readdirSync(path).sort();

describe('hardening into a folder', () => {
  test.each([
    ['layers', join('model', 'model.json')],
    ['onnx', 'model.onnx'],
  ] as const)('writes a model of %s in its own format, and what it won', async (format, file) => {
    const out = join(folder, `hardened-${format}`);
    const { model, training, comparison } = await hardenInto(request(`hardened-${format}`, { model: models[format] }));
    expect(model).toBe(join(out, file));
    expect(comparison!.clean.before.accuracy).toBe(1);
    expect(comparison!.worstCase).toMatchObject({ before: { accuracy: 0 }, after: { accuracy: 1 }, won: 40, lost: 0 });
    expect(filesIn(out)).toEqual(expect.arrayContaining(['after', 'before', 'checkpoint.safetensors', 'comparison.json']));
    expect(existsSync(join(out, 'harden.lock'))).toBe(false);
    const [first, ...later] = training.epochs;
    expect(training).toMatchObject({ steps: 6 * 8, settings: { epsilon: 0.15, method: { name: 'pgd', options: { steps: 3 } } } });
    expect(later).toHaveLength(5);
    expect(training.epochs[training.kept - 1]!.robust).toBeGreaterThan(first!.robust);
    expect(JSON.parse(readFileSync(join(out, 'training.json'), 'utf8'))).toEqual(training);
  });

  test('goes on from its checkpoint to the same file, and refuses another run', async () => {
    const stop = new AbortController();
    const halfway = hardenInto(request('stopped', { checkpointEvery: 2 }), { signal: stop.signal, training: ({ done }) => void (done === 17 && stop.abort()) });
    await expect(halfway).rejects.toThrow('This operation was aborted');
    await expect(hardenInto(request('stopped'))).rejects.toThrow(/stopped: holds a training run already: go on with it by --resume, or name another folder$/);
    await expect(hardenInto(request('stopped', { resume: true, learningRate: 0.1 }))).rejects.toThrow('learningRate is 0.3 there, 0.1 here');
    const { model } = await hardenInto(request('stopped', { resume: true }));
    const whole = await hardenInto(request('whole'));
    const weights = (file: string) => readFileSync(join(file, '..', 'group1-shard1of1.bin'));
    expect(weights(model)).toEqual(weights(whole.model));
    await expect(hardenInto(request('stopped', { resume: true, fromScratch: true }))).rejects.toThrow('fromScratch is false there, true here');
  });

  test.each([
    [{ epsilon: '0.1,0.2' }, 'epsilon: expected one to train at, found 0.1, 0.2'],
    [{ validationAttack: 'fgsm,pgd' }, 'validationAttack: expected one attack, found fgsm, pgd'],
  ] satisfies [Partial<HardenIntoRequest>, string][])('counts each validation example once: %o is refused', async (more, message) => {
    await expect(hardenInto(request('twice', more))).rejects.toThrow(message);
  });

  test('begins from scratch where asked: with weights that the seed decides, not the model', async () => {
    const first = async (out: string, more: Partial<HardenIntoRequest>): Promise<number> => {
      const { training } = await hardenInto(request(out, { fromScratch: true, model: models.onnx, epochs: 1, learningRate: 1e-9, attacks: 'fgsm', ...more }));
      return training.epochs[0]!.loss;
    };
    const [one, again, two] = [await first('scratch', {}), await first('scratch again', {}), await first('scratch too', { seed: 3 })];
    expect(again).toBe(one);
    expect(two).not.toBe(one);
  });

  test('shows on request how accuracy falls, before and after', async () => {
    const { comparison } = await hardenInto(request('curve', { epochs: 1, curve: true }));
    expect(new Set(comparison!.curve!.map(({ epsilon }) => epsilon)).size).toBe(5);
  });

  test('compares nothing without examples to compare on', async () => {
    const untested = { ...asked, model: models.layers, out: join(folder, 'untested'), epochs: 1 };
    const notes: string[] = [];
    const hardened = await hardenInto(untested, { note: (line) => notes.push(line) });
    expect(hardened.comparison).toBeUndefined();
    expect(notes).toContain('no test examples given: the model will not be compared with the one before');
    expect(filesIn(join(folder, 'untested'))).toEqual(['checkpoint.safetensors', 'model', 'training.json']);
  });

  test('loses nothing where the model cannot be written', async () => {
    const out = join(folder, 'obstructed');
    mkdirSync(out);
    writeFileSync(join(out, 'model'), 'in the way');
    await expect(hardenInto(request('obstructed', { epochs: 1 }))).rejects.toThrow(/obstructed: cannot be written: EEXIST.*; what is in it is whole, and the same command with --resume goes on from there$/);
    rmSync(join(out, 'model'));
    expect((await hardenInto(request('obstructed', { epochs: 1, resume: true }))).training.epochs).toHaveLength(1);
  });

  test('an attack to compare with needs examples', async () => {
    const untested = { ...asked, model: models.layers, out: join(folder, 'refused'), attacks: 'fgsm' };
    await expect(hardenInto(untested)).rejects.toThrow(/^attacks: expected examples to compare on, as test, found none$/);
  });

  test.each<[Partial<HardenIntoRequest>, RegExp]>([
    [{ method: 'pdg' }, /^unknown method 'pdg': did you mean pgd\?/],
    [{ method: 'fast', norm: 'l2' }, /fgsm-rs/],
    [{ method: 'mart', labelSmoothing: 0.1 }, /^label smoothing: expected 0 with mart/],
    [{ method: 'pgd(' }, /^method 'pgd\(': expected the name of an option/],
    [{ schedule: 'step,cosine' }, /^schedule 'step,cosine': expected one name, found 2$/],
    [{ augment: '' }, /^augment '': expected a name, found the end$/],
    [{ optimizer: 'adam(weightDecay=0.2)', weightDecay: 0.1 }, /^weightDecay: expected once, found 0.1 and another in adam's options$/],
    [{ epochs: 0 }, /^training: epochs: expected a whole number ≥ 1, found 0$/],
    [{ ema: 2 }, /^ema: expected a number between 0 and 1, found 2$/],
    [{ augment: 'flop' }, /^unknown augmentation 'flop'/],
    [{ checkpointEvery: 0.5 }, /^checkpointEvery: expected a whole number from 1, found 0.5$/],
    [{ attacks: 'pdg' }, /^unknown attack 'pdg'/],
    [{ test: join(folder, 'nowhere') }, /nowhere/],
    [{ test: 'fashion-mnist:test' }, /takes examples of shape \[2, 3\]|has \[28, 28, 1\]/],
    [{ epoch: 3 } as object, /^unknown field of a hardening 'epoch': did you mean epochs\?/],
    [{ limit: 1 }, /expected examples to train and to validate on, found 0 and 1$/],
  ])('%j is refused, and leaves no folder', async (more, message) => {
    await expect(hardenInto(request('refused', more))).rejects.toThrow(message);
    expect(existsSync(join(folder, 'refused'))).toBe(false);
  });
});

test('the library yields each epoch, whose model can be saved', async () => {
  const accuracies: number[] = [];
  for await (const { robust, save } of harden({ ...asked, model: models.layers, validation: data })) {
    accuracies.push(robust);
    expect(await save(join(folder, 'epoch'))).toBe(join(folder, 'epoch', 'model.json'));
  }
  expect(accuracies).toHaveLength(6);
  expect(accuracies.at(-1)).toBe(1);
});

test('from scratch an epoch on the bundled images teaches the bundled architecture far more than chance', async () => {
  const bundled = { data: 'fashion-mnist:train', limit: 2000, epsilon: 0.05 };
  const request = { ...bundled, fromScratch: true, method: 'fast', epochs: 1, batchSize: 64, schedule: 'constant', validationAttack: 'pgd(steps=5)' };
  for await (const { clean, robust } of harden(request)) {
    expect(clean).toBeGreaterThan(0.6);
    expect(robust).toBeGreaterThan(0.5);
  }
  expect.assertions(2);
});
