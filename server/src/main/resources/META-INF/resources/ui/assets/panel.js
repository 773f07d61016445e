// One file beside the list: what it holds, its versions, and what is known of it.
import { html, nothing } from 'lit';
import { Loading, Part, PlacedPart, announce, attempt, isNarrow, problemNotice, skeleton } from './element.js';
import { bytes, contentUrl, entry, get, saveFile, snapPath } from './api.js';
import { browse, go, here, place, to } from './router.js';
import * as format from './format.js';
import { TYPE_NAMES, entryType, extension, isDirectory } from './filetypes.js';
import { familyOf, lines } from './highlight.js';
import { icon } from './icons.js';
import './versions.js';

const TEXT_STEP = 256 * 1024;
const HEX_PAGE = 8 * 1024;
const SNIFF = 4096;
const CHUNKS = 20;
const TABS = [['preview', 'Preview'], ['versions', 'Versions'], ['details', 'Details']];
const VIEW_NAMES = { text: 'Text', rendered: 'Rendered', image: 'Image', audio: 'Player', video: 'Player', pdf: 'PDF', hex: 'Hex' };

class FilePanel extends PlacedPart {
  static properties = {
    snapshot: {},
    path: {},
    list: { attribute: false },
    wrap: { state: true },
    find: { state: true },
  };

  #file = new Loading(this);
  #content = new Loading(this);
  #chunks = new Loading(this);
  #key = '';
  #contentKey = '';

  constructor() {
    super();
    this.list = {};
    this.wrap = localStorage.getItem('plakar.wrap') === 'true';
    this.find = '';
  }

  willUpdate() {
    const key = `${this.snapshot}:${this.path}`;
    if (this.#key !== key) {
      this.#key = key;
      this.find = '';
      this.#contentKey = '';
      this.#file.run((signal) => this.#open(signal));
    }
    const { query } = place();
    this.tab = TABS.some(([name]) => name === query.get('tab')) ? query.get('tab') : 'preview';
    this.offset = Math.max(0, Number(query.get('offset')) || 0);
    this.#loadContent();
  }

