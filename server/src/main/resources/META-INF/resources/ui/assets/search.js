// Finding files by name, type, size and date, in one snapshot or in all. What is found comes in as it is found.
import { html, nothing } from 'lit';
import { Part, emptyNotice, problemNotice } from './element.js';
import { lines } from './api.js';
import { browse, go, here, place, to } from './router.js';
import { Rows, plainHead } from './list.js';
import * as format from './format.js';
import { icon } from './icons.js';
import { nodeIcon } from './compare.js';
import './snapshot-choice.js';
import './panel.js';

const LIMIT = 10_000;
const SHOW_MILLIS = 120;
const UNITS = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9 };
const CONTENT = [['', 'Any content'], ['text', 'Text'], ['image', 'Images'], ['audio', 'Audio'], ['video', 'Video'], ['application/pdf', 'PDF'], ['application', 'Application data']];
const TYPES = [['', 'Anything'], ['file', 'Files'], ['directory', 'Folders'], ['symlink', 'Links']];
const MODES = [['text', 'Part of the name'], ['glob', 'Pattern (*.txt)'], ['regex', 'Regular expression']];
const FIELDS = ['q', 'mode', 'in', 'path', 'type', 'content', 'min', 'max', 'since', 'until'];

class SearchView extends Part {
  static properties = { rows: { state: true }, end: { state: true }, busy: { state: true }, problem: { state: true }, more: { state: true } };

  title = 'Search';
  #key = '';
  #abort = null;

  placed() {
    const { query } = place();
    this.query = Object.fromEntries(FIELDS.map((name) => [name, query.get(name) ?? '']));
    this.open = query.get('open') ?? '';
    this.more ??= ['type', 'content', 'min', 'max', 'since', 'until', 'path'].some((name) => this.query[name] !== '');
    const key = JSON.stringify(this.query);
    if (key !== this.#key) {
      this.#key = key;
      const asked = ['q', 'type', 'content', 'min', 'max', 'since', 'until'].some((name) => this.query[name] !== '');
      if (asked) {
        this.#search();
      } else {
        this.#abort?.abort();
        this.rows = null;
        this.busy = false;
      }
    }
    this.requestUpdate();
    if (this.rows === null) {
      this.updateComplete.then(() => this.querySelector('input[name=q]')?.focus());
    }
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#abort?.abort();
  }

