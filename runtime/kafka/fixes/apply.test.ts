import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);
const here = new URL('.', import.meta.url);

/** What a fresh process prints that evaluates this module text. */
async function evaluate(module: string): Promise<string> {
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', module], {
    cwd: here,
    timeout: 15_000,
  });
  return stdout.trim();
}

const client = JSON.stringify(new URL('../client.ts', here).href);
const loadKafkajs = `import { createRequire } from 'node:module';
  const require = createRequire(${JSON.stringify(here.href)});
  const Batch = require('kafkajs/src/consumer/batch.js');
  const RequestQueue = require('kafkajs/src/network/requestQueue/index.js');`;

describe('the fixes to kafkajs', () => {
  it('are in force in what kafkajs itself uses once a client was imported', async () => {
    const printed = await evaluate(`import ${client};
      ${loadKafkajs}
      const written = (at, key, isControl) => ({
        firstOffset: at, lastOffset: at, isControl, inTransaction: true, producerId: '1',
        records: [{ offset: at, key }],
      });
      const batch = new Batch('topic', '0', {
        partition: 0,
        highWatermark: '4',
        abortedTransactions: [{ producerId: '1', firstOffset: '0' }],
        messages: [
          written(0, Buffer.from([0, 0, 0, 0]), false),
          written(1, Buffer.from('key'), false),
          written(2, Buffer.from([0, 0, 0, 0]), true),
          written(3, Buffer.from('key'), false),
        ],
      });
      const queue = new RequestQueue({ logger: { debug() {} } });
      queue.scheduleCheckPendingRequests();
      const functions = ['protocol/requests/fetch/v4/decodeMessages.js', 'protocol/request.js'];
      console.log(JSON.stringify({
        committed: batch.messages.map(({ offset }) => offset),
        timer: queue.throttleCheckTimeoutId,
        functions: functions.map((file) => require('kafkajs/src/' + file).name),
      }));`);
    expect(JSON.parse(printed)).toEqual({
      committed: [3],
      timer: null,
      functions: ['decodeRecordBatches', 'createRequest'],
    });
  });

  it('are told of every time that kafkajs notes: no object keeps one in a field of its own', async () => {
    const printed = await evaluate(`import ${client};
      import { TIMES } from ${JSON.stringify(new URL('./apply.ts', here).href)};
      ${loadKafkajs}
      const logger = { debug() {}, namespace: () => logger };
      const options = { logger, retry: {}, entry: { correlationId: 1 }, send() {} };
      const told = Object.entries(TIMES).map(([file, field]) => {
        const Class = require('kafkajs/src/' + file);
        const made = new Class(options);
        const isWritten = Class.toString().includes('this.' + field + ' = ');
        const isOwn = Object.hasOwn(made, field);
        made[field] = 5;
        return { field, isWritten, isOwn: isOwn || Object.hasOwn(made, field), isKept: Math.round(made[field]) === 5 };
      });
      console.log(JSON.stringify(told));`);
    const told = { isWritten: true, isOwn: false, isKept: true };
    expect(JSON.parse(printed)).toEqual([
      { field: 'lastRequest', ...told },
      { field: 'metadataExpireAt', ...told },
      { field: 'throttledUntil', ...told },
      { field: 'sentAt', ...told },
    ]);
  });

  it('refuse a process that has imported kafkajs before, and say what to import', async () => {
    const printed = await evaluate(`import 'kafkajs';
      await import(${client}).catch((error) => console.log(error.message));`);
    expect(printed).toContain('kafkajs was imported before its fixes: import runtime/kafka/client.ts');
  });

  it('bear being imported again with kafkajs loaded, as test runners do', async () => {
    const printed = await evaluate(`await import(${client}); await import(${client} + '?again');
      await import(${JSON.stringify(new URL('./apply.ts', here).href)} + '?again'); console.log('good');`);
    expect(printed).toBe('good');
  });
});
