// Lists the snapshots of the store and the folders in them. Names come from files of strangers: they are only ever set
// as text, never as markup.

const PAGE = 200;
const main = document.getElementById('main');
const place = document.getElementById('place');

/** Takes the token out of the address, so that it is not in a bookmark or on a screenshot. */
function takeToken() {
  const address = new URL(location.href);
  const given = address.searchParams.get('plakar_token');
  if (given !== null) {
    localStorage.setItem('plakar_token', JSON.stringify(given));
    address.searchParams.delete('plakar_token');
    history.replaceState(null, '', address);
  }
}

function token() {
  try {
    return JSON.parse(localStorage.getItem('plakar_token') ?? '""');
  } catch {
    return '';
  }
}

async function ask(path, options = {}) {
  const headers = token() === '' ? {} : { Authorization: `Bearer ${token()}` };
  const answer = await fetch(path, { ...options, headers });
  if (answer.status === 401) {
    throw new Error('The server does not know this token. Open the address that `plakar ui` printed.');
  }
  const body = await answer.json();
  if (!answer.ok) {
    throw new Error(body.error?.message ?? `The server answered ${answer.status}.`);
  }
  return body;
}

function element(name, content, attributes = {}) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value);
  }
  made.append(...[content].flat());
  return made;
}

function size(bytes) {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let unit = 0;
  let value = bytes;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

const when = (text) => new Date(text).toLocaleString();
const isDirectory = (entry) => (entry.file_info.mode & 0x80000000) !== 0;
const isRegular = (entry) => (entry.file_info.mode & 0x8f280000) === 0;
const total = (summary) => summary.directory.size + summary.below.size;
const errors = (summary) => summary.directory.errors + summary.below.errors;
const route = (snapshot, path) => `#/${snapshot}:${encodeURIComponent(path)}`;

function table(heads, rows) {
  return element('table', [
    element('thead', element('tr', heads.map(([text, kind]) => element('th', text, { scope: 'col', class: kind })))),
    element('tbody', rows),
  ]);
}

/** A page of a list, and a button for the next one. */
async function paged(load, heads, row) {
  const body = element('tbody', []);
  const shown = table(heads, []);
  shown.replaceChild(body, shown.tBodies[0]);
  let offset = 0;
  const more = element('button', 'Show more', { type: 'button' });
  const next = async () => {
    more.disabled = true;
    const page = await load(offset);
    offset += PAGE;
    body.append(...page.items.map(row));
    more.disabled = false;
    more.hidden = offset >= page.total;
  };
  more.addEventListener('click', () => next().catch(fail));
  await next();
  main.replaceChildren(shown, more);
}

async function snapshots() {
  place.replaceChildren('Snapshots, newest first');
  const heads = [['Snapshot', ''], ['Made', 'when'], ['Source', ''], ['Size', 'number'], ['Errors', 'number']];
  await paged(
    (offset) => ask(`/api/repository/snapshots?sort=-Timestamp&offset=${offset}&limit=${PAGE}`),
    heads,
    (header) => {
      const source = header.sources[0];
      const failed = errors(source.summary);
      return element('tr', [
        element('td', element('a', header.identifier.slice(0, 8), { href: route(header.identifier, source.importer.directory) })),
        element('td', when(header.timestamp), { class: 'when' }),
        element('td', `${source.importer.type}://${source.importer.origin}${source.importer.directory}`),
        element('td', size(total(source.summary)), { class: 'number' }),
        element('td', String(failed), { class: failed > 0 ? 'number bad' : 'number' }),
      ]);
    },
  );
  if (main.querySelector('tbody').rows.length === 0) {
    main.replaceChildren(element('p', 'There is no snapshot yet. `plakar backup` makes one.'));
  }
}

function crumbs(snapshot, path) {
  const parts = [element('a', 'Snapshots', { href: '#' }), ' › ', element('a', snapshot.slice(0, 8), { href: route(snapshot, '/') })];
  let so = '';
  for (const part of path.split('/').filter((text) => text !== '')) {
    so += `/${part}`;
    parts.push(' / ', element('a', part, { href: route(snapshot, so) }));
  }
  place.replaceChildren(...parts);
}

async function open(snapshot, path, download) {
  const target = `${snapshot}:${encodeURIComponent(path)}`;
  const signed = await ask(`/api/snapshot/reader-sign-url/${target}`, { method: 'POST' });
  const query = new URLSearchParams({ signature: signed.item.signature, ...(download ? { download: 'true' } : {}) });
  window.open(`/api/snapshot/reader/${target}?${query}`, download ? '_self' : '_blank', 'noopener');
}

async function folder(snapshot, path) {
  crumbs(snapshot, path);
  await paged(
    (offset) => ask(`/api/snapshot/vfs/children/${snapshot}:${encodeURIComponent(path)}?offset=${offset}&limit=${PAGE}`),
    [['Name', ''], ['Changed', 'when'], ['Size', 'number'], ['', '']],
    (entry) => {
      const name = entry.file_info.name;
      const own = name === '..' ? path.replace(/\/[^/]*$/, '') || '/' : `${path === '/' ? '' : path}/${name}`;
      const directory = isDirectory(entry);
      const link = element('a', directory ? `${name}/` : name, { href: directory ? route(snapshot, own) : location.hash });
      const cells = [];
      if (!directory && isRegular(entry)) {
        link.addEventListener('click', (event) => {
          event.preventDefault();
          open(snapshot, own, false).catch(fail);
        });
        const save = element('button', 'Download', { type: 'button', 'aria-label': `Download ${name}` });
        save.addEventListener('click', () => open(snapshot, own, true).catch(fail));
        cells.push(save);
      }
      const shown = directory || isRegular(entry) ? link : `${name}${entry.symlink_target ? ` → ${entry.symlink_target}` : ''}`;
      const bytes = directory ? (entry.summary ? size(total(entry.summary)) : '') : size(entry.file_info.size);
      return element('tr', [
        element('td', shown),
        element('td', when(entry.file_info.mod_time), { class: 'when' }),
        element('td', bytes, { class: 'number' }),
        element('td', cells),
      ]);
    },
  );
}

function fail(problem) {
  main.replaceChildren(element('p', problem.message, { class: 'bad', role: 'alert' }));
}

function show() {
  const found = location.hash.match(/^#\/([0-9a-f]+):(.*)$/);
  (found ? folder(found[1], decodeURIComponent(found[2])) : snapshots()).catch(fail);
}

takeToken();
window.addEventListener('hashchange', show);
ask('/api/repository/info')
  .then((info) => document.getElementById('store').replaceChildren(info.item.location))
  .catch(() => {});
show();
