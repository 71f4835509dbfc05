import type { Peer } from './peer-rule.ts';

/** Who looks for drifts. */
export type Tool = 'scoreline' | Peer;

/** How a tool fares with one drift at one size of window: hours of delay by stream, null where it was missed. */
export interface Detection {
  readonly kind: string;
  readonly size: string;
  readonly rowsAnHour: number;
  readonly delays: Readonly<Record<Tool, readonly (number | null)[]>>;
  readonly matchedDelays: Readonly<Record<Tool, readonly (number | null)[]>>;
}
