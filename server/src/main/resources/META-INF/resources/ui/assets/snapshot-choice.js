// Choosing a snapshot out of all of them, newest first.
import { html, nothing } from 'lit';
import { Loading, Part } from './element.js';
import { get } from './api.js';
import * as format from './format.js';

const MOST = 1000;
let list = null;

/** All snapshots that can be chosen from; asked for once a page. */
export function snapshotList(signal) {
  list ??= get('/api/v2/snapshots', { limit: MOST }, signal).catch((problem) => {
    list = null;
    throw problem;
  });
  return list;
}

class SnapshotChoice extends Part {
  static properties = { label: {}, value: {}, none: {} };

  #load = new Loading(this);

  connectedCallback() {
    super.connectedCallback();
    this.#load.run(() => snapshotList());
  }

  #changed(event) {
    this.dispatchEvent(new CustomEvent('chosen', { detail: event.target.value }));
  }

  render() {
    const items = this.#load.value?.items ?? [];
    const known = items.some((item) => item.id.startsWith(this.value || '-'));
    return html`<label class="field"><span>${this.label}</span><select @change=${this.#changed}>
      ${this.none ? html`<option value="">${this.none}</option>` : nothing}
      ${this.value && !known ? html`<option value=${this.value} selected>${format.shortId(this.value)}</option>` : nothing}
      ${!this.value && !this.none ? html`<option value="" selected>Choose a snapshot</option>` : nothing}
      ${items.map((item) => html`<option value=${item.id.slice(0, 16)} ?selected=${Boolean(this.value) && item.id.startsWith(this.value)}>${format.when(item.timestamp)} · ${format.shortId(item.id)} · ${item.source.directory}</option>`)}
    </select></label>`;
  }
}
customElements.define('snapshot-choice', SnapshotChoice);
