import { argv, stdout } from 'node:process';
import { writeCheckpoint } from '../../src/train/checkpoint.ts';

/** Writes one checkpoint after another, of so many values each equal to the checkpoint's number, until it is stopped. */
const [, , path = '', size = ''] = argv;
for (let number = 1; ; number++) {
  writeCheckpoint(path, { arrays: { weights: new Float32Array(Number(size)).fill(number) }, state: { number } });
  stdout.write(`${number}\n`);
}
