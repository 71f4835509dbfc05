import type { Arm, ExperimentPlan } from '../arm.ts';

/** A plan for 14,000 leads an arm, with 500 a day. */
export const PLAN: ExperimentPlan = {
  minimumEffect: 0.1,
  plannedLeadsPerArm: 14_000,
  startedAtMs: 1_000,
  leadsPerDay: 500,
};

/** One of two arms; the control is 1.0.0. All of its leads are mature, unless `more` says other. */
export function givenArm(version: string, leads: number, conversions: number, more: Partial<Arm> = {}): Arm {
  return {
    model: 'bank-leads',
    version,
    share: 0.5,
    isControl: version === '1.0.0',
    exposed: leads,
    leads,
    conversions,
    revenue: null,
    failures: 0,
    ...more,
  };
}
