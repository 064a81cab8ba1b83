import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CannotWrite, UserError } from '../core/errors.ts';
import { replaceFile } from '../core/replaceFile.ts';
import { parseSafetensors, safetensorsBytes, shown } from './safetensors.ts';
import type { Arrays } from './safetensors.ts';

/** Everything that a training run needs to go on. */
export interface Checkpoint {
  /** Weights, running means, the optimiser's memory … by name. */
  readonly arrays: Arrays;
  /** The rest, as JSON. */
  readonly state: unknown;
}

/** Changes when an older breakwater could not read what this one writes. */
const format = 'breakwater checkpoint 1';

/** Writes a checkpoint whole or not at all, down to the disk: where that fails, the one that was there stays. */
export function writeCheckpoint(path: string, checkpoint: Checkpoint): void {
  const bytes = checkpointBytes(checkpoint);
  try {
    replaceFile(path, bytes, { flush: true });
  } catch (cause) {
    throw new CannotWrite(path, cause, 'the same command with --resume');
  }
}

export function checkpointBytes({ arrays, state }: Checkpoint): Buffer {
  const text = jsonOf(state);
  return safetensorsBytes({ metadata: { format, state: text, sha256: digestOf(text, arrays) }, arrays });
}

/** Reads a checkpoint: every bit as it was written, or a UserError that says what is in the file instead. */
export function readCheckpoint(path: string): Checkpoint {
  return parseCheckpoint(path, bytesIn(path));
}

/** Reads the bytes of the checkpoint `path`. */
export function parseCheckpoint(path: string, bytes: Buffer): Checkpoint {
  const { metadata, arrays } = parseSafetensors(path, bytes);
  const { format: found, state = '', sha256 } = metadata;
  if (found !== format) throw new UserError(`${path}: expected a ${format}, found ${found === undefined ? 'other values in the safetensors format' : shown(found)}`);
  if (sha256 !== digestOf(state, arrays)) throw new UserError(`${path}: the checkpoint is damaged: its values are not those that were written`);
  return { arrays, state: JSON.parse(state) };
}

function bytesIn(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new UserError(`${path}: expected a checkpoint: ${(cause as Error).message}`, { cause });
  }
}

/** Of the state, and of each array's name, type, length and values. */
function digestOf(state: string, arrays: Arrays): string {
  const hash = createHash('sha256').update(state);
  for (const [name, array] of Object.entries(arrays)) {
    hash.update(JSON.stringify([name, array.constructor.name, array.length])).update(array);
  }
  return hash.digest('hex');
}

/** What JSON would silently turn into null is our own bug. */
function jsonOf(state: unknown): string {
  return JSON.stringify(state, (name, value: unknown) => {
    if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`a checkpoint cannot hold ${value} as its ${name}`);
    return value;
  });
}
