import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import { parseNumber } from '../../src/core/number.ts';
import { choice, describeOptions, flag, parseOptions, positive, positiveOr, wholeNumber } from '../../src/core/options.ts';

const schema = v.object({
  steps: wholeNumber({ default: 40, description: 'gradient steps' }),
  stepSize: positiveOr({ default: '2.5/steps', description: 'length of a step' }),
  decay: positive({ default: 1, description: 'momentum' }),
  randomStart: flag({ default: true, description: 'start off x' }),
  loss: choice(['margin', 'dlr'], { default: 'dlr', description: 'ascended' }),
});
const parse = (raw: Record<string, unknown>) => parseOptions('pgd', schema, raw);

test('what is left out has its default', () => {
  expect(parse({})).toEqual({ steps: 40, decay: 1, randomStart: true, loss: 'dlr' });
});

test('text from a command line means what it says', () => {
  const raw = { steps: '5', stepSize: '8/255', decay: '1e-3', randomStart: 'false', loss: 'margin' };
  expect(parse(raw)).toEqual({ steps: 5, stepSize: 8 / 255, decay: 0.001, randomStart: false, loss: 'margin' });
});

test('values from a program pass unchanged', () => {
  const given = { steps: 5, stepSize: 0.1, decay: 2, randomStart: false, loss: 'margin' as const };
  expect(parse(given)).toEqual(given);
});

test.each([
  [{ step: 3 }, "unknown option of pgd 'step': did you mean steps? known are steps, stepSize, loss, decay, randomStart"],
  [{ steps: 'x' }, 'pgd: steps: expected a whole number ≥ 1, found "x"'],
  [{ steps: 0 }, 'pgd: steps: expected a whole number ≥ 1, found 0'],
  [{ steps: 2.5 }, 'pgd: steps: expected a whole number ≥ 1, found 2.5'],
  [{ steps: null }, 'pgd: steps: expected a whole number ≥ 1, found null'],
  [{ stepSize: '' }, 'pgd: stepSize: expected a number > 0, found ""'],
  [{ stepSize: '1/0' }, 'pgd: stepSize: expected a number > 0, found "1/0"'],
  [{ decay: -1 }, 'pgd: decay: expected a number > 0, found -1'],
  [{ randomStart: 'yes' }, 'pgd: randomStart: expected true or false, found "yes"'],
  [{ loss: 'ce' }, 'pgd: loss: expected margin or dlr, found "ce"'],
])('%j is refused in one line', (raw, message) => {
  expect(() => parse(raw)).toThrow(new UserError(message));
});

test('an attack without options says so', () => {
  expect(() => parseOptions('fgsm', v.object({}), { steps: 3 })).toThrow(new UserError("fgsm takes no options, found 'steps'"));
});

test('options describe themselves', () => {
  expect(describeOptions(schema)).toEqual([
    { name: 'steps', default: '40', description: 'gradient steps' },
    { name: 'stepSize', default: '2.5/steps', description: 'length of a step' },
    { name: 'decay', default: '1', description: 'momentum' },
    { name: 'randomStart', default: 'true', description: 'start off x' },
    { name: 'loss', default: 'dlr', description: 'ascended' },
  ]);
});

describe('a number as people write it', () => {
  test.each([['0.03', 0.03], ['8/255', 8 / 255], [' 3e-2 ', 0.03], ['8 / 255', 8 / 255], [0.5, 0.5]])('%j is read', (written, value) => {
    expect(parseNumber(written)).toBe(value);
  });
  test.each(['', ' ', '8/', '/255', '1/2/3', 'x', '0.1.2'])('%j is none', (written) => {
    expect(parseNumber(written)).toBeNaN();
  });
});
