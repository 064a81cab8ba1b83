import type { Hash } from 'node:crypto';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { UserError } from '../../src/core/errors.ts';
import { TensorProto_DataLocation, type ModelProto, type TensorProto } from '../../src/graph/proto/onnx_pb.ts';
import { insideFolder } from '../insideFolder.ts';
import { bytesOf, elementsOf, elementTypeName } from './elementTypes.ts';
import { tensorsOf } from './walk.ts';

/** Where a tensor's bytes lie beside the model. */
interface Place {
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

interface Reading {
  readonly hash: Hash;
  /** Bytes that the file itself leaves of what a model may take. */
  readonly room: number;
}

/**
 * Reads what the model keeps in files beside it into its tensors, and adds it to the hash. No
 * byte is read or allocated before all that the tensors declare has been checked.
 */
export async function readExternalData(file: string, model: ModelProto, { hash, room }: Reading): Promise<void> {
  const tensors = [...tensorsOf(model)].filter(({ dataLocation }) => dataLocation === TensorProto_DataLocation.EXTERNAL);
  const places = tensors.map((tensor) => placeOf(file, tensor));
  const total = places.reduce((sum, { length }) => sum + length, 0);
  if (total > room)
    throw new UserError(`${file}: expected at most 2 GB, which is what ONNX Runtime takes as one model, found ${gigabytes(total)} in other files`);
  const files = new Map<string, FileHandle>();
  try {
    for (const { location } of places) if (!files.has(location)) files.set(location, await openBeside(file, location));
    for (const place of places) await checkWithin(file, place, files.get(place.location) as FileHandle);
    for (const [at, tensor] of tensors.entries()) {
      const place = places[at] as Place;
      const data = new Uint8Array(place.length);
      const { bytesRead } = await (files.get(place.location) as FileHandle).read(data, 0, place.length, place.offset);
      if (bytesRead !== place.length) throw new UserError(`${file}: ${place.location} became shorter while it was read`);
      hash.update(data);
      inline(tensor, data);
    }
  } finally {
    for (const opened of files.values()) await opened.close();
  }
}

function placeOf(file: string, tensor: TensorProto): Place {
  const entries = new Map(tensor.externalData.map(({ key, value }) => [key, value]));
  const wrong = (problem: string): UserError => new UserError(`${file}: tensor '${tensor.name}' in another file: ${problem}`);
  const number = (key: string): number | undefined => {
    const text = entries.get(key);
    if (text === undefined) return undefined;
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    if (!Number.isSafeInteger(value)) throw wrong(`expected ${key} to be a whole number, found '${text}'`);
    return value;
  };
  const location = entries.get('location');
  if (location === undefined || location === '') throw wrong('it names no file');
  const declared = bytesOf(tensor);
  if (declared === undefined || Number.isNaN(declared)) throw wrong(`it is of ${elementTypeName(tensor.dataType)}`);
  const length = number('length') ?? declared;
  if (length !== declared) throw wrong(`expected ${declared} bytes for ${elementsOf(tensor)} of ${elementTypeName(tensor.dataType)}, found a length of ${length}`);
  return { location, offset: number('offset') ?? 0, length };
}

async function openBeside(file: string, location: string): Promise<FileHandle> {
  const path = await insideFolder(file, 'external data', location);
  try {
    if (!(await stat(path)).isFile()) throw new UserError(`${file}: external data '${location}' is no file`);
    return await open(path);
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw new UserError(`${file}: external data '${location}' cannot be read (${(cause as NodeJS.ErrnoException).code})`, { cause });
  }
}

async function checkWithin(file: string, { location, offset, length }: Place, opened: FileHandle): Promise<void> {
  const { size } = await opened.stat();
  if (offset + length <= size) return;
  throw new UserError(`${file}: external data '${location}' is too short: expected ${length} bytes from ${offset}, found ${size} in all`);
}

function inline(tensor: TensorProto, data: Uint8Array<ArrayBuffer>): void {
  tensor.rawData = data;
  tensor.externalData = [];
  tensor.dataLocation = TensorProto_DataLocation.DEFAULT;
}

const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GB`;
