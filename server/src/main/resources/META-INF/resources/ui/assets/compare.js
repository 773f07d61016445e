// What differs between a folder in two snapshots, and between two versions of a text in them.
import { html, nothing } from 'lit';
import { Loading, Part, PlacedPart, emptyNotice, isNarrow, problemNotice, skeleton } from './element.js';
import { getKept } from './api.js';
import { browse, go, here, place, to } from './router.js';
import { Rows, plainHead } from './list.js';
import * as format from './format.js';
import { fileType } from './filetypes.js';
import { icon } from './icons.js';
import { whatText } from './versions.js';
import './snapshot-choice.js';

const KINDS = [['added', 'Added', 'added'], ['removed', 'Removed', 'removed'], ['changed', 'Changed', 'changed'], ['metadata', 'Only times or modes', 'details']];
const KIND_NAMES = { added: 'added', removed: 'removed', changed: 'changed', metadata: 'time or mode', below: 'inside' };
const ICONS = { directory: 'folder', symlink: 'link', fifo: 'pipe', device: 'device', socket: 'socket', other: 'file' };

export const nodeIcon = (node) => ICONS[node.type] ?? fileType(node.name, node.mode, node.content_type);

class CompareView extends Part {
  static properties = { rows: { state: true }, totals: { state: true } };

  title = 'Compare';
  #key = '';
  #typing = 0;

  placed() {
    const { query } = place();
    this.from = query.get('from') ?? '';
    this.to = query.get('to') ?? '';
    this.path = query.get('path') ?? '';
    this.kinds = query.getAll('kind');
    this.q = query.get('q') ?? '';
    this.tree = query.get('tree') === '1';
    this.open = query.get('open') ?? '';
    const key = JSON.stringify([this.from, this.to, this.path, this.kinds, this.q, this.tree]);
    if (key !== this.#key) {
      this.#key = key;
      this.totals = null;
      this.rows = this.from && this.to ? new Rows((offset, limit) => this.#load(offset, limit), key) : null;
    }
    this.requestUpdate();
  }

  async #load(offset, limit) {
    const answer = await getKept('/api/v2/diff', {
      from: this.#at(this.from), to: this.#at(this.to), offset, limit, kind: this.kinds.join(','), q: this.q, recursive: this.tree ? 'false' : 'true',
    });
    this.totals = answer.totals;
    this.base = { from: answer.from, to: answer.to };
    return answer;
  }

