/**
 * Where ONNX Runtime spends a batch of one of the nets, by operator or by node.
 * `npx tsx bench/profile.ts NET [forward|gradient] [THREADS] [op|node]`
 */
import { compileModel } from '../src/engine/compile.ts';
import { chosenNets } from './nets/index.ts';
import { savedNet } from './nets/savedNet.ts';
import { operatorProfile } from './operatorProfile.ts';
import { milliseconds, percent, printTable } from './table.ts';

const [name = '', pass = 'gradient', threads = '1', by = 'op'] = process.argv.slice(2);
for (const [title, net] of chosenNets([name])) {
  const model = await savedNet(net);
  const compiled = await compileModel(model, { batchSize: net.batchSize });
  const [onnx] = pass === 'forward' ? compiled.forward : compiled.gradient;
  const times = await operatorProfile(onnx as Uint8Array, Number(threads), 20, by === 'node' ? 'node' : 'op');
  const total = times.reduce((sum, { time }) => sum + time, 0);
  const rows = times.slice(0, 25).map(({ op, time, calls }) => [op, Math.round(calls), milliseconds(time), percent(time / total)]);
  printTable(
    `${title}, ${pass}, batch ${net.batchSize}, threads ${threads}: ${milliseconds(total)} ms`,
    [by === 'node' ? 'node' : 'operator', 'calls', 'ms a batch', 'share'],
    rows,
  );
  model.close();
}
