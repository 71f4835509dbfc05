import { join } from 'node:path';
import { provideDist } from './dist.ts';
import { locateHome } from './home.ts';
import { findJava } from './java.ts';

/** What runs a program on Kafka's own Java client and tools: `java -cp classPath …`. */
export interface KafkaClientJars {
  readonly java: string;
  readonly classPath: string;
}

/** The jars of the embedded stack, fetched where they are not there yet. Throws where there is no JDK. */
export async function provideKafkaClient(): Promise<KafkaClientJars> {
  const { dist } = locateHome(undefined, process.env);
  const classPath = join(await provideDist('kafka', dist, () => {}), 'lib', '*');
  return { java: await findJava(process.env), classPath };
}
