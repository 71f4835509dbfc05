import { execFile } from 'node:child_process';
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { provideDistOf } from '@scoreline/infra/local/dist.ts';
import { locateHome } from '@scoreline/infra/local/home.ts';
import { findJava } from '@scoreline/infra/local/java.ts';

/** What runs the Kafka Streams neighbour: `java -cp classPath ScoringStream …`. */
export interface StreamsProgram {
  readonly java: string;
  readonly classPath: string;
}

const SOURCES = join(import.meta.dirname, 'streams');
const run = promisify(execFile);
let provided: Promise<StreamsProgram> | undefined;

/** Its jars, fetched where they are not there yet, and its classes, compiled once in a process. Throws without a JDK. */
export function provideStreamsProgram(): Promise<StreamsProgram> {
  provided ??= compileStreams();
  return provided;
}

async function compileStreams(): Promise<StreamsProgram> {
  const { dist } = locateHome(undefined, process.env);
  const project = { name: 'streams', pom: join(SOURCES, 'pom.xml') };
  const jars = globSync(join(await provideDistOf(project, dist, console.log), 'lib', '*.jar'));
  const java = await findJava(process.env);
  const classes = mkdtempSync(join(tmpdir(), 'scoreline-streams-'));
  process.once('exit', () => rmSync(classes, { recursive: true, force: true }));
  // The compiler by its module: a path of Java's is known, one of javac's isn't.
  const compiler = ['--module', 'jdk.compiler/com.sun.tools.javac.Main'];
  const sources = globSync(join(SOURCES, '*.java'));
  await run(java, [...compiler, '-d', classes, '-cp', jars.join(delimiter), ...sources]);
  return { java, classPath: [classes, ...jars].join(delimiter) };
}
