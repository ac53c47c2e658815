const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (char) => ESCAPES[char] ?? char);

/** A folder as a page with links. `path` is its URL, ending in `/`; names of folders end in `/`, too. */
export function listingPage(path: string, names: readonly string[]): string {
  const link = (name: string): string => {
    const url = [...path.split('/').slice(0, -1), ...name.split('/')].map(encodeURIComponent).join('/');
    return `<li><a href="${escaped(url)}">${escaped(name)}</a></li>\n`;
  };
  return `<!DOCTYPE html>\n<meta charset="utf-8">\n<title>${escaped(path)}</title>\n<h1>${escaped(path)}</h1>\n<ul>\n${names.map(link).join('')}</ul>\n`;
}
