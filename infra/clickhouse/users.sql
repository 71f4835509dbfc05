-- Three users of ClickHouse with the rights that they need and no others, for a server of your own, as its
-- administrator: clickhouse-client --multiquery < infra/clickhouse/users.sql. Safe to repeat.
-- For another database than `scoreline`, replace its name before each `.*`.
--
-- The users can't log in before they are given a password (or a certificate) and hosts:
--   ALTER USER scoreline_writer IDENTIFIED WITH sha256_password BY '…' HOST ANY;

-- npm run setup and scoreline retention: tables, views, columns and how long rows are kept.
CREATE ROLE IF NOT EXISTS scoreline_setup;
GRANT CREATE DATABASE, CREATE TABLE, CREATE VIEW, DROP VIEW, ALTER TABLE, ALTER VIEW, SHOW, SELECT, INSERT ON scoreline.* TO scoreline_setup;
-- CREATE OR REPLACE VIEW makes the new one under such a name, and drops the old one under it.
GRANT DROP TABLE ON scoreline._tmp_replace_* TO scoreline_setup;
GRANT SELECT ON system.tables TO scoreline_setup;

-- drift, rollout and the command line: rows in, rows out; ALTER DELETE is how a lead is forgotten.
CREATE ROLE IF NOT EXISTS scoreline_writer;
GRANT SHOW, SELECT, INSERT, ALTER DELETE ON scoreline.* TO scoreline_writer;
GRANT SELECT ON system.mutations TO scoreline_writer;

-- The api service, dashboards and analysts: reading, within bounds.
CREATE ROLE IF NOT EXISTS scoreline_reader;
GRANT SHOW, SELECT ON scoreline.* TO scoreline_reader;

-- readonly = 2: nothing is written; formats may still be chosen, which clients do with each request.
CREATE SETTINGS PROFILE IF NOT EXISTS scoreline_reader SETTINGS
  readonly = 2 CONST,
  max_execution_time = 30 MIN 1 MAX 60,
  max_memory_usage = 4000000000 MAX 8000000000,
  max_rows_to_read = 2000000000 MAX 10000000000,
  max_result_rows = 1000000 MAX 10000000,
  max_concurrent_queries_for_user = 8 CONST
  TO scoreline_reader;

CREATE USER IF NOT EXISTS scoreline_setup IDENTIFIED WITH no_password HOST NONE DEFAULT ROLE scoreline_setup;
CREATE USER IF NOT EXISTS scoreline_writer IDENTIFIED WITH no_password HOST NONE DEFAULT ROLE scoreline_writer;
CREATE USER IF NOT EXISTS scoreline_reader IDENTIFIED WITH no_password HOST NONE DEFAULT ROLE scoreline_reader;

GRANT scoreline_setup TO scoreline_setup;
GRANT scoreline_writer TO scoreline_writer;
GRANT scoreline_reader TO scoreline_reader;
