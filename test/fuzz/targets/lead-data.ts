/** Stands in the seeds where a lead's data would; no message and no log line may repeat it. */
export const LEAD_DATA = 'jane.roe@example.org';

/** The promise that a text repeats none of a lead's data: what was broken, or undefined. */
export function findLeadData(where: string, text: string): string | undefined {
  return text.includes(LEAD_DATA) ? `${where} quotes the lead's data` : undefined;
}
