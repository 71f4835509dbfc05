import { BUSINESS } from './business.ts';
import type { Dashboard } from './dashboard.ts';
import { MODEL_HEALTH } from './model-health.ts';
import { OPERATIONS } from './operations.ts';

/** Every dashboard that ships. */
export const DASHBOARDS: readonly Dashboard[] = [OPERATIONS, MODEL_HEALTH, BUSINESS];
