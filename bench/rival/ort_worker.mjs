// The rival as a child process: ONNX Runtime behind the line protocol of bench/harness/worker.py.
//   node ort_worker.mjs MODULE_FOLDER THREADS
// Every command is answered by one line, "ok ..." or "error ...".
import fs from 'node:fs';
import {createRequire} from 'node:module';
import path from 'node:path';
import readline from 'node:readline';

const [moduleFolder, threads] = process.argv.slice(2);
const ort = createRequire(path.join(path.resolve(moduleFolder), 'x.js'))('onnxruntime-node');

let session;
let feeds;
let results;

function status(field) {
  const text = fs.readFileSync('/proc/self/status', 'utf8');
  return Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(text)[1]);
}

const commands = {
  // load MODEL: session creation alone. The model before, if any, is let go.
  async load(file) {
    await session?.release();
    const start = process.hrtime.bigint();
    session = await ort.InferenceSession.create(file, {
      executionProviders: ['cpu'],
      graphOptimizationLevel: 'all',
      executionMode: 'sequential',
      intraOpNumThreads: Number(threads),
      interOpNumThreads: 1,
    });
    return String(process.hrtime.bigint() - start);
  },

  // input FILE SHAPE TYPE ...: raw values of each input; SHAPE as 1x3x224x224 or scalar, TYPE as
  // in numpy.
  async input(...words) {
    const arrays = {float32: Float32Array, int64: BigInt64Array, int8: Int8Array,
      uint8: Uint8Array};
    feeds = {};
    for (const [i, name] of session.inputNames.entries()) {
      const [file, shape, type] = words.slice(3 * i, 3 * i + 3);
      const bytes = fs.readFileSync(file);
      const Values = arrays[type];
      const values = new Values(bytes.buffer, bytes.byteOffset,
          bytes.byteLength / Values.BYTES_PER_ELEMENT);
      const dims = shape === 'scalar' ? [] : shape.split('x').map(Number);
      feeds[name] = new ort.Tensor(type, values, dims);
    }
    return '';
  },

  // run N: nanoseconds of each run.
  async run(count) {
    const times = [];
    for (let i = 0; i < Number(count); i++) {
      const start = process.hrtime.bigint();
      results = await session.run(feeds);
      times.push(process.hrtime.bigint() - start);
    }
    return times.join(' ');
  },

  // output FILE: raw values of the first output of the last run.
  async output(file) {
    const tensor = results[session.outputNames[0]];
    const {buffer, byteOffset, byteLength} = tensor.data;
    fs.writeFileSync(file, Buffer.from(buffer, byteOffset, byteLength));
    return '';
  },

  // memory: peak and present resident set in KiB.
  async memory() {
    return `${status('VmHWM')} ${status('VmRSS')}`;
  },

  // version: of the runtime under test.
  async version() {
    return ort.env.versions.node ?? ort.env.versions.common;
  },
};

for await (const line of readline.createInterface({input: process.stdin})) {
  const [name, ...args] = line.trim().split(' ');
  if (name === 'quit') break;
  try {
    if (!Object.hasOwn(commands, name)) throw new Error(`no command '${name}'`);
    process.stdout.write(`ok ${await commands[name](...args)}\n`);
  } catch (error) {
    process.stdout.write(`error ${String(error.message ?? error).replaceAll('\n', ' ')}\n`);
  }
}
