/** A model's answer that must not be published. */
export interface ScoreProblem {
  readonly code: 'model.not_finite';
  readonly message: string;
}

const NOT_FINITE: ScoreProblem = {
  code: 'model.not_finite',
  message: 'the model gave a score that is not a finite number',
};

/** A published score is always finite: NaN or an infinity makes the row a dead letter. */
export function findScoreProblem(score: number): ScoreProblem | undefined {
  return Number.isFinite(score) ? undefined : NOT_FINITE;
}
