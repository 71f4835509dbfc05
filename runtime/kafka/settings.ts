/** How to reach the brokers; the same for every client a service opens. */
export interface KafkaSettings {
  readonly brokers: readonly string[];
  /** Shows up in the brokers' logs and quotas. */
  readonly clientId: string;
}
