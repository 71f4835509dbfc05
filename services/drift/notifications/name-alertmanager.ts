/** What deliveries and the task call it: several may be behind one host, each under a path. */
export function nameAlertmanager(url: string): string {
  const { host, pathname } = new URL(url);
  return `alertmanager ${host}${pathname.replace(/\/$/, '')}`;
}
