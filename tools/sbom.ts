import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { readLockfile } from './lockfile.ts';

/**
 * `npm run -s sbom [-- --out FILE]`: what the project is made of, as CycloneDX, from the lockfile alone
 * and without a network. Exits 1 where a package of the lockfile is not in it, or is there without its hash.
 */
interface Component {
  readonly name: string;
  readonly version: string;
  readonly purl?: string;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
}

interface Bom {
  readonly bomFormat: string;
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
}

const NPM = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];
const LIMITS = { timeout: 60_000, maxBuffer: 64 * 2 ** 20 };

const { stdout } = await promisify(execFile)('npm', NPM, LIMITS);
const bom = JSON.parse(stdout) as Bom;
const problems = await findProblems(bom);
for (const problem of problems) console.error(`sbom: ${problem}`);
if (problems.length > 0) process.exit(1);
await print(`${JSON.stringify(nameProject(bom), null, 2)}\n`);
console.error(`sbom: ${bom.components.length} components`);

async function findProblems({ bomFormat, components }: Bom): Promise<string[]> {
  if (bomFormat !== 'CycloneDX') return [`npm wrote '${bomFormat}', not CycloneDX`];
  const hashed = new Set(
    components.filter(({ hashes }) => hashes?.some(({ alg }) => alg === 'SHA-512')).map(({ purl }) => purl),
  );
  const wanted = await readLockfile();
  return wanted
    .map(({ name, version }) => `pkg:npm/${name.replace('@', '%40')}@${version}`)
    .filter((purl) => !hashed.has(purl))
    .map((purl) => `${purl} is in the lockfile and not in the list with its hash`);
}

/** npm calls the project by its folder. */
function nameProject(bom: Bom): Bom {
  return {
    ...bom,
    metadata: { ...bom.metadata, component: { ...bom.metadata.component, name: 'scoreline' } },
  };
}

async function print(text: string): Promise<void> {
  const at = process.argv.indexOf('--out');
  const file = at === -1 ? undefined : process.argv[at + 1];
  if (at !== -1 && file === undefined) throw new Error('--out takes a file');
  if (file === undefined) process.stdout.write(text);
  else await writeFile(file, text);
}
