const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as HTML that shows it, in elements and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** A link that leads to the web, or nowhere: what else an address may be is not followed from a report. */
export function safeHref(href: string): string {
  return /^https?:\/\//i.test(href) || /^[\w./#-]+$/.test(href) ? escapeHtml(href) : '#';
}
