import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const OLDEST_JAVA = 17;

/**
 * For what lives for minutes beside what is measured or served: no optimising compiler and no concurrent collector
 * take a core just then.
 */
export const LIGHT_JVM: readonly string[] = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];

/**
 * The path of a Java 17 or newer: `JAVA_HOME` first, then `PATH`.
 * Throws with what was found and what to set where there is none.
 */
export async function findJava(env: NodeJS.ProcessEnv): Promise<string> {
  const home = env['JAVA_HOME'];
  const candidates = [...(home ? [join(home, 'bin', 'java')] : []), 'java'];
  const found: string[] = [];
  for (const java of candidates) {
    const version = await readJavaVersion(java, env);
    if (version !== undefined && version >= OLDEST_JAVA) return java;
    found.push(version === undefined ? `${java}: not there` : `${java}: Java ${version}`);
  }
  throw new Error(
    `Kafka and the schema registry run on Java ${OLDEST_JAVA} or newer (${found.join('; ')}): install a JDK ` +
      `(Debian: apt-get install openjdk-17-jdk-headless; macOS: brew install openjdk@17) or set JAVA_HOME; ` +
      `with KAFKA_BROKERS and SCHEMA_REGISTRY_URL set to your own, Java is not needed`,
  );
}

/** Major version of a Java program, or undefined where it can't be run. */
async function readJavaVersion(java: string, env: NodeJS.ProcessEnv): Promise<number | undefined> {
  try {
    const { stderr, stdout } = await run(java, ['-version'], { env, timeout: 20_000 });
    const major = /version "(?:1\.)?(\d+)/.exec(stderr + stdout)?.[1];
    return major === undefined ? undefined : Number(major);
  } catch {
    return undefined;
  }
}
