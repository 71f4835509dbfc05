// Generated from schemas/lead-outcome.avsc by "npm run generate"; do not edit.
/** What became of a lead. Topic lead-outcomes; key: lead_id as UTF-8. Of two for the same lead and event, the newest by recorded_at stands. */
export interface LeadOutcome {
  readonly lead_id: string;
  /** The lead event that it answers; null: the lead's newest event before occurred_at. */
  readonly event_id: null | string;
  readonly converted: boolean;
  /** The graded truth for regressors and rankers (e.g. 1 to 5); null: converted is the label. */
  readonly label: null | number;
  /** Revenue in the CRM's currency. */
  readonly value: null | number;
  readonly occurred_at: number;
  /** When the CRM recorded it; corrections carry a later one. */
  readonly recorded_at: number;
}
