import { countByCode, describeLetters, letterToJson } from '@scoreline/cli/dead-letters/describe-letters.ts';
import { toDeadLetterRow } from '@scoreline/drift/ingest/rows.ts';
import { toDeadLetterOf } from '@scoreline/runtime/dead-letters/dead-letter.ts';
import { isMeant } from '@scoreline/runtime/dead-letters/letter-filter.ts';
import type { KafkaRecord } from '@scoreline/runtime/kafka/record.ts';
import type { FuzzTarget } from '../target.ts';
import { findLeadData, LEAD_DATA } from './lead-data.ts';
import { createRowCheck } from './table-columns.ts';

/** A record on the dead letters' topic, whoever wrote it: the command line's letter, and drift's row. */
export const deadLettersTarget: FuzzTarget = {
  name: 'dead-letters',
  reads: 'a record of the dead letters’ topic: headers, filters, tables, rows of ClickHouse',
  form: 'json',
  words: ['dlq.failed_at', 'dlq.source.partition', '\u001b[2J', '275760-09-13', '-1'],
  async open() {
    const fits = createRowCheck('dead_letters_raw');
    return {
      seeds: [record, { ...record, value: null, headers: {} }].map((each) =>
        Buffer.from(JSON.stringify(each)),
      ),
      take(input) {
        const read = toRecord(input);
        if (read === undefined) return undefined;
        const letter = toDeadLetterOf(3, read);
        if (!isMeant(letter, 'open', { state: 'any' })) return 'no filter finds the letter';
        const found = { letter, state: 'open' } as const;
        const table = describeLetters([found], 1);
        if (table.some((line) => /\p{Cc}/u.test(line))) return 'a table has control characters';
        const told = [...table, ...countByCode([found]).keys(), JSON.stringify(letterToJson(found))];
        // Whoever writes such a header has it shown.
        const isTold = Object.entries(read.headers).some(
          ([name, header]) => name.startsWith('dlq.') && header?.includes(LEAD_DATA) === true,
        );
        const quoted = isTold ? undefined : findLeadData('the table', told.join('\n'));
        return fits(toDeadLetterRow('lead-created.dlq', 3, read)) ?? quoted;
      },
      close: async () => {},
    };
  },
};

/** Kafka gives whole numbers, and bytes or nothing; headers are whatever their writer wrote. */
function toRecord(input: Buffer): KafkaRecord | undefined {
  const given = parse(input) as { timestamp?: unknown; value?: unknown; headers?: unknown } | undefined;
  if (typeof given !== 'object' || given === null) return undefined;
  const { timestamp, value, headers } = given;
  return {
    offset: 1_042,
    timestamp: Number.isSafeInteger(timestamp) ? Number(timestamp) : -1,
    key: null,
    value: typeof value === 'string' ? Buffer.from(value) : null,
    headers: Object.fromEntries(
      Object.entries(typeof headers === 'object' && headers !== null ? headers : {}).map(
        ([name, header]) => [name, Buffer.from(typeof header === 'string' ? header : '')] as const,
      ),
    ),
  };
}

function parse(input: Buffer): unknown {
  try {
    return JSON.parse(input.toString());
  } catch {
    return undefined;
  }
}

const record = {
  timestamp: Date.UTC(2026, 4, 1),
  value: LEAD_DATA,
  headers: {
    'dlq.error.code': 'value.malformed',
    'dlq.error.message': 'the bytes are no record of schema 3',
    'dlq.source.topic': 'lead-created',
    'dlq.source.partition': '3',
    'dlq.source.offset': '77',
    'dlq.schema.id': '3',
    'dlq.failed_at': '2026-05-01T00:00:00.000Z',
    'dlq.role': 'production',
    'dlq.model': 'bank-leads@1.1.0',
    traceparent: LEAD_DATA,
  },
};
