import { join } from 'node:path';

/** `<name>@<version>`, in the alphabet of the manifest's schema: nothing that could leave the models' folder. */
const REFERENCE = /^(?<name>[a-z0-9][a-z0-9-]*)@(?<version>\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?)$/;

/**
 * The folder of the package `<name>@<version>` (as the settings MODEL and CANDIDATE name it) below `modelsDir`;
 * undefined where the text isn't such a name. Whether the package is there, loading it tells.
 */
export function findPackage(modelsDir: string, reference: string): string | undefined {
  const { name, version } = REFERENCE.exec(reference)?.groups ?? {};
  return name === undefined || version === undefined ? undefined : join(modelsDir, name, version);
}
