/** A process that swaps the production model, and says so first: for whoever wants to kill it in the middle. */
import type { WorldEnv } from '../world-env.ts';
import { swapModel } from './model-switch.ts';

await swapModel(process.env as WorldEnv, () => process.stdout.write('deciding\n'));
