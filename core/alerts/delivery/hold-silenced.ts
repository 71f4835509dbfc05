import type { ScoringAlert } from '../../contracts/scoring-alert.ts';
import { type Silence, type Silenceable, silenceOf } from '../silence.ts';

/** A change that waits to be told. */
export interface SilenceableChange {
  readonly position: number;
  readonly alert: Silenceable & Pick<ScoringAlert, 'state' | 'episode_started_at'>;
}

/** What a sink has been told of episodes (`episodeKey`), and what was held back from it. */
export interface Told {
  readonly told: ReadonlySet<string>;
  readonly heldBack: ReadonlySet<string>;
}

/** Which episode of which alert a change belongs to. */
export function episodeKey(alert: Pick<ScoringAlert, 'alert_id' | 'episode_started_at'>): string {
  return `${alert.alert_id} ${alert.episode_started_at}`;
}

/**
 * Positions of the waiting changes, given in their order, that silences keep from being told: of an alert that fires
 * while one holds, and the end of an episode of which people have been told nothing. The end of one that they know of
 * is told, silence or not: an incident that is open somewhere is to be closed.
 */
export function holdSilenced(
  waiting: readonly SilenceableChange[],
  silences: readonly Silence[],
  before: Told,
  nowMs: number,
): ReadonlySet<number> {
  const held = new Set<number>();
  const told = new Set(before.told);
  const heldBack = new Set(before.heldBack);
  for (const { position, alert } of waiting) {
    const episode = episodeKey(alert);
    const isHeld =
      alert.state === 'resolved'
        ? heldBack.has(episode) && !told.has(episode)
        : silenceOf(alert, silences, nowMs) !== undefined;
    (isHeld ? heldBack : told).add(episode);
    if (isHeld) held.add(position);
  }
  return held;
}
