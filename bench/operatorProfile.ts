import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';

export interface OperatorTime {
  /** ONNX Runtime's operator, after its own fusions. */
  readonly op: string;
  /** Milliseconds per run. */
  readonly time: number;
  readonly calls: number;
}

interface ProfileEvent {
  readonly cat: string;
  readonly dur: number;
  readonly args?: { readonly op_name?: string; readonly node_index?: string };
  readonly name: string;
}

/** Where ONNX Runtime spends its time on a model: its own profile, summed by operator (or by node), longest first. */
export async function operatorProfile(model: Uint8Array, threads: number, runs = 20, by: 'op' | 'node' = 'op'): Promise<OperatorTime[]> {
  const folder = await mkdtemp(join(tmpdir(), 'breakwater-profile-'));
  try {
    const session = await InferenceSession.create(model, {
      graphOptimizationLevel: 'all',
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: 4,
      enableProfiling: true,
      profileFilePrefix: join(folder, 'profile'),
    });
    const feeds = randomFeeds(session);
    for (let run = 0; run < runs; run++) await session.run(feeds);
    session.endProfiling();
    await session.release();
    const [file = ''] = await readdir(folder);
    return summed(JSON.parse(await readFile(join(folder, file), 'utf8')) as ProfileEvent[], runs, by);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Uniform values in [0, 1): enough for every input of a compiled graph. */
function randomFeeds(session: InferenceSession): Record<string, Tensor> {
  let state = 1;
  const next = () => (state = (state * 16807) % 2147483647) / 2147483647;
  const feeds: Record<string, Tensor> = {};
  for (const { name, ...value } of session.inputMetadata) {
    const shape = value.isTensor ? value.shape.map(Number) : [];
    const size = shape.reduce((product, n) => product * n, 1);
    feeds[name] = new Tensor('float32', Float32Array.from({ length: size }, next), shape);
  }
  return feeds;
}

function summed(events: readonly ProfileEvent[], runs: number, by: 'op' | 'node'): OperatorTime[] {
  const times = new Map<string, { time: number; calls: number }>();
  for (const { cat, dur, name, args } of events) {
    if (cat !== 'Node' || !name.endsWith('_kernel_time')) continue;
    const op = args?.op_name ?? name;
    const key = by === 'op' ? op : `${op} ${name.slice(0, -'_kernel_time'.length)}`;
    const entry = times.get(key) ?? { time: 0, calls: 0 };
    times.set(key, entry);
    entry.time += dur / 1000 / runs;
    entry.calls += 1 / runs;
  }
  return [...times].map(([op, entry]) => ({ op, ...entry })).sort((a, b) => b.time - a.time);
}
