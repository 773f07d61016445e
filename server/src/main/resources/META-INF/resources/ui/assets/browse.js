// A folder of a snapshot: its files, the same folder at other times, and a file beside it.
import { html, nothing } from 'lit';
import { styles } from './styles.js';
import { Loading, Part, announce, attempt, emptyNotice, problemNotice, skeleton } from './element.js';
import { entry, get, getKept, saveArchive, saveFile, snapPath } from './api.js';
import { browse, go, here, place, to } from './router.js';
import { Rows, plainHead, sortHead } from './list.js';
import * as format from './format.js';
import { TYPE_NAMES, entryType, isDirectory, totalOf, totalSize } from './filetypes.js';
import { icon } from './icons.js';
import './panel.js';

const SORTS = { name: 'Name', size: 'Size', time: 'ModTime', mode: 'Mode' };
const MOST_MOMENTS = 1000;
const ERRORS_PAGE = 100;

class BrowseView extends Part {
  static properties = {
    rows: { state: true },
    selected: { state: true },
    format: { state: true },
    moments: { state: true },
  };

  #folder = new Loading(this);
  #errors = new Loading(this);
  #times = '';
  #folderAt = '';
  #rowsAt = '';
  #hop = 0;

  constructor() {
    super();
    this.selected = new Set();
    this.format = 'zip';
    this.moments = [];
  }

  placed() {
    const { id, query } = place();
    this.id = id;
    this.path = query.get('path') || '/';
    this.sort = query.get('sort') ?? 'name';
    this.open = query.get('open') ?? '';
    this.showErrors = query.get('errors') === '1';
    if (id === '') {
      this.requestUpdate();
      return;
    }
    const folderAt = `${id}:${this.path}`;
    if (this.#folderAt !== folderAt) {
      this.#folderAt = folderAt;
      this.selected = new Set();
      this.#folder.run((signal) => this.#load(signal), { keep: true });
    }
    const rowsAt = `${folderAt}|${this.sort}`;
    if (this.#rowsAt !== rowsAt) {
      this.#rowsAt = rowsAt;
      const { id: snapshot, path, sort } = this;
      // The way up is the first item the server gives below the root; here it is in the crumbs.
      const up = path === '/' ? 0 : 1;
      this.rows = new Rows(async (offset, limit) => {
        const answer = await getKept(`/api/snapshot/vfs/children/${snapPath(snapshot, path)}`, {
          offset: offset === 0 ? 0 : offset + up, limit: limit + (offset === 0 ? up : 0), sort: sortKey(sort),
        });
        return { items: answer.items.filter((item) => item.file_info.name !== '..'), total: answer.total - up };
      }, folderAt);
    }
    if (this.showErrors && this.#errors.at !== folderAt) {
      this.#errors.at = folderAt;
      this.#errors.run((signal) => get(`/api/v2/snapshots/${id}/errors`, { path: this.path, limit: ERRORS_PAGE }, signal));
    }
    this.title = `${format.baseName(this.path)} in ${format.shortId(id)}`;
    this.requestUpdate();
  }

