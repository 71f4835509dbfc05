/** What every member's environment says; ClickHouse by its proxy. */
export type WorldEnv = Readonly<
  Record<
    | 'KAFKA_BROKERS'
    | 'SCHEMA_REGISTRY_URL'
    | 'CLICKHOUSE_URL'
    | 'CLICKHOUSE_DATABASE'
    | 'MODELS_DIR'
    | 'TOPIC_PREFIX',
    string
  >
>;