  async #open(signal) {
    const file = await entry(this.snapshot, this.path, signal);
    const type = entryType(file);
    let kind = { image: 'image', audio: 'audio', video: 'video', pdf: 'pdf', code: 'text', text: 'text' }[type];
    if (!kind && !isDirectory(file) && file.file_info.size > 0) {
      const head = await bytes(this.snapshot, this.path, 0, SNIFF, signal);
      kind = isText(head) ? 'text' : 'hex';
    }
    return { file, type, kind: kind ?? 'text', url: isDirectory(file) ? '' : await contentUrl(this.snapshot, this.path) };
  }

  get #views() {
    const { type, kind, file } = this.#file.value;
    const rendered = ['html', 'htm', 'svg', 'xhtml'].includes(extension(file.file_info.name)) && type !== 'image' ? ['rendered'] : [];
    const text = kind === 'text' || extension(file.file_info.name) === 'svg' ? ['text'] : [];
    return [...new Set([kind, ...text, ...rendered, 'hex'])];
  }

  #view() {
    const wanted = place().query.get('view');
    return this.#views.includes(wanted) ? wanted : this.#views[0];
  }

  #loadContent() {
    const opened = this.#file.value;
    if (!opened || this.tab === 'versions') {
      return;
    }
    const view = this.tab === 'details' ? 'details' : this.#view();
    const key = `${this.#key}|${view}|${view === 'hex' ? this.offset : ''}`;
    if (this.#contentKey === key) {
      return;
    }
    this.#contentKey = key;
    const { snapshot, path } = this;
    if (view === 'text') {
      this.#content.run((signal) => this.#text(signal, { text: '', end: 0, rest: new TextDecoder() }));
    } else if (view === 'hex') {
      this.#content.run((signal) => (opened.file.file_info.size === 0 ? new Uint8Array() : bytes(snapshot, path, this.offset, HEX_PAGE, signal)));
    } else if (view === 'details') {
      this.#chunks.run((signal) => get(`/api/snapshot/vfs/chunks/${snapPath(snapshot, path)}`, { limit: CHUNKS }, signal));
    }
  }

  async #text(signal, { text, end, rest }) {
    const { size } = this.#file.value.file.file_info;
    if (end >= size) {
      return { text, end, rest };
    }
    const part = await bytes(this.snapshot, this.path, end, TEXT_STEP, signal);
    return { text: text + rest.decode(part, { stream: end + part.length < size }), end: end + part.length, rest };
  }

  #close() {
    go(here({ open: null, tab: null, view: null, offset: null, f: null }));
  }

  #keydown(event) {
    if (event.key === 'Escape') {
      event.stopPropagation();
      this.#close();
    }
  }

  render() {
    const name = format.shown(format.baseName(this.path));
    const { value, problem } = this.#file;
    const step = (path, text, picture) => html`<button type="button" class="icon-button" ?disabled=${!path} aria-label=${text} title=${text}
      @click=${() => go(here({ open: path, view: null, offset: null }), { replace: true })}>${icon(picture)}</button>`;
    return html`<section class="panel" aria-label="File ${name}" @keydown=${this.#keydown}>
      <div class="panel-head"><h2 title=${format.shown(this.path)}>${name}</h2>
        ${this.list ? html`${step(this.list.previous, 'Previous file', 'up')}${step(this.list.next, 'Next file', 'down')}` : nothing}
        ${value && !isDirectory(value.file) ? html`<button type="button" class="icon-button" aria-label="Download" title="Download" @click=${() => attempt(() => saveFile(this.snapshot, this.path))}>${icon('download')}</button>` : nothing}
        <a class="icon-button" href=${to('/restore', { snapshot: this.snapshot, path: this.path })} aria-label="Restore this file" title="Restore">${icon('restore')}</a>
        <button type="button" class="icon-button" aria-label="Close the file" title="Close (Esc)" @click=${this.#close}>${icon('close')}</button>
      </div>
      <div class="panel-bar">
        <div class="segments" role="group" aria-label="About the file">${TABS.map(([key, text]) => html`<a class="segment" href=${here({ tab: key === 'preview' ? null : key })} aria-current=${this.tab === key ? 'true' : nothing}>${text}</a>`)}</div>
        ${value && this.tab === 'preview' ? this.#viewBar() : nothing}
      </div>
      ${problem ? html`<div class="panel-body">${problem.status === 404
        ? html`<div class="notice">${icon('details')}<div><p><strong>Nothing to show.</strong></p><p>${this.path.includes('\ufffd') ? 'Its name is not UTF-8, and cannot be written in an address: download or restore its folder.' : 'It is not in this snapshot, or is a link to something that is not.'}</p></div></div>`
        : problemNotice(problem, () => { this.#key = ''; this.requestUpdate(); })}
        ${this.tab === 'versions' ? html`<path-versions .snapshot=${this.snapshot} .path=${this.path}></path-versions>` : nothing}</div>`
      : value ? html`<div class="panel-body" tabindex="-1">${this.#body()}</div>` : skeleton(5)}
    </section>`;
  }

  #viewBar() {
    const views = this.#views;
    const view = this.#view();
    return html`
      ${views.length > 1 ? html`<label class="field inline"><span class="unseen">Show as</span><select @change=${(event) => go(here({ view: event.target.value === views[0] ? null : event.target.value, offset: null }), { replace: true })}>
        ${views.map((one) => html`<option value=${one} ?selected=${one === view}>${VIEW_NAMES[one]}</option>`)}</select></label>` : nothing}
      ${view === 'text' ? html`<label class="check"><input type="checkbox" .checked=${this.wrap} @change=${(event) => { this.wrap = event.target.checked; localStorage.setItem('plakar.wrap', String(this.wrap)); }}>Wrap</label>
        <label class="searchbox push"><span class="unseen">Find in the text</span>${icon('search')}<input type="search" placeholder="Find" .value=${this.find} @input=${(event) => { this.find = event.target.value; }}
          @keydown=${(event) => event.key === 'Enter' && this.querySelector('code-lines')?.findNext(event.shiftKey)}></label>` : nothing}`;
  }

  #body() {
    if (this.tab === 'versions') {
      return html`<path-versions .snapshot=${this.snapshot} .path=${this.path}></path-versions>`;
    }
    if (this.tab === 'details') {
      return this.#details();
    }
    const { file, url } = this.#file.value;
    if (isDirectory(file)) {
      return html`<p class="pad">A folder. <a href=${browse(this.snapshot, this.path)}>Open it</a></p>`;
    }
    if (file.file_info.size === 0) {
      return html`<p class="pad soft">An empty file.</p>`;
    }
    const name = format.shown(file.file_info.name);
    switch (this.#view()) {
      case 'image': return html`<div class="stage"><img src=${url} alt="Preview of ${name}" @error=${this.#broken}></div>`;
      case 'video': return html`<div class="stage"><video src=${url} controls preload="metadata" aria-label="Video ${name}" @error=${this.#broken}></video></div>`;
      case 'audio': return html`<div class="stage"><audio src=${url} controls preload="metadata" aria-label="Audio ${name}" @error=${this.#broken}></audio></div>`;
      // Browsers show a PDF by a page of their own, which a sandbox would keep from starting; the answer's policy binds it.
      case 'pdf': return html`<iframe class="frame" src=${url} title="PDF ${name}"></iframe>`;
      case 'rendered': return html`<iframe class="frame" sandbox="" src=${url} title="Rendered ${name}"></iframe>`;
      case 'hex': return this.#hex(file);
      default: return this.#code(file);
    }
  }

  #broken() {
    announce('The browser cannot show this; the hex view can.', 'bad');
  }

  #code(file) {
    const { value, problem, busy } = this.#content;
    if (problem) {
      return problemNotice(problem, () => { this.#contentKey = ''; this.requestUpdate(); });
    }
    if (!value || value.text === undefined) {
      return skeleton(6);
    }
    const left = file.file_info.size - value.end;
    return html`<code-lines .text=${value.text} .family=${familyOf(file.file_info.name)} .wrap=${this.wrap} .find=${this.find}></code-lines>
      ${left > 0 ? html`<div class="panel-bar"><span class="soft">${format.size(value.end)} of ${format.size(file.file_info.size)} shown</span>
        <button type="button" class="button" ?disabled=${busy} @click=${() => this.#content.run((signal) => this.#text(signal, value), { keep: true })}>Show more</button></div>` : nothing}`;
  }

  #hex(file) {
    const { value, problem } = this.#content;
    if (problem) {
      return problemNotice(problem);
    }
    if (!(value instanceof Uint8Array)) {
      return skeleton(6);
    }
    const { size } = file.file_info;
    const last = Math.floor(Math.max(0, size - 1) / HEX_PAGE) * HEX_PAGE;
    const jump = (offset) => go(here({ offset: offset === 0 ? null : Math.max(0, Math.min(last, offset)), view: 'hex' }), { replace: true });
    return html`<div class="panel-bar">
        <button type="button" class="icon-button" aria-label="Bytes before" ?disabled=${this.offset === 0} @click=${() => jump(this.offset - HEX_PAGE)}>${icon('left')}</button>
        <button type="button" class="icon-button" aria-label="Bytes behind" ?disabled=${this.offset + HEX_PAGE >= size} @click=${() => jump(this.offset + HEX_PAGE)}>${icon('right')}</button>
        <label class="field inline"><span>Offset</span><input type="text" size="10" .value=${`0x${this.offset.toString(16)}`} @change=${(event) => {
          const at = Number(event.target.value);
          if (Number.isFinite(at)) {
            jump(Math.floor(at / 16) * 16);
          }
        }}></label>
        <span class="soft">of ${format.exactSize(size)}</span></div>
      <div class="hex" tabindex="0" role="region" aria-label="Bytes of the file">${hexRows(value, this.offset, isNarrow() ? 8 : 16).map(([at, left, right]) => html`<div><span class="soft">${at}</span>  ${left}  <span class="tt">${right}</span></div>`)}</div>`;
  }

  #details() {
    const { file, type } = this.#file.value;
    const info = file.file_info;
    const chunks = this.#chunks.value;
    const row = (name, value) => (value === undefined || value === '' || value === null ? nothing : html`<dt>${name}</dt><dd>${value}</dd>`);
    const lands = format.join(file.parent_path, info.name);
    return html`<dl class="details">
      ${row('Path', html`<code>${format.shown(this.path)}</code>`)}
      ${lands !== this.path && info.name !== '/' ? row('Points to', html`<code>${format.shown(lands)}</code>`) : nothing}
      ${row('Type', file.content_type || file.object?.content_type || TYPE_NAMES[type])}
      ${row('Size', html`${format.size(info.size)} <span class="soft">(${format.exactSize(info.size)})</span>`)}
      ${row('Changed', html`<time datetime=${info.mod_time}>${format.when(info.mod_time)}</time> <span class="soft">${format.relative(info.mod_time)}</span>`)}
      ${row('Mode', html`<code>${format.modeText(info.mode)}</code> <span class="soft">${format.octal(info.mode)}</span>`)}
      ${row('Owner', `${info.username || info.uid}:${info.groupname || info.gid} (${info.uid}:${info.gid})`)}
      ${row('Links', info.nlink > 1 ? String(info.nlink) : '')}
      ${row('Entropy', file.object ? `${file.object.entropy.toFixed(2)} of 8 bits a byte` : '')}
      ${row('Content', file.object ? html`<code>${file.object.contentMAC}</code>` : '')}
      ${row('Entry', html`<code>${file.mac}</code>`)}
      ${row('Attributes', file.extended_attributes.length > 0 ? file.extended_attributes.join(', ') : '')}
    </dl>
    ${chunks && chunks.total > 0 ? html`<div class="pad"><h3>${format.plural(chunks.total, 'chunk')}</h3><div class="table-scroll" tabindex="0" role="region" aria-label="Chunks"><table class="plain">
      <thead><tr><th scope="col" class="number">#</th><th scope="col" class="number">Length</th><th scope="col" class="number">Entropy</th><th scope="col">Content</th></tr></thead>
      <tbody>${chunks.items.map((chunk, i) => html`<tr><td class="number">${i + 1}</td><td class="number">${format.size(chunk.length)}</td><td class="number">${chunk.entropy.toFixed(2)}</td><td><code>${chunk.contentMAC.slice(0, 16)}…</code></td></tr>`)}</tbody></table></div>
      ${chunks.total > chunks.items.length ? html`<p class="soft">and ${format.number(chunks.total - chunks.items.length)} more</p>` : nothing}</div>` : nothing}`;
  }
}
customElements.define('file-panel', FilePanel);

function isText(head) {
  let control = 0;
  for (const byte of head) {
    if (byte === 0) {
      return false;
    }
    if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27)) {
      control += 1;
    }
  }
  return control < head.length / 50;
}

