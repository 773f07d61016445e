// The versions of one path: in which snapshots it is, and where it changed.
import { html, nothing } from 'lit';
import { Loading, PlacedPart, attempt, emptyNotice, problemNotice, skeleton } from './element.js';
import { get, saveFile } from './api.js';
import { browse, go, here, place, to } from './router.js';
import * as format from './format.js';
import { icon } from './icons.js';

const PAGE = 200;
const STATES = {
  first: ['first seen', 'accent'], changed: ['changed', 'accent'], metadata: ['only times or modes', ''], same: ['unchanged', ''],
  deleted: ['deleted', 'bad'], absent: ['not there', ''],
};
const WHAT = { content: 'content', size: 'size', type: 'type', target: 'link target', mode: 'mode', owner: 'owner', time: 'time', xattrs: 'attributes', inode: 'inode', links: 'links', children: 'files in it', below: 'files below' };

export const whatText = (what) => what.map((one) => WHAT[one] ?? one).join(', ');

class PathVersions extends PlacedPart {
  static properties = { snapshot: {}, path: {}, source: {}, selected: { state: true } };

  #load = new Loading(this);
  #key = '';

  constructor() {
    super();
    this.selected = new Map();
  }

  willUpdate() {
    this.distinct = place().query.get('all') !== '1';
    const key = `${this.snapshot}|${this.source}|${this.path}|${this.distinct}`;
    if (this.#key !== key && this.path) {
      this.#key = key;
      this.selected = new Map();
      this.#load.run((signal) => this.#page(0, signal), { keep: true });
    }
  }

  #page(offset, signal) {
    return get('/api/v2/timeline', { path: this.path, source: this.source, snapshot: this.source ? '' : this.snapshot, distinct: this.distinct ? 'true' : '', offset, limit: PAGE }, signal);
  }

  #select(item) {
    const selected = new Map(this.selected);
    if (!selected.delete(item.snapshot.id)) {
      selected.set(item.snapshot.id, item);
    }
    this.selected = selected;
  }

  #compare([one, other]) {
    const [older, newer] = [one, other].sort((a, b) => a.snapshot.timestamp.localeCompare(b.snapshot.timestamp));
    const parent = newer.entry.type === 'directory' ? this.path : format.parentPath(this.path);
    go(to('/compare', { from: older.snapshot.id.slice(0, 16), to: newer.snapshot.id.slice(0, 16), path: parent,
      open: newer.entry.type === 'directory' ? '' : format.baseName(this.path) }));
  }

  render() {
    const { value, problem, busy } = this.#load;
    if (problem) {
      return problemNotice(problem, () => { this.#key = ''; this.requestUpdate(); });
    }
    if (!value) {
      return skeleton(5);
    }
    const chosen = [...this.selected.values()];
    return html`<div class="versions">
      <div class="panel-bar">
        <label class="check"><input type="checkbox" .checked=${this.distinct} @change=${(event) => go(here({ all: event.target.checked ? null : 1 }), { replace: true })}>Only distinct versions</label>
        <span class="soft">${format.plural(value.distinct, 'version')}</span>
        <button type="button" class="button push" ?disabled=${chosen.length !== 2} @click=${() => this.#compare(chosen)} title="Select two versions">${icon('compare')}Compare</button>
      </div>
      ${value.items.length === 0 ? emptyNotice('Nowhere to be found', 'No snapshot of this source has this path.') : nothing}
      <ol>${value.items.map((item) => this.#item(item))}</ol>
      ${value.total > value.items.length ? html`<div class="pad"><button type="button" class="button" ?disabled=${busy} @click=${() => this.#load.run(async (signal) => {
        const next = await this.#page(value.items.length, signal);
        return { ...value, items: [...value.items, ...next.items] };
      }, { keep: true })}>Show older</button></div>` : nothing}
    </div>`;
  }

  #item(item) {
    const [text, tone] = STATES[item.state] ?? [item.state, ''];
    const { snapshot, entry } = item;
    const directory = entry?.type === 'directory';
    const present = this.snapshot && snapshot.id.startsWith(this.snapshot);
    const when = format.when(snapshot.timestamp);
    const address = entry ? (directory ? browse(snapshot.id, this.path) : browse(snapshot.id, format.parentPath(this.path), { open: this.path })) : browse(snapshot.id, format.parentPath(this.path));
    return html`<li class="version ${item.state} ${present ? 'present' : ''}">
      ${entry ? html`<input type="checkbox" aria-label="Select the version of ${when}" .checked=${this.selected.has(snapshot.id)} @change=${() => this.#select(item)}>` : html`<span></span>`}
      <div><a href=${address} aria-current=${present ? 'true' : nothing}><time datetime=${snapshot.timestamp}>${when}</time></a> <span class="soft">${format.relative(snapshot.timestamp)}</span>
        <span class="badge ${tone}">${text}</span>${present ? html` <span class="badge">shown</span>` : nothing}</div>
      <div class="facts">
        <span class="mono">${format.shortId(snapshot.id)}</span>
        ${entry && !directory ? html`<span title=${format.exactSize(entry.size)}>${format.size(entry.size)}</span>` : nothing}
        ${entry ? html`<span>file time ${format.when(entry.mod_time)}</span>` : nothing}
        ${item.what?.length > 0 && item.state !== 'first' ? html`<span>differs in ${whatText(item.what)}</span>` : nothing}
        ${snapshot.name && snapshot.name !== 'default' ? html`<span>${snapshot.name}</span>` : nothing}
      </div>
      <div class="acts">${entry ? html`
        ${entry.type === 'file' ? html`<button type="button" class="icon-button" @click=${() => attempt(() => saveFile(snapshot.id, this.path))} aria-label="Download the version of ${when}" title="Download">${icon('download')}</button>` : nothing}
        <a class="icon-button" href=${to('/restore', { snapshot: snapshot.id.slice(0, 16), path: this.path })} aria-label="Restore the version of ${when}" title="Restore">${icon('restore')}</a>` : nothing}</div>
    </li>`;
  }
}
customElements.define('path-versions', PathVersions);