  #at(id) {
    return this.path === '' ? id : `${id}:${this.path}`;
  }

  #toggle(kind) {
    const kinds = this.kinds.includes(kind) ? this.kinds.filter((one) => one !== kind) : [...this.kinds, kind];
    go(here({ kind: kinds, open: null }));
  }

  #show(item) {
    if (this.tree && item.type === 'directory' && item.path !== '') {
      const base = this.base.to.path;
      go(here({ path: format.join(base, item.path), open: null }));
    } else if (item.type !== 'directory') {
      go(here({ open: item.path }), { replace: this.open !== '' });
    }
  }

  shortcut(event) {
    if (event.key === 'Escape' && this.open) {
      go(here({ open: null }));
      return true;
    }
    if (event.key === 'Backspace' && this.tree && this.base && this.base.to.path !== '/') {
      go(here({ path: format.parentPath(this.base.to.path), open: null }));
      return true;
    }
    return false;
  }

  render() {
    if (this.from === undefined) {
      return nothing;
    }
    return html`<div class="view full ${this.open ? 'has-panel' : ''}">
      <div class="view-head"><h1>Compare two snapshots</h1>
        <div class="segments" role="group" aria-label="Show as">
          <a class="segment" href=${here({ tree: null, open: null })} aria-current=${this.tree ? nothing : 'true'}>All changes</a>
          <a class="segment" href=${here({ tree: 1, open: null })} aria-current=${this.tree ? 'true' : nothing}>Folder by folder</a></div></div>
      <div class="pair">
        <snapshot-choice label="Before" .value=${this.from} @chosen=${(event) => go(here({ from: event.detail, open: null }))}></snapshot-choice>
        <button type="button" class="icon-button swap" aria-label="Swap the two" title="Swap" @click=${() => go(here({ from: this.to || null, to: this.from || null, open: null }))}>${icon('compare')}</button>
        <snapshot-choice label="After" .value=${this.to} @chosen=${(event) => go(here({ to: event.detail, open: null }))}></snapshot-choice>
      </div>
      ${this.rows ? this.#differences() : emptyNotice('Choose two snapshots', 'What was added, removed and changed between them is listed here. In the list of snapshots, two selected ones can be compared at once.')}
    </div>`;
  }

  #differences() {
    const changed = (name) => (event) => {
      clearTimeout(this.#typing);
      const { value } = event.target;
      this.#typing = setTimeout(() => go(here({ [name]: value || null, open: null }), { replace: true }), 250);
    };
    return html`
      ${this.base && this.tree ? this.#crumbs() : nothing}
      <div class="toolbar">
        <div class="totals" role="group" aria-label="Kinds of changes">${KINDS.map(([kind, text, picture]) => {
          const total = this.totals?.[kind];
          return html`<button type="button" class="total ${kind}" aria-pressed=${String(this.kinds.includes(kind))} @click=${() => this.#toggle(kind)}>${icon(picture)}${text}
            ${total ? html`<strong class="number">${format.number(total.files + total.directories + total.others)}</strong> <span class="soft">${total.bytes > 0 ? format.size(total.bytes) : ''}</span>` : nothing}</button>`;
        })}</div>
        <label class="searchbox">${icon('search')}<span class="unseen">Filter by path</span><input type="search" placeholder="Filter by path" .value=${this.q} @input=${changed('q')}></label>
      </div>
      <div class="split"><scroll-list kind="compare" label="Differences" .rows=${this.rows} tall="60"
        .columns=${[plainHead('Change', 'kind-cell'), plainHead('Path', 'path'), plainHead('What differs', 'what'), plainHead('Before', 'number before'), plainHead('After', 'number after'), plainHead(html`<span class="unseen">Actions</span>`, 'acts')]}
        .row=${(item) => this.#row(item)} .empty=${this.kinds.length > 0 || this.q ? emptyNotice('Nothing of that kind', 'No difference passes the filters.') : emptyNotice('No difference', 'The two are the same, to the last byte.')}
        @open=${(event) => this.#show(event.detail.item)} @preview=${(event) => this.#show(event.detail.item)}
        @active=${(event) => (this.open ? this.#show(event.detail.item) : null)}></scroll-list>
        ${this.open && this.base ? html`<diff-panel .from=${this.from} .to=${this.to} .fromPath=${format.join(this.base.from.path, this.open)} .toPath=${format.join(this.base.to.path, this.open)} .item=${this.#opened()}></diff-panel>` : nothing}
      </div>`;
  }

  #opened() {
    for (const [, item] of this.rows.loaded()) {
      if (item.path === this.open) {
        return item;
      }
    }
    return null;
  }

  #crumbs() {
    const parts = this.base.to.path.split('/').filter(Boolean);
    return html`<nav aria-label="Folder"><ol class="crumbs"><li><a href=${here({ path: '/', open: null })}>Root</a></li>
      ${parts.map((part, i) => html`<li>${i === parts.length - 1 ? html`<span aria-current="page">${format.shown(part)}</span>` : html`<a href=${here({ path: `/${parts.slice(0, i + 1).join('/')}`, open: null })}>${format.shown(part)}</a>`}</li>`)}</ol></nav>`;
  }

  #row(item) {
    const node = item.after ?? item.before;
    const text = item.path === '' ? '.' : item.path;
    const below = item.below ? KINDS.map(([kind]) => [kind, item.below[kind].files + item.below[kind].others]).filter(([, count]) => count > 0) : [];
    const kind = below.length > 0 && item.kind === 'metadata' ? 'below' : item.kind;
    const target = this.tree && item.type === 'directory' ? (item.path === '' ? null : here({ path: format.join(this.base.to.path, item.path), open: null }))
      : item.type === 'directory' ? null : here({ open: item.path });
    const name = format.shown(text) + (item.type === 'directory' ? '/' : '');
    return html`
      <div role="gridcell" class="cell kind-cell"><span class="kind ${kind}">${icon(kind === 'metadata' ? 'details' : kind === 'below' ? 'folder' : kind)}${KIND_NAMES[kind]}</span></div>
      <div role="gridcell" class="cell path name">${icon(nodeIcon(node))}${target ? html`<a href=${target} tabindex="-1" title=${format.shown(text)}>${name}</a>` : html`<span class="ellipsis">${name}</span>`}</div>
      <div role="gridcell" class="cell what soft">${below.length > 0 ? below.map(([kind, count]) => `${format.number(count)} ${KIND_NAMES[kind]}`).join(', ') : item.kind === 'added' || item.kind === 'removed' ? '' : whatText(item.what)}</div>
      <div role="gridcell" class="cell number before soft">${item.before && item.type !== 'directory' ? format.size(item.before.size) : ''}</div>
      <div role="gridcell" class="cell number after">${item.after && item.type !== 'directory' ? format.size(item.after.size) : ''}</div>
      <div role="gridcell" class="cell acts">${item.before && this.base ? html`<a class="icon-button" tabindex="-1" href=${to('/restore', { snapshot: this.from, path: item.before.path ?? format.join(this.base.from.path, item.path) })}
        aria-label="Restore ${format.shown(text)} as it was before" title="Restore as it was before">${icon('restore')}</a>` : nothing}</div>`;
  }
}
customElements.define('compare-view', CompareView);

/** Two versions of one file, line by line. */
class DiffPanel extends PlacedPart {
  static properties = { from: {}, to: {}, fromPath: {}, toPath: {}, item: { attribute: false }, side: { state: true } };

  #load = new Loading(this);
  #key = '';

  willUpdate() {
    const before = this.item === null || this.item.before !== null;
    const after = this.item === null || this.item.after !== null;
    const key = `${this.from}:${this.fromPath}|${this.to}:${this.toPath}|${before}|${after}`;
    if (this.#key !== key) {
      this.#key = key;
      this.#load.run(async (signal) => (await getKept('/api/v2/diff/file', { from: before ? `${this.from}:${this.fromPath}` : '', to: after ? `${this.to}:${this.toPath}` : '' }, signal)).item);
    }
    const wanted = place().query.get('layout');
    this.side = wanted ? wanted === 'side' : false;
  }

  render() {
    const { value, problem } = this.#load;
    const close = () => go(here({ open: null, layout: null }));
    return html`<section class="panel" aria-label="Difference of ${format.shown(format.baseName(this.toPath))}" @keydown=${(event) => { if (event.key === 'Escape') { event.stopPropagation(); close(); } }}>
      <div class="panel-head"><h2 title=${format.shown(this.toPath)}>${format.shown(format.baseName(this.toPath))}</h2>
        ${this.item?.before !== null ? html`<a class="button quiet" href=${browse(this.from, format.parentPath(this.fromPath), { open: this.fromPath })}>Before</a>` : nothing}
        ${this.item?.after !== null ? html`<a class="button quiet" href=${browse(this.to, format.parentPath(this.toPath), { open: this.toPath })}>After</a>` : nothing}
        <button type="button" class="icon-button" aria-label="Close the difference" title="Close (Esc)" @click=${close}>${icon('close')}</button></div>
      <div class="panel-bar">
        ${isNarrow() ? nothing : html`<div class="segments" role="group" aria-label="Layout">
          <a class="segment" href=${here({ layout: null })} aria-current=${this.side ? nothing : 'true'}>Unified</a>
          <a class="segment" href=${here({ layout: 'side' })} aria-current=${this.side ? 'true' : nothing}>Side by side</a></div>`}
        ${value?.text ? html`<span class="badge good">+${format.number(value.added_lines)}</span><span class="badge bad">−${format.number(value.removed_lines)}</span>` : nothing}
      </div>
      <div class="panel-body">${problem ? problemNotice(problem, () => { this.#key = ''; this.requestUpdate(); }) : value ? this.#body(value) : skeleton(6)}</div>
    </section>`;
  }

  #body(value) {
    const sizes = html`${value.from ? `${format.size(value.from.size)} before` : 'not there before'}, ${value.to ? `${format.size(value.to.size)} after` : 'not there after'}`;
    if (value.identical) {
      return html`<p class="pad soft">The content is the same; ${this.item ? `what differs: ${whatText(this.item.what)}.` : 'only what is known about it differs.'}</p>`;
    }
    if (value.binary || value.too_large) {
      return html`<p class="pad soft">${value.binary ? 'Not a text' : `Larger than ${format.size(value.limit)}`}: not compared line by line. ${sizes}.</p>`;
    }
    const rows = parse(value.text);
    return html`<div class="delta ${this.side && !isNarrow() ? 'side' : ''}" tabindex="0" role="region" aria-label="Changed lines"><table>
      <caption class="unseen">Changed lines</caption>
      <tbody>${this.side && !isNarrow() ? pairs(rows).map(sideRow) : rows.map(unifiedRow)}</tbody></table></div>`;
  }
}
customElements.define('diff-panel', DiffPanel);

/** The lines of a unified difference with their numbers. */
function parse(text) {
  const rows = [];
  let before = 0;
  let after = 0;
  for (const line of text.split('\n')) {
    const hunk = line.match(/^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/);
    if (hunk) {
      before = Number(hunk[1]);
      after = Number(hunk[2]);
      rows.push({ kind: 'hunk', text: line });
    } else if (before === 0 && after === 0 && /^(---|\+\+\+) /.test(line)) {
      continue;
    } else if (line.startsWith('+')) {
      rows.push({ kind: 'plus', text: line.slice(1), after });
      after += 1;
    } else if (line.startsWith('-')) {
      rows.push({ kind: 'minus', text: line.slice(1), before });
      before += 1;
    } else if (line.startsWith(' ')) {
      rows.push({ kind: '', text: line.slice(1), before, after });
      before += 1;
      after += 1;
    } else if (line.startsWith('\\')) {
      rows.push({ kind: 'hunk', text: 'no newline at the end' });
    }
  }
  return rows;
}

/** What went beside what came. */
function pairs(rows) {
  const result = [];
  let went = [];
  let came = [];
  const flush = () => {
    for (let i = 0; i < Math.max(went.length, came.length); i += 1) {
      result.push([went[i], came[i]]);
    }
    went = [];
    came = [];
  };
  for (const row of rows) {
    if (row.kind === 'minus') {
      went.push(row);
    } else if (row.kind === 'plus') {
      came.push(row);
    } else {
      flush();
      result.push([row, row]);
    }
  }
  flush();
  return result;
}

const SIGNS = { plus: '+', minus: '−', '': '' };

const unifiedRow = (row) => (row.kind === 'hunk'
  ? html`<tr class="hunk"><td class="line"></td><td class="line"></td><td class="sign"></td><td>${row.text}</td></tr>`
  : html`<tr class=${row.kind}><td class="line">${row.before ?? ''}</td><td class="line">${row.after ?? ''}</td><td class="sign">${SIGNS[row.kind]}</td><td>${format.shownText(row.text)}</td></tr>`);

const sideRow = ([before, after]) => (before?.kind === 'hunk'
  ? html`<tr class="hunk"><td class="line"></td><td colspan="3">${before.text}</td></tr>`
  : html`<tr><td class="line ${before?.kind ?? ''}">${before?.before ?? ''}</td><td class="text ${before?.kind ?? ''}">${format.shownText(before?.text ?? '')}</td>
    <td class="line ${after?.kind ?? ''}">${after?.after ?? ''}</td><td class="text ${after?.kind ?? ''}">${format.shownText(after?.text ?? '')}</td></tr>`);
