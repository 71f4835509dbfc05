import { defaultPolicy } from '@scoreline/core/alerts/testing/given.ts';
import { createWorld, drawCalmHours, runAlerts } from '@scoreline/core/alerts/testing/simulated-month.ts';
import { countNaiveAlarms } from './naive-rule.ts';

const HOURS = 30 * 24;
/** Seeds of months are apart from those of their worlds. */
const MONTH_SEEDS = 1_000_000;

/** Months without drift in one world, one for each size of window. */
export interface CalmTask {
  readonly seed: number;
  readonly cycles: boolean;
  /** Leads an hour, ascending. */
  readonly sizes: readonly number[];
  /** Whether the naive rule is tried on the same windows. */
  readonly naive: boolean;
}

export interface CalmMonth {
  readonly rowsAnHour: number;
  /** The alerts that fired, at the default policy. */
  readonly fired: readonly string[];
  /** Hours that the naive rule would have alarmed at; null where it wasn't tried. */
  readonly naive: number | null;
}

/** What fires in the months of one world. */
export function simulateCalmMonths({ seed, cycles, sizes, naive }: CalmTask): readonly CalmMonth[] {
  const world = createWorld(seed, cycles);
  const policy = defaultPolicy();
  const months = drawCalmHours(world, { seed: MONTH_SEEDS + seed, sizes, hours: HOURS });
  return months.map((hours, i) => {
    const changes = runAlerts(world.reference, hours, policy);
    return {
      rowsAnHour: sizes[i] ?? 0,
      fired: changes.filter(({ kind }) => kind === 'fired').map(({ alertId }) => alertId),
      naive: naive ? countNaiveAlarms(world.reference, hours) : null,
    };
  });
}
