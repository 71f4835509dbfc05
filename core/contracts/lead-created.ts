// Generated from schemas/lead-created.avsc by "npm run generate"; do not edit.
/** The demo's lead event: one contact of a bank's telephone campaign (UCI Bank Marketing, without `duration`, which is known only after the call). Topic lead-created; key: lead_id as UTF-8. Any other record works with a model package that reads it. */
export interface BankContact {
  /** Unique per event. */
  readonly event_id: string;
  readonly lead_id: string;
  /** Event time. */
  readonly created_at: number;
  /** Years. */
  readonly age: null | number;
  /** Type of job; 'unknown' where not known. */
  readonly job: null | string;
  /** Marital status. */
  readonly marital: null | string;
  /** Highest education. */
  readonly education: null | string;
  /** Has credit in default. */
  readonly default: null | string;
  /** Has a housing loan. */
  readonly housing: null | string;
  /** Has a personal loan. */
  readonly loan: null | string;
  /** cellular or telephone. */
  readonly contact: null | string;
  /** Month of the contact, jan to dec. */
  readonly month: null | string;
  /** Day of the contact, mon to fri. */
  readonly day_of_week: null | string;
  /** Contacts in this campaign, this one included. */
  readonly campaign: null | number;
  /** Days since the last contact of an earlier campaign; 999: never contacted. */
  readonly pdays: null | number;
  /** Contacts before this campaign. */
  readonly previous: null | number;
  /** Outcome of the previous campaign. */
  readonly poutcome: null | string;
  /** Employment variation rate, quarterly. */
  readonly emp_var_rate: null | number;
  /** Consumer price index, monthly. */
  readonly cons_price_idx: null | number;
  /** Consumer confidence index, monthly. */
  readonly cons_conf_idx: null | number;
  /** Euribor 3 month rate, daily, percent. */
  readonly euribor3m: null | number;
  /** Employees in thousands, quarterly. */
  readonly nr_employed: null | number;
}
