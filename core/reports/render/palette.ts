/** A colour by what it is for: `bar` is a value, `beside` what it is held against, `beyond` one past its limit. */
export type Palette = Readonly<
  Record<
    'page' | 'card' | 'ink' | 'soft' | 'line' | 'bar' | 'beside' | 'beyond' | 'mark' | 'critical' | 'warning',
    string
  >
>;

export const LIGHT: Palette = {
  page: '#fbfaf8',
  card: '#fff',
  ink: '#1d2129',
  soft: '#5c6470',
  line: '#e3e1dc',
  bar: '#3567a8',
  beside: '#a9b4c4',
  beyond: '#c2410c',
  mark: '#8a8f98',
  critical: '#b91c1c',
  warning: '#b45309',
};

export const DARK: Palette = {
  page: '#14161a',
  card: '#1b1e24',
  ink: '#e6e8ec',
  soft: '#9aa3b0',
  line: '#2c313a',
  bar: '#6ea3e6',
  beside: '#566072',
  beyond: '#f58b54',
  mark: '#7d8694',
  critical: '#f87171',
  warning: '#fbbf24',
};

/** As declarations of CSS variables. */
export function asVariables(palette: Palette): string {
  return Object.entries(palette)
    .map(([name, colour]) => `--${name}: ${colour};`)
    .join(' ');
}