  async #search() {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.busy = true;
    this.end = null;
    this.problem = null;
    const found = [];
    const { query } = this;
    const key = this.#key;
    let shown = 0;
    const show = () => {
      shown = Date.now();
      this.rows = Object.assign(Rows.of(found), { key });
    };
    try {
      const parameters = {
        q: query.q, mode: query.mode === 'text' ? '' : query.mode, snapshot: query.in, path: query.path, type: query.type, content_type: query.content,
        min_size: bytesOf(query.min), max_size: bytesOf(query.max), since: dayStart(query.since), until: dayEnd(query.until), limit: LIMIT,
      };
      for await (const line of lines('/api/v2/search', parameters, abort.signal)) {
        if (line.entry) {
          found.push(line);
          if (Date.now() - shown > SHOW_MILLIS) {
            show();
          }
        } else {
          this.end = line;
        }
      }
      show();
    } catch (problem) {
      if (problem.name !== 'AbortError') {
        this.problem = problem;
      }
    } finally {
      if (this.#abort === abort) {
        this.busy = false;
      }
    }
  }

  #submit(event) {
    event.preventDefault();
    const form = new FormData(event.target);
    const changes = { open: null };
    for (const name of FIELDS.filter((one) => one !== 'in')) {
      if (form.has(name)) {
        changes[name] = form.get(name) || null;
      }
    }
    if (changes.mode === 'text') {
      changes.mode = null;
    }
    go(here(changes));
  }

  #show(match) {
    if (match.entry.type === 'directory') {
      go(browse(match.snapshots.newest, match.entry.path));
    } else {
      go(here({ open: match.entry.path, at: match.snapshots.newest.slice(0, 16) }), { replace: this.open !== '' });
    }
  }

  shortcut(event) {
    const list = this.querySelector('scroll-list');
    const active = list?.rows?.at(list.active);
    if (event.key === 'Escape' && this.open) {
      go(here({ open: null, at: null }));
      return true;
    }
    if (event.key === 'r' && active) {
      go(to('/restore', { snapshot: active.snapshots.newest.slice(0, 16), path: active.entry.path }));
      return true;
    }
    return false;
  }

  render() {
    const { query } = this;
    if (!query) {
      return nothing;
    }
    const option = (name) => ([value, text]) => html`<option value=${value} ?selected=${(query[name] || (name === 'mode' ? 'text' : '')) === value}>${text}</option>`;
    return html`<div class="view full ${this.open ? 'has-panel' : ''}">
      <div class="view-head"><h1>Search</h1></div>
      <search><form class="search-form" @submit=${this.#submit}>
        <div class="search-main">
          <input type="search" name="q" aria-label="Name to search for" placeholder="Name, or part of it" .value=${query.q} autocomplete="off">
          <label class="field inline"><span class="unseen">How to match</span><select name="mode">${MODES.map(option('mode'))}</select></label>
          <button class="button primary">${icon('search')}Search</button>
        </div>
        <div class="search-more">
          <snapshot-choice class="inline-choice" label="In" none="All snapshots" .value=${query.in} @chosen=${(event) => go(here({ in: event.detail || null, open: null }))}></snapshot-choice>
          <button type="button" class="button quiet" aria-expanded=${String(this.more)} @click=${() => { this.more = !this.more; }}>${icon('filter')}Type, size, date</button>
        </div>
        ${this.more ? html`<div class="search-more">
          <label class="field inline"><span>Kind</span><select name="type">${TYPES.map(option('type'))}</select></label>
          <label class="field inline"><span>Content</span><select name="content">${CONTENT.map(option('content'))}</select></label>
          <label class="field inline"><span>At least</span><input type="text" name="min" size="7" placeholder="10 kB" .value=${query.min}></label>
          <label class="field inline"><span>At most</span><input type="text" name="max" size="7" placeholder="2 GB" .value=${query.max}></label>
          <label class="field inline"><span>Changed from</span><input type="date" name="since" .value=${query.since}></label>
          <label class="field inline"><span>to</span><input type="date" name="until" .value=${query.until}></label>
          <label class="field inline"><span>Below</span><input type="text" name="path" placeholder="/" .value=${query.path}></label></div>` : nothing}
      </form></search>
      ${this.#results()}
    </div>`;
  }

  #results() {
    if (this.problem) {
      return problemNotice(this.problem, () => this.#search());
    }
    if (!this.rows) {
      return this.busy ? html`<p class="soft" role="status">Searching …</p>` : emptyNotice('Find a file', 'Every different version is listed once, with the snapshots that have it.');
    }
    const end = this.end;
    return html`<p class="facts" role="status">${this.busy ? html`<span>Searching … ${format.plural(this.rows.total, 'match', 'matches')} so far</span>`
      : html`<span>${format.plural(this.rows.total, 'match', 'matches')}</span>${end ? html`<span>${format.size(end.bytes)}</span><span>${format.plural(end.snapshots, 'snapshot')} searched in ${format.duration(end.milliseconds / 1000)}</span>
        ${end.complete ? nothing : html`<span class="badge warn">${icon('warning')}${end.problems.length > 0 ? end.problems[0] : end.snapshots_left_out > 0 ? `${format.number(end.snapshots_left_out)} older snapshots were not searched` : `only the first ${format.number(LIMIT)}`}</span>`}` : nothing}`}</p>
      <div class="split"><scroll-list kind="search" label="Files found" .rows=${this.rows} tall="60"
        .columns=${[plainHead('Name', 'name-head'), plainHead('Folder', 'where-head'), plainHead('Size', 'number'), plainHead('In', 'number in'), plainHead('Changed', 'when'), plainHead(html`<span class="unseen">Actions</span>`, 'acts')]}
        .row=${(match) => this.#row(match)} .empty=${this.busy ? html`<p></p>` : emptyNotice('Nothing found', 'Try a part of the name, or look in all snapshots.')}
        @open=${(event) => this.#show(event.detail.item)} @preview=${(event) => this.#show(event.detail.item)} @active=${(event) => (this.open ? this.#show(event.detail.item) : null)}></scroll-list>
        ${this.open ? html`<file-panel .snapshot=${place().query.get('at') ?? ''} .path=${this.open} .list=${null}></file-panel>` : nothing}
      </div>`;
  }

  #row({ entry, snapshots }) {
    const directory = entry.type === 'directory';
    const newest = snapshots.newest.slice(0, 16);
    return html`
      <div role="gridcell" class="cell name">${icon(nodeIcon(entry))}<a href=${directory ? browse(newest, entry.path) : here({ open: entry.path, at: newest })} tabindex="-1" title=${format.shown(entry.name)}>${format.shown(entry.name)}</a></div>
      <div role="gridcell" class="cell where" title=${format.shown(entry.path)}><a class="soft" tabindex="-1" href=${browse(newest, format.parentPath(entry.path))}><bdi>${format.shown(format.parentPath(entry.path))}</bdi></a></div>
      <div role="gridcell" class="cell number size">${directory ? '' : format.size(entry.size)}</div>
      <div role="gridcell" class="cell number in"><a class="soft" tabindex="-1" href=${to('/history', { path: entry.path, snapshot: newest })}>${format.plural(snapshots.count, 'snapshot')}</a></div>
      <div role="gridcell" class="cell when"><time datetime=${entry.mod_time}>${format.when(entry.mod_time)}</time></div>
      <div role="gridcell" class="cell acts"><a class="icon-button" tabindex="-1" href=${to('/restore', { snapshot: newest, path: entry.path })} aria-label="Restore ${format.shown(entry.name)}" title="Restore">${icon('restore')}</a></div>`;
  }
}

/** `10 kB` and the like; empty for what is no size. */
function bytesOf(text) {
  const found = text.trim().match(/^(\d+(?:[.,]\d+)?)\s*([kKmMgG]?)[bB]?$/);
  if (!found) {
    return '';
  }
  const unit = { '': 'B', k: 'kB', m: 'MB', g: 'GB' }[found[2].toLowerCase()];
  return Math.round(Number(found[1].replace(',', '.')) * UNITS[unit]);
}

const dayStart = (day) => (day === '' ? '' : new Date(`${day}T00:00:00`).toISOString());
const dayEnd = (day) => (day === '' ? '' : new Date(`${day}T23:59:59.999`).toISOString());

customElements.define('search-view', SearchView);
