import { createReadStream, type ReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import type { CsvShape } from '@scoreline/core/contracts/replay-map.ts';
import { type CsvError, type InfoRecord, parse, type Parser } from 'csv-parse';

/** A row of the file. `cells` are in the header's order; undefined where the row can't be read, and why. */
export interface CsvRow {
  /** From 1; the header is none. */
  readonly row: number;
  /** The file's line on which the row ends. */
  readonly line: number;
  readonly cells: readonly string[] | undefined;
  readonly problem?: string;
}

export interface CsvFile {
  readonly columns: readonly string[];
  readonly rows: AsyncIterable<CsvRow>;
  /** Share of the file's bytes that the rows so far took, 0 to 1. */
  readShare(): number;
  close(): void;
}

/** One row may take this much; a quote that is never closed ends here and not in memory. */
const MAX_ROW_BYTES = 1024 * 1024;

interface ParsedRow {
  readonly record: string[];
  readonly info: InfoRecord;
}

/**
 * Opens a CSV file, gzipped where its name ends in .gz, and reads its header. Rows stream: memory doesn't grow with
 * the file. A row with too many or too few cells, or with a broken quote, comes as a problem. Close it after use.
 */
export async function openCsv(file: string, shape: CsvShape = {}): Promise<CsvFile> {
  const size = await unpackedSize(file);
  const bytes = createReadStream(file);
  const parser = parse({
    bom: true,
    delimiter: shape.delimiter ?? ',',
    quote: shape.quote ?? '"',
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MAX_ROW_BYTES,
  });
  connect(bytes, parser, file.endsWith('.gz'));
  const iterator = (parser as AsyncIterable<ParsedRow>)[Symbol.asyncIterator]();
  const header = await iterator.next();
  if (header.done === true) throw new Error(`${file} is empty: its first row must name the columns`);
  const columns = header.value.record;
  let bytesRead = 0;
  const onRow = ({ info }: ParsedRow): void => void (bytesRead = info.bytes);
  return {
    columns,
    rows: readRows(iterator, columns.length, onRow),
    readShare: () => Math.min(1, bytesRead / Math.max(1, size)),
    close() {
      bytes.destroy();
      parser.destroy();
    },
  };
}

/** A gzip file ends with its unpacked size, modulo 4 GiB: good enough to show progress by. */
async function unpackedSize(file: string): Promise<number> {
  const { size } = await stat(file);
  if (!file.endsWith('.gz') || size < 4) return size;
  const handle = await open(file);
  try {
    const { buffer } = await handle.read({ buffer: Buffer.alloc(4), position: size - 4 });
    return buffer.readUInt32LE();
  } finally {
    await handle.close();
  }
}

function connect(bytes: ReadStream, parser: Parser, gzipped: boolean): void {
  const fail = (error: Error): void => void parser.destroy(error);
  bytes.on('error', fail);
  if (!gzipped) return void bytes.pipe(parser);
  const gunzip = createGunzip().on('error', fail);
  bytes.pipe(gunzip).pipe(parser);
}

async function* readRows(
  iterator: AsyncIterator<ParsedRow>,
  width: number,
  onRow: (row: ParsedRow) => void,
): AsyncGenerator<CsvRow> {
  for (let row = 1; ; row += 1) {
    const next = await iterator.next().catch((error: CsvError) => brokenOff(error, row));
    if (next.done === true) return;
    const { record, info } = next.value;
    onRow(next.value);
    const place = { row, line: info.lines };
    if (record.length === width) yield { ...place, cells: record };
    else yield { ...place, cells: undefined, problem: `has ${record.length} cells, the header has ${width}` };
  }
}

/** After a broken quote no later row is certain: the file ends there, loudly. */
function brokenOff(error: CsvError, row: number): never {
  throw new Error(`row ${row} can't be read as CSV: ${error.code}`, { cause: error });
}
