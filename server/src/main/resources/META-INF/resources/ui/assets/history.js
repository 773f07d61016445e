// The history of a path, on a page of its own.
import { html, nothing } from 'lit';
import { Part } from './element.js';
import { browse, go, place, to } from './router.js';
import * as format from './format.js';
import { icon } from './icons.js';
import './versions.js';

class HistoryView extends Part {
  static properties = { path: { state: true }, snapshot: { state: true }, source: { state: true } };

  placed() {
    const { query } = place();
    this.path = query.get('path') ?? '';
    this.snapshot = query.get('snapshot') ?? '';
    this.source = query.get('source') ?? '';
    this.title = this.path === '' ? 'History' : `History of ${format.baseName(this.path)}`;
    this.querySelector('path-versions')?.requestUpdate();
  }

  #look(event) {
    event.preventDefault();
    go(to('/history', { path: new FormData(event.target).get('path'), snapshot: this.snapshot, source: this.source }));
  }

  render() {
    if (this.path === undefined) {
      return nothing;
    }
    return html`<div class="view"><div class="view-head"><h1>History of ${this.path === '' ? 'a path' : format.shown(format.baseName(this.path))}</h1>
        ${this.path !== '' && this.snapshot ? html`<div class="actions"><a class="button" href=${browse(this.snapshot, format.parentPath(this.path))}>${icon('folder')}Its folder</a></div>` : nothing}</div>
      <form class="toolbar" @submit=${this.#look}><label class="searchbox wide">${icon('history')}<span class="unseen">Path</span>
        <input type="text" name="path" .value=${this.path} placeholder="/path/of/a/file" required></label><button class="button">Show</button></form>
      ${this.path === '' ? nothing : html`<div class="card"><path-versions .path=${this.path} .snapshot=${this.snapshot} .source=${this.source}></path-versions></div>`}
    </div>`;
  }
}
customElements.define('history-view', HistoryView);
