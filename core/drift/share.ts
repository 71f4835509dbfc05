/** A share for a person: `63 %`, below a tenth with a decimal, `4.2 %`. */
export function formatShare(share: number): string {
  return `${(100 * share).toFixed(share > 0 && share < 0.0995 ? 1 : 0)} %`;
}
