import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import { randomOf } from '../../src/core/random.ts';
import { checkpointBytes, parseCheckpoint, readCheckpoint, writeCheckpoint } from '../../src/train/checkpoint.ts';
import { choose } from '../../src/train/choose.ts';
import { descend, startDescent } from '../../src/train/descent.ts';
import { arraysOf, groupIn } from '../../src/train/groups.ts';
import { optimizers } from '../../src/train/optimizers/index.ts';
import { safetensorsBytes } from '../../src/train/safetensors.ts';
import { spoilJson } from '../fuzz/spoilJson.ts';

const folder = mkdtempSync(join(tmpdir(), 'breakwater-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string) => join(folder, name);

const checkpoint = {
  arrays: {
    'weights/conv/kernel': Float32Array.of(0, -0, NaN, -Infinity, 2 ** -149, 0.1),
    'm/größe': Float64Array.of(Math.PI, -0),
    steps: Int32Array.of(-1, 2 ** 31 - 1),
    draws: Uint32Array.of(2 ** 32 - 1),
    mask: Uint8Array.of(0, 255, 7),
    none: new Float32Array(0),
    view: Float32Array.of(1, 2, 3, 4).subarray(1, 3),
    7: Float32Array.of(7),
    ['__proto__']: Float32Array.of(8),
  },
  state: { epoch: 3, history: [{ robust: 0.1 + 0.2 }], name: 'ä "quoted"\n', none: null },
};
const bitsOf = (arrays: object) => Object.entries(arrays).map(([name, array]) => [name, (array as Uint8Array).constructor.name, Buffer.from((array as Uint8Array).slice().buffer).toString('hex')]);

/** What reading a file, or its bytes, says in one line; undefined where it reads. Anything but a UserError is thrown on. */
function refusal(path: string, bytes?: Buffer): string | undefined {
  try {
    if (bytes) parseCheckpoint(path, bytes);
    else readCheckpoint(path);
    return undefined;
  } catch (error) {
    if (!(error instanceof UserError) || error.message.includes('\n')) throw error;
    return error.message.replace(`${path}: `, '');
  }
}

describe('a checkpoint', () => {
  const whole = file('whole');
  writeCheckpoint(whole, checkpoint);

  test('is read back bit by bit', () => {
    const { arrays, state } = readCheckpoint(whole);
    expect(bitsOf(arrays)).toEqual(bitsOf(checkpoint.arrays));
    expect(state).toEqual(checkpoint.state);
  });

  test('is read back bit by bit, whatever is in it', () => {
    const array = fc.uint8Array({ maxLength: 40 }).map((bytes) => new Float32Array(bytes.slice(0, bytes.length - (bytes.length % 4)).buffer));
    fc.assert(
      fc.property(fc.dictionary(fc.string(), array), fc.jsonValue({ noUnicodeString: false }), (arrays, state) => {
        fc.pre(!Object.hasOwn(arrays, '__metadata__'));
        const found = parseCheckpoint('any', checkpointBytes({ arrays, state }));
        expect(bitsOf(found.arrays)).toEqual(bitsOf(arrays));
        expect(JSON.stringify(found.state)).toBe(JSON.stringify(state));
      }),
    );
  });

  test('is a safetensors file: the header, padded to a multiple of 8, says where each array lies', () => {
    const bytes = readFileSync(whole);
    const start = 8 + Number(bytes.readBigUInt64LE());
    expect(start % 8).toBe(0);
    const header = JSON.parse(bytes.toString('utf8', 8, start)) as Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }>;
    const { dtype, shape, data_offsets: [begin, end] } = header['m/größe']!;
    expect([dtype, shape, end - begin]).toEqual(['F64', [2], 16]);
    expect(bytes.readDoubleLE(start + begin)).toBe(Math.PI);
    expect(Math.max(...Object.values(header).flatMap(({ data_offsets: offsets = [0, 0] }) => offsets))).toBe(bytes.length - start);
  });

  test('that is cut anywhere is refused', () => {
    const bytes = readFileSync(whole);
    const refusals = Array.from(bytes, (_, length) => refusal('torn', bytes.subarray(0, length)) ?? `read when cut to ${length} bytes`);
    expect(refusals.filter((message) => !/truncated|damaged/.test(message))).toEqual([]);
    expect(refusal('torn', Buffer.concat([bytes, Buffer.alloc(8)]))).toBe('expected 71 bytes of values, found 79 bytes');
  });

  test('with a bit turned in any byte is refused', () => {
    const bytes = readFileSync(whole);
    const turned = Array.from(bytes, (byte, at) => Buffer.from(bytes).fill(byte ^ (1 << (at % 8)), at, at + 1));
    expect(turned.flatMap((one, at) => (refusal('changed', one) === undefined ? [at] : []))).toEqual([]);
  });

  test('with any damage to its header is refused, or reads the same', () => {
    const bytes = readFileSync(whole);
    const start = 8 + Number(bytes.readBigUInt64LE());
    const spoilt = Array.from({ length: 400 }, (_, seed) => {
      const header = spoilJson(bytes.subarray(8, start), randomOf(seed, 'header'));
      return Buffer.concat([lengthOf(header), header, bytes.subarray(start)]);
    });
    const readable = spoilt.filter((one) => refusal('spoilt', one) === undefined);
    expect(readable.length).toBeLessThan(80);
    expect(new Set(readable.map((one) => JSON.stringify(bitsOf(parseCheckpoint('spoilt', one).arrays))))).toEqual(new Set([JSON.stringify(bitsOf(checkpoint.arrays))]));
  });

  test.each<[string, Buffer, RegExp]>([
    ['nothing', Buffer.alloc(0), /^expected a file in the safetensors format, found another, or a truncated one$/],
    ['text', Buffer.from('{"format": "layers-model"}'), /^expected a file in the safetensors format/],
    ['an array for a header', Buffer.from('\x02\0\0\0\0\0\0\0[]'), /^expected a file in the safetensors format, found another$/],
    ['weights of something else', safetensorsBytes({ metadata: {}, arrays: { w: Float32Array.of(1) } }), /^expected a breakwater checkpoint 1, found other values in the safetensors format$/],
    ['one of a later breakwater', safetensorsBytes({ metadata: { format: 'breakwater checkpoint 2' }, arrays: {} }), /^expected a breakwater checkpoint 1, found "breakwater checkpoint 2"$/],
    ['half floats', headed({ w: { dtype: 'F16', shape: [1], data_offsets: [0, 2] } }, 2), /^"w": expected a dtype among F32, F64, I32, U32, U8, found "F16"$/],
    ['a shape that does not fit', headed({ w: { dtype: 'F32', shape: [2], data_offsets: [0, 4] } }, 4), /^the header's entry for "w" is malformed$/],
    ['offsets that go backwards', headed({ w: { dtype: 'F32', shape: [1], data_offsets: [8, 4] } }, 8), /^the header's entry for "w" is malformed$/],
    ['metadata that are no text', headed({ __metadata__: { format: 1 } }, 0), /^the header's entry for "__metadata__" is malformed$/],
  ])('is not mistaken: %s', (_, bytes, expected) => {
    expect(refusal('foreign', bytes)).toMatch(expected);
  });

  test('that is not there, or a folder, is refused', () => {
    expect(refusal(file('absent'))).toMatch(/^expected a checkpoint: ENOENT/);
    expect(refusal(folder)).toMatch(/^expected a checkpoint: EISDIR/);
  });

  test.each([NaN, Infinity])('cannot hold %d in its state, which JSON would make null', (value) => {
    expect(() => checkpointBytes({ arrays: {}, state: { best: value } })).toThrow(`a checkpoint cannot hold ${value} as its best`);
  });
});

describe('a descent', () => {
  test.each(Object.keys(optimizers))('by %s goes on from a checkpoint to the same bits', (name) => {
    const chosen = choose('optimizer', optimizers, { name, options: { weightDecay: 0.01 } });
    const random = randomOf(1, name);
    const draw = () => new Map([['conv/kernel', 5], ['bias', 3]].map(([key, length]) => [String(key), Float32Array.from({ length: Number(length) }, () => random.normal())]));
    const weights = draw();
    const descent = startDescent(chosen, weights);
    const gradients = Array.from({ length: 10 }, draw);
    for (const [step, gradient] of gradients.entries()) {
      if (step === 5) writeCheckpoint(file('descent'), { arrays: arraysOf({ ...descent.memory, weights }), state: descent.steps });
      descend(chosen, descent, weights, gradient, 0.1);
    }
    const { arrays, state } = readCheckpoint(file('descent'));
    const again = groupIn(arrays, 'weights');
    const resumed = { steps: Number(state), memory: Object.fromEntries(chosen.plugin.memory.map((vector) => [vector, groupIn(arrays, vector)])) };
    for (const gradient of gradients.slice(5)) descend(chosen, resumed, again, gradient, 0.1);
    expect([again, resumed]).toEqual([weights, descent]);
  });
});

describe.skipIf(process.platform === 'win32')('the checkpoint of a process', () => {
  const script = resolve(import.meta.dirname, 'writeCheckpoints.ts');
  const writing = (path: string, size: number) => ['--import', 'tsx', script, path, String(size)];

  test('that is killed at any moment is whole, and no older than the last one that was finished', async () => {
    const path = file('killed');
    for (const delay of [0, 3, 11]) {
      const child = spawn(process.execPath, writing(path, 200_000), { stdio: ['ignore', 'pipe', 'inherit'] });
      let said = '';
      child.stdout.on('data', (text: Buffer) => {
        if (said === '') setTimeout(() => child.kill('SIGKILL'), delay);
        said += text.toString();
      });
      await new Promise((ended) => child.once('close', ended));
      const finished = Number(said.trim().split('\n').at(-1));
      const { arrays, state } = readCheckpoint(path);
      const { number } = state as { number: number };
      expect([finished, finished + 1]).toContain(number);
      expect(arrays['weights']).toHaveLength(200_000);
      expect((arrays['weights'] as Float32Array).every((value) => value === number)).toBe(true);
    }
  });

  // A limit on the size of files stops a write in the middle, as a full disk does.
  test('that meets a full disk stays as it was', () => {
    const path = file('full');
    writeCheckpoint(path, checkpoint);
    const limited = `trap '' XFSZ; ulimit -f 30; exec "$0" "$@"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', limited, process.execPath, ...writing(path, 200_000)], { encoding: 'utf8' });
    expect(stdout).toBe('');
    expect(stderr).toMatch(/CannotWrite|UserError/);
    expect(stderr).toMatch(/full: cannot be written: E.*; what is in it is whole/);
    expect(bitsOf(readCheckpoint(path).arrays)).toEqual(bitsOf(checkpoint.arrays));
    expect(readdirSync(folder).filter((name) => name.startsWith('full'))).toEqual(['full']);
  });
});

/** A safetensors file with this header and so many bytes of values. */
function headed(header: object, values: number): Buffer {
  const text = Buffer.from(JSON.stringify(header));
  return Buffer.concat([lengthOf(text), text, Buffer.alloc(values)]);
}

function lengthOf(header: Buffer): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return length;
}
