import { runJava } from '../java.ts';

/** What Kafka's own tools make of the broker, records a second. */
export interface ToolRates {
  readonly produce: number;
  /** In transactions of 100 ms. */
  readonly produceInTransactions: number;
  /** What was produced last, read_committed. */
  readonly consume: number;
}

export interface ToolOptions {
  readonly topic: string;
  readonly records: number;
  /** As large as a score. */
  readonly recordBytes: number;
}

const TRANSACTION_MS = 100;
const IDLE_TIMEOUT_MS = 60_000;
const TIMEOUT_MS = 600_000;
const JVM = ['-Xmx512m'];

/** Runs ProducerPerformance, without and with transactions, and ConsumerPerformance. */
export async function runKafkaTools(
  brokers: string,
  { topic, records, recordBytes }: ToolOptions,
): Promise<ToolRates> {
  const produce = async (more: readonly string[]): Promise<number> => {
    const args = ['--bootstrap-server', brokers, '--topic', topic, '--num-records', String(records)];
    const load = ['--record-size', String(recordBytes), '--throughput', '-1'];
    const settings = ['--command-property', 'acks=all', 'batch.size=262144'];
    const output = await runTool('ProducerPerformance', [...args, ...load, ...more, ...settings]);
    return readProduced(output);
  };
  const plain = await produce([]);
  const inTransactions = await produce(['--transaction-duration-ms', String(TRANSACTION_MS)]);
  // Its own ten seconds would have to do for joining a group as well.
  const patience = ['--timeout', String(IDLE_TIMEOUT_MS)];
  const committed = ['--command-property', 'isolation.level=read_committed'];
  const args = ['--bootstrap-server', brokers, '--topic', topic, '--num-records', String(2 * records)];
  const output = await runTool('ConsumerPerformance', [...args, ...patience, ...committed]);
  return { produce: plain, produceInTransactions: inTransactions, consume: readConsumed(output) };
}

async function runTool(name: string, args: readonly string[]): Promise<string> {
  return runJava({ program: `org.apache.kafka.tools.${name}`, args, jvm: JVM, timeoutMs: TIMEOUT_MS });
}

/** Records a second of the whole run: ProducerPerformance's last line, after those of each five seconds. */
export function readProduced(output: string): number {
  const rates = [...output.matchAll(/ ([\d.]+) records\/sec/g)];
  return requireRate(Number(rates.at(-1)?.[1]), output);
}

/** fetch.nMsg.sec of ConsumerPerformance, the time of joining its group apart: the last column of its last line. */
export function readConsumed(output: string): number {
  return requireRate(Number(output.trim().split('\n').at(-1)?.split(',').at(-1)), output);
}

function requireRate(rate: number, output: string): number {
  if (rate > 0) return rate;
  throw new Error(`Kafka's tool tells no rate: ${output.slice(-500)}`);
}