  async #load(signal) {
    const [header, folder] = await Promise.all([
      getKept(`/api/v2/snapshots/${this.id}`, {}, signal).then((answer) => answer.item.snapshot),
      entry(this.id, this.path, signal),
    ]);
    this.#travel(header);
    return { header, folder };
  }

  /** The moments of this folder: one list a path and source, whichever snapshot is shown. */
  async #travel(header) {
    const key = `${header.source.id}:${this.path}`;
    if (this.#times === key) {
      return;
    }
    this.#times = key;
    try {
      const timeline = await get('/api/v2/timeline', { path: this.path, snapshot: header.id, order: 'asc', limit: MOST_MOMENTS });
      if (this.#times === key) {
        this.moments = timeline.items;
      }
    } catch {
      // Without it the folder is shown all the same.
      this.moments = [];
    }
  }

  get #list() {
    return this.querySelector('scroll-list');
  }

  get #active() {
    return this.#list?.rows?.at(this.#list.active);
  }

  #pathOf(item) {
    return format.join(this.path, item.file_info.name);
  }

  #enter(item) {
    if (isDirectory(item)) {
      go(browse(this.id, this.#pathOf(item), { sort: this.sort === 'name' ? '' : this.sort }));
    } else {
      this.#show(item);
    }
  }

  #show(item) {
    go(here({ open: this.#pathOf(item), tab: place().query.get('tab') }), { replace: this.open !== '' });
  }

  #select(item) {
    const selected = new Set(this.selected);
    const name = item.file_info.name;
    if (!selected.delete(name)) {
      selected.add(name);
    }
    this.selected = selected;
  }

  #chosen() {
    const names = this.selected.size > 0 ? [...this.selected] : this.#active ? [this.#active.file_info.name] : [];
    return names.map((name) => format.join(this.path, name));
  }

  async #download(paths) {
    await attempt(async () => {
      const single = paths.length === 1 ? await entry(this.id, paths[0]) : null;
      if (single && !isDirectory(single)) {
        await saveFile(this.id, paths[0]);
      } else {
        const name = paths.length === 1 ? format.baseName(paths[0]) : `${format.baseName(this.path)}-${format.shortId(this.id)}`;
        await saveArchive(this.id, paths, this.format, name === '/' ? `snapshot-${format.shortId(this.id)}` : name.replaceAll('.', '_'));
      }
      announce('The download begins.');
    });
  }

  #restore(paths) {
    go(to('/restore', { snapshot: this.id, path: paths }));
  }

  #step(by) {
    const shown = this.moments.filter((moment) => moment.entry);
    const at = shown.findIndex((moment) => moment.snapshot.id.startsWith(this.id));
    const next = shown[at + by];
    if (at >= 0 && next) {
      this.#goTo(next);
    }
  }

  #goTo(moment) {
    const open = this.open;
    go(browse(moment.snapshot.id, this.path, { sort: this.sort === 'name' ? '' : this.sort, open, tab: place().query.get('tab') }));
  }

  shortcut(event) {
    const item = this.#active;
    switch (event.key) {
      case 'Backspace':
      case 'h':
        if (this.path !== '/') {
          go(browse(this.id, format.parentPath(this.path)));
        }
        return true;
      case '[': this.#step(-1); return true;
      case ']': this.#step(1); return true;
      case 'Escape':
        if (this.open) {
          go(here({ open: null, tab: null, view: null }));
          return true;
        }
        return false;
      case 'd': if (this.#chosen().length > 0) this.#download(this.#chosen()); return true;
      case 'r': this.#restore(this.#chosen().length > 0 ? this.#chosen() : [this.path]); return true;
      case 'c': {
        const previous = this.#folder.value?.header.previous;
        if (previous) {
          go(to('/compare', { from: previous.slice(0, 16), to: this.id, path: this.path }));
        }
        return true;
      }
      case ' ': if (item && !isDirectory(item)) this.#show(item); return item !== undefined;
      default: return false;
    }
  }

  render() {
    if (this.id === '') {
      return html`<div class="view"><h1>No snapshot</h1><p>This address names no snapshot. <a href="/">All snapshots</a></p></div>`;
    }
    if (!this.rows) {
      return nothing;
    }
    const { value, problem } = this.#folder;
    if (problem) {
      return html`<div class="view"><h1>${format.shown(format.baseName(this.path))}</h1>${this.#crumbs(null)}${this.#travelBar(null)}
        ${problem.status === 404 ? html`<div class="notice">${icon('details')}<div><p><strong>This snapshot does not have it.</strong></p>
          <p>${format.shown(this.path)} is not in ${format.shortId(this.id)}.</p><p><a href=${to('/history', { path: this.path, snapshot: this.id })}>See in which snapshots it is</a></p></div></div>`
        : problemNotice(problem, () => { this.#folderAt = ''; this.placed(); })}</div>`;
    }
    const header = value?.header;
    const folder = value?.folder;
    return html`<div class="view full ${this.open ? 'has-panel' : ''}">
      <div class="view-head">${this.#crumbs(header)}
        <div class="actions">
          <a class="icon-button" href=${to('/history', { path: this.path, snapshot: this.id })} title="History of this folder" aria-label="History of this folder">${icon('history')}</a>
          ${header?.previous ? html`<a class="icon-button" href=${to('/compare', { from: header.previous.slice(0, 16), to: this.id, path: this.path })} title="Compare with the snapshot before (c)" aria-label="Compare with the snapshot before">${icon('compare')}</a>` : nothing}
          <a class="icon-button" href=${to('/search', { in: this.id, path: this.path === '/' ? '' : this.path })} title="Search here" aria-label="Search here">${icon('search')}</a>
          <button type="button" class="button" @click=${() => this.#download([this.path])}>${icon('download')}Download</button>
          <button type="button" class="button primary" @click=${() => this.#restore([this.path])}>${icon('restore')}Restore</button>
        </div>
      </div>
      ${this.#travelBar(header)}
      ${folder ? this.#facts(folder) : nothing}
      ${this.showErrors ? this.#errorList() : nothing}
      ${this.selected.size > 0 ? this.#selection() : nothing}
      <div class="split">${this.#table(folder)}
        ${this.open ? html`<file-panel .snapshot=${this.id} .path=${this.open} .list=${this.#neighbours()}></file-panel>` : nothing}</div>
    </div>`;
  }

  #crumbs(header) {
    const parts = this.path.split('/').filter(Boolean);
    return html`<nav aria-label="Folder"><h1 class="unseen">${format.shown(this.path)}</h1><ol class="crumbs">
      <li><a href=${browse(this.id, '/')} title=${header ? `Snapshot ${header.id}` : ''}><span class="mono">${format.shortId(this.id)}</span></a></li>
      ${parts.map((part, i) => {
        const path = `/${parts.slice(0, i + 1).join('/')}`;
        return html`<li>${i === parts.length - 1 ? html`<span aria-current="page">${format.shown(part)}</span>` : html`<a href=${browse(this.id, path)}>${format.shown(part)}</a>`}</li>`;
      })}</ol></nav>`;
  }

  #travelBar(header) {
    const moments = this.moments.filter((moment) => moment.entry || moment.state === 'deleted');
    const present = moments.filter((moment) => moment.entry);
    const at = present.findIndex((moment) => moment.snapshot.id.startsWith(this.id));
    if (present.length < 2) {
      return header ? html`<p class="facts"><span>${format.when(header.timestamp)} <span>(${format.relative(header.timestamp)})</span></span><span>the only snapshot of ${format.shown(header.source.directory)}</span></p>` : nothing;
    }
    const all = Math.max(1, present.length - 1);
    const now = present[at];
    return html`<div class="travel" role="group" aria-label="Time travel">
      <button type="button" class="icon-button" ?disabled=${at <= 0} @click=${() => this.#step(-1)} aria-label="Older snapshot" title="Older ([)">${icon('left')}</button>
      <button type="button" class="icon-button" ?disabled=${at < 0 || at >= present.length - 1} @click=${() => this.#step(1)} aria-label="Newer snapshot" title="Newer (])">${icon('right')}</button>
      <div class="travel-track">
        <input type="range" min="0" max=${present.length - 1} .value=${String(Math.max(0, at))} aria-label="Snapshot of this folder"
          aria-valuetext=${now ? `${format.when(now.snapshot.timestamp)}, ${at + 1} of ${present.length}` : 'not in this snapshot'} @input=${(event) => this.#hopTo(present, event.target.value)}>
        <div class="travel-marks" aria-hidden="true">${present.map((moment, i) => html`<span class="travel-mark ${moment.state}" ${styles({ left: `${(i / all) * 100}%` })}></span>`)}</div>
      </div>
      <span class="travel-now">${now ? html`<strong>${format.when(now.snapshot.timestamp)}</strong> <span class="soft">${format.relative(now.snapshot.timestamp)}</span>` : 'Not in this snapshot'}</span>
      <span class="badge ${now?.state === 'same' ? '' : 'accent'}">${now ? STATES[now.state] : ''}</span>
    </div>`;
  }

  #hopTo(present, value) {
    clearTimeout(this.#hop);
    this.#hop = setTimeout(() => this.#goTo(present[Number(value)]), 120);
  }

  #facts(folder) {
    const errors = totalOf(folder.summary, 'errors');
    return html`<div class="facts folder-facts">
      <span>${format.plural(totalOf(folder.summary, 'files'), 'file')}, ${format.plural(totalOf(folder.summary, 'directories'), 'folder')}</span>
      <span title=${format.exactSize(totalSize(folder))}>${format.size(totalSize(folder))}</span>
      <span class="changed">changed ${format.when(folder.file_info.mod_time)}</span>
      <span class="mono" title=${format.octal(folder.file_info.mode)}>${format.modeText(folder.file_info.mode)} ${folder.file_info.username || folder.file_info.uid}:${folder.file_info.groupname || folder.file_info.gid}</span>
      ${errors > 0 ? html`<a class="badge bad" href=${here({ errors: this.showErrors ? null : 1 })}>${icon('warning')}${errors === 1 ? '1 path' : `${format.number(errors)} paths`} could not be saved</a>` : nothing}
    </div>`;
  }

  #errorList() {
    const { value, problem } = this.#errors;
    if (problem) {
      return problemNotice(problem);
    }
    return value ? html`<div class="notice bad">${icon('warning')}<div class="items-plain"><p><strong>Not in this snapshot</strong></p>
      <ul>${value.items.map((item) => html`<li><code>${format.shown(item.path)}</code> – ${item.error}</li>`)}</ul>
      ${value.total > value.items.length ? html`<p>and ${format.number(value.total - value.items.length)} more; <code>plakar ls -errors ${format.shortId(this.id)}</code> lists them all</p>` : nothing}
      </div></div>` : skeleton(2);
  }

  #selection() {
    const paths = this.#chosen();
    let bytes = 0;
    for (const [, item] of this.rows.loaded()) {
      if (this.selected.has(item.file_info.name)) {
        bytes += totalSize(item);
      }
    }
    return html`<div class="selection" role="region" aria-label="Selection">
      <span>${format.number(this.selected.size)} selected, ${format.size(bytes)}</span>
      <label class="field inline"><span class="unseen">Archive format</span><select @change=${(event) => { this.format = event.target.value; }}>
        ${[['zip', 'zip'], ['tar', 'tar'], ['tarball', 'tar.gz']].map(([value, text]) => html`<option value=${value} ?selected=${this.format === value}>${text}</option>`)}</select></label>
      <button type="button" class="button" @click=${() => this.#download(paths)}>${icon('download')}Download</button>
      <button type="button" class="button" @click=${() => this.#restore(paths)}>${icon('restore')}Restore</button>
      <button type="button" class="button quiet" @click=${() => { this.selected = new Set(); }}>Unselect all</button>
    </div>`;
  }

  #selectAll(event) {
    const selected = new Set();
    if (event.target.checked) {
      for (const [, item] of this.rows.loaded()) {
        selected.add(item.file_info.name);
      }
      if (selected.size < this.rows.total) {
        announce(`${format.number(selected.size)} of ${format.number(this.rows.total)} selected: the ones seen so far. To take all, download or restore the folder.`);
      }
    }
    this.selected = selected;
  }

  #table(folder) {
    const sorted = (next) => go(here({ sort: next === 'name' ? null : next }));
    const whole = folder ? Math.max(1, totalSize(folder)) : 0;
    return html`<scroll-list kind="browse" label="Files in ${format.shown(this.path)}" .rows=${this.rows} .selected=${this.selected} .keyOf=${(item) => item.file_info.name} tall="60"
      .columns=${[plainHead(html`<input type="checkbox" tabindex="-1" aria-label="Select all" .checked=${this.selected.size > 0 && this.selected.size === this.rows.total} @change=${(event) => this.#selectAll(event)}>`, 'pick'),
        sortHead('Name', 'name', this.sort, sorted, 'name-head'), sortHead('Size', 'size', this.sort, sorted, 'number', true),
        sortHead('Changed', 'time', this.sort, sorted, 'when', true), plainHead('Mode', 'mode'), plainHead(html`<span class="unseen">Actions</span>`, 'acts')]}
      .row=${(item) => this.#row(item, whole)}
      .empty=${emptyNotice('An empty folder', 'Nothing was in it when the snapshot was made.')}
      @loaded=${() => this.requestUpdate()}
      @open=${(event) => this.#enter(event.detail.item)} @preview=${(event) => (isDirectory(event.detail.item) ? null : this.#show(event.detail.item))}
      @active=${(event) => (this.open && !isDirectory(event.detail.item) ? this.#show(event.detail.item) : null)}
      @select=${(event) => this.#select(event.detail.item)}></scroll-list>`;
  }

  #row(item, whole) {
    const { name, mod_time: time, mode } = item.file_info;
    const path = this.#pathOf(item);
    const directory = isDirectory(item);
    const type = entryType(item);
    const bytes = totalSize(item);
    const errors = directory ? totalOf(item.summary, 'errors') : 0;
    const address = directory ? browse(this.id, path, { sort: this.sort === 'name' ? '' : this.sort }) : here({ open: path });
    return html`
      <div role="gridcell" class="cell pick"><input type="checkbox" tabindex="-1" aria-label="Select ${format.shown(name)}" .checked=${this.selected.has(name)} @change=${() => this.#select(item)}></div>
      <div role="gridcell" class="cell name type-${type}">${icon(type)}<span class="unseen">${TYPE_NAMES[type]}</span><a href=${address} tabindex="-1" title=${format.shown(name)}>${format.shown(name)}</a>
        ${item.symlink_target ? html`<span class="target" title="points to ${format.shown(item.symlink_target)}">→ ${format.shown(item.symlink_target)}</span>` : nothing}
        ${errors > 0 ? html`<a class="badge bad" tabindex="-1" href=${browse(this.id, path, { errors: 1 })}>${icon('warning')}${format.number(errors)}<span class="unseen"> not saved</span></a>` : nothing}</div>
      <div role="gridcell" class="cell number size share" ${styles({ '--share': whole > 0 ? `${Math.round((bytes / whole) * 100)}%` : '0' })} title=${format.exactSize(bytes)}>${format.size(bytes)}</div>
      <div role="gridcell" class="cell when"><time datetime=${time} title="${time} (${format.relative(time)})">${format.when(time)}</time></div>
      <div role="gridcell" class="cell mode mono soft" title="${format.octal(mode)} ${item.file_info.username}:${item.file_info.groupname}">${format.modeText(mode)}</div>
      <div role="gridcell" class="cell acts">
        ${type === 'file' || directory || !['link', 'device', 'pipe', 'socket'].includes(type) ? html`
          <button type="button" class="icon-button" tabindex="-1" @click=${() => this.#download([path])} aria-label="Download ${format.shown(name)}" title="Download (d)">${icon('download')}</button>` : nothing}
        <button type="button" class="icon-button" tabindex="-1" @click=${() => this.#restore([path])} aria-label="Restore ${format.shown(name)}" title="Restore (r)">${icon('restore')}</button></div>`;
  }

  /** The files before and behind the open one, of those in sight. */
  #neighbours() {
    const files = [...this.rows.loaded()].map(([, item]) => item).filter((item) => !isDirectory(item));
    const at = files.findIndex((item) => this.#pathOf(item) === this.open);
    return { previous: files[at - 1] && at > 0 ? this.#pathOf(files[at - 1]) : null, next: at >= 0 && files[at + 1] ? this.#pathOf(files[at + 1]) : null };
  }
}

const STATES = { first: 'first seen', same: 'unchanged', changed: 'changed here', metadata: 'only times or modes changed', deleted: 'deleted', absent: 'not there' };

function sortKey(sort) {
  const down = sort.startsWith('-');
  const key = SORTS[down ? sort.slice(1) : sort] ?? 'Name';
  return (down ? '-' : '') + key + (key === 'Name' ? '' : ',Name');
}

customElements.define('browse-view', BrowseView);
