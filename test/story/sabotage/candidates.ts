import { join } from 'node:path';
import type { Manifest } from '@scoreline/core/contracts/manifest.ts';
import type { OnnxAddition } from './extend-onnx.ts';
import { burden, crash, invert, same, spoilAbove } from './graphs.ts';
import { writeSabotagedPackage } from './write-package.ts';

/** Folders of the packages that something is wrong with, all made of an honest one. */
export interface SabotagedPackages {
  readonly slow: string;
  readonly inverted: string;
  /** Inverted too, with the honest model's golden rows. */
  readonly swapped: string;
  readonly nan: string;
  readonly crashing: string;
}

/** Above this age the NaN candidate has no score: about one contact in ten. */
export const MOST_AGE = 54;
/** 200 million operations a lead: ten milliseconds, where the honest model takes microseconds. */
const SLOW = { width: 2_048, layers: 24 } as const;

/** Writes them below `modelsDir`, made of the package in `base`. */
export async function writeSabotagedPackages(base: string, modelsDir: string): Promise<SabotagedPackages> {
  const [lowest, highest] = await readCalibratedRange(base);
  const common = { base, modelsDir, golden: 'own' } as const;
  const inverted = invert(lowest, highest);
  return {
    slow: await writeSabotagedPackage({
      ...common,
      version: '1.2.0-slow',
      addition: burden(SLOW.width, SLOW.layers),
    }),
    inverted: await writeSabotagedPackage({ ...common, version: '1.2.0-inverted', addition: inverted }),
    swapped: await writeSabotagedPackage({
      ...common,
      version: '1.2.0-swapped',
      addition: inverted,
      golden: 'of-the-base',
    }),
    nan: await writeSabotagedPackage({ ...common, version: '1.2.0-nan', addition: spoilAbove(MOST_AGE) }),
    crashing: await writeSabotagedPackage({
      ...common,
      version: '1.2.0-crashing',
      addition: crash(),
      golden: 'of-the-base',
    }),
  };
}

/** Folders of versions that are tried on leads: honest ones, and ones that their golden rows don't give away. */
export interface CanaryPackages {
  readonly honest: string;
  readonly slow: string;
  readonly nan: string;
  readonly inverted: string;
}

/** Writes them below `modelsDir`, made of the package in `base`. */
export async function writeCanaryPackages(base: string, modelsDir: string): Promise<CanaryPackages> {
  const [lowest, highest] = await readCalibratedRange(base);
  const write = (version: string, addition: OnnxAddition) =>
    writeSabotagedPackage({ base, modelsDir, golden: 'own', version, addition });
  return {
    honest: await write('1.3.0', same()),
    slow: await write('1.3.0-slow', burden(SLOW.width, SLOW.layers)),
    nan: await write('1.3.0-nan', spoilAbove(MOST_AGE)),
    inverted: await write('1.3.0-inverted', invert(lowest, highest)),
  };
}

async function readCalibratedRange(dir: string): Promise<readonly [number, number]> {
  const { default: manifest } = (await import(join(dir, 'manifest.json'), { with: { type: 'json' } })) as {
    default: Manifest;
  };
  const points = manifest.output.calibration?.points ?? [];
  return [points[0]?.[0] ?? 0, points.at(-1)?.[0] ?? 0];
}