function hexRows(data, offset, width) {
  const rows = [];
  for (let i = 0; i < data.length; i += width) {
    const part = data.subarray(i, i + width);
    const hex = Array.from(part, (byte) => byte.toString(16).padStart(2, '0'));
    const left = hex.map((text, j) => (j === width / 2 ? ` ${text}` : text)).join(' ').padEnd(width * 3);
    rows.push([(offset + i).toString(16).padStart(8, '0'), left, Array.from(part, (byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '·')).join('')]);
  }
  return rows;
}

/** A text with line numbers; made of text nodes only. */
class CodeLines extends Part {
  static properties = { text: {}, family: {}, wrap: { type: Boolean }, find: {} };

  #at = -1;

  render() {
    return html`<div class="code ${this.wrap ? 'wrap' : ''}" tabindex="0" role="region" aria-label="Text of the file"><ol></ol></div>`;
  }

  updated(changed) {
    const list = this.querySelector('ol');
    if (changed.has('text') || changed.has('family')) {
      const made = document.createDocumentFragment();
      for (const line of lines(this.text.replaceAll('\r\n', '\n'), this.family)) {
        const item = document.createElement('li');
        item.dataset.line = made.children.length + 1;
        for (const [text, kind] of line) {
          if (kind === '') {
            item.append(format.shownText(text));
          } else {
            const piece = document.createElement('span');
            piece.className = kind;
            piece.textContent = format.shownText(text);
            item.append(piece);
          }
        }
        made.append(item);
      }
      list.replaceChildren(made);
    }
    if (changed.has('find') || changed.has('text')) {
      const wanted = this.find.toLowerCase();
      for (const item of list.children) {
        item.classList.toggle('found', wanted !== '' && item.textContent.toLowerCase().includes(wanted));
      }
      this.#at = -1;
      if (wanted !== '') {
        this.findNext();
      }
    }
  }

  findNext(back = false) {
    const found = [...this.querySelectorAll('li.found')];
    if (found.length > 0) {
      this.#at = (this.#at + (back ? found.length - 1 : 1)) % found.length;
      found[this.#at].scrollIntoView({ block: 'center' });
      announce(`Line ${[...found[this.#at].parentElement.children].indexOf(found[this.#at]) + 1}, ${this.#at + 1} of ${format.plural(found.length, 'line')}`);
    }
  }
}
customElements.define('code-lines', CodeLines);
