// Restoring, step by step: what, where to, what is there already, the confirmation, and how it goes. Each step is in the
// address, so that going back in the browser goes back a step.
import { html, nothing } from 'lit';
import { Loading, Part, announce, attempt, emptyNotice, problemNotice, skeleton } from './element.js';
import { entry, get, getKept, post, saveArchive } from './api.js';
import { browse, go, here, place, to } from './router.js';
import * as format from './format.js';
import { entryType, totalOf, totalSize } from './filetypes.js';
import { icon } from './icons.js';
import { stateBadge } from './job.js';
import './snapshot-choice.js';

const STEPS = [['what', 'What'], ['where', 'Where'], ['conflicts', 'Conflicts'], ['confirm', 'Confirm'], ['job', 'Result']];
const POLICIES = [
  ['protect-newer', 'Replace older, keep newer', 'What is there and newer than the backup is left alone and reported.'],
  ['if-changed', 'Replace what differs', 'What has the same size and time is left alone.'],
  ['always', 'Replace everything', 'What is there is overwritten, newer or not.'],
  ['never', 'Replace nothing', 'What is there stays; only what is missing is restored.'],
];
const OPTIONS = [['permissions', 'Permissions'], ['owner', 'Owners'], ['xattrs', 'Extended attributes'], ['sparse', 'Holes in sparse files']];
const ARCHIVES = [['zip', 'zip'], ['tar', 'tar'], ['tarball', 'tar.gz']];
const PLAN_ROWS = 200;
const OUTCOMES = { created: ['new', 'good'], replaced: ['replaced', 'warn'], kept: ['left as it is', ''], failed: ['cannot be done', 'bad'] };

class RestoreView extends Part {
  static properties = { archive: { state: true } };

  title = 'Restore';
  #what = new Loading(this);
  #places = new Loading(this);
  #plan = new Loading(this);
  #jobs = new Loading(this);
  #whatKey = '';
  #planKey = '';

  constructor() {
    super();
    this.archive = 'zip';
  }

  placed() {
    const { query } = place();
    this.job = query.get('job') ?? '';
    this.snapshot = query.get('snapshot') ?? '';
    this.paths = query.getAll('path');
    this.kind = query.get('kind') ?? 'directory';
    this.target = query.get('to') ?? '';
    this.overwrite = query.get('overwrite') ?? 'protect-newer';
    this.without = query.getAll('without');
    const step = query.get('step') ?? 'what';
    this.step = this.job ? 'job' : STEPS.some(([name]) => name === step) ? step : 'what';
    if (['conflicts', 'confirm'].includes(this.step) && !this.target && this.kind !== 'original') {
      this.step = 'where';
    }
    if (!this.snapshot && !this.job) {
      this.#jobs.run((signal) => get('/api/v2/jobs', { limit: 50 }, signal));
    }
    const whatKey = `${this.snapshot}|${JSON.stringify(this.paths)}`;
    if (this.snapshot && this.#whatKey !== whatKey) {
      this.#whatKey = whatKey;
      this.#what.run((signal) => this.#loadWhat(signal));
    }
    if (this.step === 'where' && !this.#places.value) {
      this.#places.run(async (signal) => (await get('/api/v2/destinations', {}, signal)).items);
    }
    if (['conflicts', 'confirm'].includes(this.step)) {
      const planKey = `${whatKey}|${JSON.stringify(this.#request())}`;
      if (this.#planKey !== planKey) {
        this.#planKey = planKey;
        this.#plan.run(async (signal) => (await post('/api/v2/restore/plan', { ...this.#request(), limit: PLAN_ROWS }, signal)).item, { keep: this.step === 'conflicts' });
      }
    }
    this.requestUpdate();
  }

  async #loadWhat(signal) {
    const { item } = await getKept(`/api/v2/snapshots/${this.snapshot}`, {}, signal);
    const paths = this.paths.length > 0 ? this.paths : [item.snapshot.source.directory];
    const entries = await Promise.all(paths.map((path) => entry(this.snapshot, path, signal)));
    return { snapshot: item.snapshot, items: entries.map((one, i) => ({ path: paths[i], entry: one })) };
  }

  #request() {
    const original = this.kind === 'original';
    const several = this.paths.length > 1;
    return {
      snapshot: this.snapshot,
      items: this.paths.map((path) => ({ path })),
      to: original ? '/' : this.target,
      layout: original ? 'paths' : several ? 'names' : this.paths.length === 1 ? 'names' : 'content',
      overwrite: this.overwrite,
      options: Object.fromEntries(OPTIONS.map(([name]) => [name, !this.without.includes(name)])),
    };
  }

  async #start() {
    const job = await attempt(() => post('/api/v2/restore', this.#request()));
    if (job) {
      announce('The restore has begun.');
      go(to('/restore', { job: job.item.id }));
    }
  }

  async #downloadArchive() {
    const { items, snapshot } = this.#what.value;
    await attempt(async () => {
      const name = items.length === 1 && items[0].path !== '/' ? format.baseName(items[0].path) : `snapshot-${format.shortId(snapshot.id)}`;
      await saveArchive(this.snapshot, items.map((item) => item.path), this.archive, name.replaceAll('.', '_'));
      announce('The download begins.');
    });
  }

  render() {
    if (this.step === undefined) {
      return nothing;
    }
    return html`<div class="view"><div class="view-head"><h1>${this.snapshot || this.job ? 'Restore' : 'Restores and other jobs'}</h1>
        ${this.job ? html`<div class="actions"><a class="button" href="/restore">All jobs</a></div>` : nothing}</div>
      ${this.job ? this.#result() : this.snapshot ? this.#wizard() : this.#overview()}</div>`;
  }

  #result() {
    return html`<job-view .job=${this.job}></job-view>`;
  }

  #overview() {
    const { value, problem } = this.#jobs;
    return html`<section class="card stack"><h2>Start a restore</h2>
        <snapshot-choice label="Snapshot" .value=${''} @chosen=${(event) => event.detail && go(to('/restore', { snapshot: event.detail }))}></snapshot-choice>
        <p class="hint">Single files and folders are restored from where they are shown: in a folder, in a search, in a history.</p></section>
      <section class="stack"><h2>Jobs since the server was started</h2>
      ${problem ? problemNotice(problem, () => this.placed()) : !value ? skeleton(4)
        : value.items.length === 0 ? emptyNotice('No jobs yet', 'Restores and checks that are started here are listed here, with what came of them.')
        : html`<div class="table-scroll" tabindex="0" role="region" aria-label="Jobs"><table class="plain"><thead><tr><th scope="col">Job</th><th scope="col">State</th><th scope="col">Begun</th><th scope="col" class="number">Files</th><th scope="col" class="number">Size</th></tr></thead>
          <tbody>${value.items.map((job) => html`<tr><td><a href=${to('/restore', { job: job.id })}>${job.title}</a></td><td class="tight">${stateBadge(job)}</td><td class="tight">${format.when(job.created_at)}</td>
            <td class="number">${format.number(job.progress.files)}</td><td class="number">${format.size(job.progress.bytes)}</td></tr>`)}</tbody></table></div>`}</section>`;
  }

  #wizard() {
    const at = STEPS.findIndex(([name]) => name === this.step);
    const { value, problem } = this.#what;
    return html`<ol class="steps" aria-label="Steps">${STEPS.map(([name, text], i) => html`<li class=${i < at ? 'done' : ''} aria-current=${i === at ? 'step' : nothing}>${i < at ? html`<a href=${here({ step: name })}>${text}</a>` : text}</li>`)}</ol>
      ${problem ? problemNotice(problem, () => { this.#whatKey = ''; this.placed(); }) : !value ? skeleton(5) : this.#stepOf(value)}`;
  }

  #stepOf(what) {
    switch (this.step) {
      case 'where': return this.#where(what);
      case 'conflicts': return this.#conflicts();
      case 'confirm': return this.#confirm(what);
      default: return this.#whatStep(what);
    }
  }

  #sums(what) {
    return what.items.reduce((sum, { entry: one }) => ({
      files: sum.files + (one.summary ? totalOf(one.summary, 'files') : 1), bytes: sum.bytes + totalSize(one), errors: sum.errors + totalOf(one.summary, 'errors'),
    }), { files: 0, bytes: 0, errors: 0 });
  }

  #whatStep(what) {
    const sums = this.#sums(what);
    return html`<section class="stack"><h2>What is restored</h2>
      <p class="facts"><span>From ${format.when(what.snapshot.timestamp)} (${format.relative(what.snapshot.timestamp)})</span><span class="mono">${format.shortId(what.snapshot.id)}</span><span>${what.snapshot.source.type} · ${what.snapshot.source.origin}</span></p>
      <ul class="items">${what.items.map(({ path, entry: one }) => html`<li>${icon(entryType(one))}<a href=${browse(this.snapshot, one.summary ? path : format.parentPath(path))}>${format.shown(path)}</a>
        <span class="soft">${one.summary ? `${format.plural(totalOf(one.summary, 'files'), 'file')}, ` : ''}${format.size(totalSize(one))}</span>
        ${what.items.length > 1 ? html`<button type="button" class="icon-button" aria-label="Leave out ${format.shown(path)}" @click=${() => go(here({ path: this.paths.filter((other) => other !== path) }))}>${icon('close')}</button>` : nothing}</li>`)}</ul>
      ${sums.errors > 0 ? html`<div class="notice warn">${icon('warning')}<p>This snapshot is not complete here: ${sums.errors === 1 ? 'one path' : `${format.number(sums.errors)} paths`} could not be saved and cannot come back.</p></div>` : nothing}
      <p class="soft">Together ${format.plural(sums.files, 'file')}, ${format.size(sums.bytes)}. To take only some of it, select files in <a href=${browse(this.snapshot, what.snapshot.source.directory)}>the folder</a>.</p>
      <div class="actions start"><a class="button primary" href=${here({ step: 'where' })}>Where to</a></div></section>`;
  }

  #where(what) {
    const sums = this.#sums(what);
    const places = this.#places.value ?? [];
    const choice = (kind, title, text, extra = nothing) => html`<label class="choice"><input type="radio" name="kind" value=${kind} .checked=${this.kind === kind} @change=${() => go(here({ kind, to: null }), { replace: true })}>
      <span><strong>${title}</strong><br><span class="soft">${text}</span>${this.kind === kind ? extra : nothing}</span></label>`;
    const local = what.snapshot.source.type === 'fs';
    return html`<form class="stack" @submit=${(event) => this.#chooseWhere(event)}><fieldset class="stack"><legend><h2>Where it is restored to</h2></legend><div class="choices">
      ${choice('directory', 'A directory', 'On the machine where plakar ui runs. It is made when it does not exist.',
        html`<input type="text" name="to" aria-label="Directory" placeholder="/home/me/restored" .value=${this.target} required pattern="(/|[A-Za-z]:).*" title="An absolute path">`)}
      ${choice('destination', 'A configured destination', 'What plakar destination add has set up: another machine, a cloud.',
        places.length === 0 ? html`<p class="hint">None is configured yet: <code>plakar destination add NAME LOCATION</code></p>`
        : html`<select name="to" aria-label="Destination">${places.map((one) => html`<option value="@${one.name}" ?selected=${this.target === `@${one.name}`}>@${one.name} – ${one.location}</option>`)}</select>`)}
      ${local ? choice('original', 'Where it was', html`Each path goes back to its own place, such as <code>${format.shown(what.items[0].path)}</code>.`) : nothing}
      ${choice('download', 'Download', `As an archive, about ${format.size(sums.bytes)} before compression.`,
        html`<span class="actions start">${ARCHIVES.map(([value, text]) => html`<label class="check"><input type="radio" name="archive" value=${value} .checked=${this.archive === value} @change=${() => { this.archive = value; }}>${text}</label>`)}</span>`)}
    </div></fieldset>
    <div class="actions start"><a class="button" href=${here({ step: null })}>Back</a>
      <button class="button primary" ?disabled=${this.kind === 'destination' && places.length === 0}>${this.kind === 'download' ? html`${icon('download')}Download` : 'See what would happen'}</button></div></form>`;
  }

  #chooseWhere(event) {
    event.preventDefault();
    if (this.kind === 'download') {
      this.#downloadArchive();
    } else {
      go(here({ step: 'conflicts', to: new FormData(event.target).get('to'), kind: this.kind }));
    }
  }

  #conflicts() {
    const { value, problem, busy } = this.#plan;
    return html`<section class="stack"><h2>What would happen</h2>
      ${problem ? problemNotice(problem, () => { this.#planKey = ''; this.placed(); }) : !value ? html`<p class="soft" role="status">Looking at what is there …</p>${skeleton(5)}` : this.#planFigures(value)}
      <fieldset class="stack"><legend><h3>When a file is there already</h3></legend><div class="choices">${POLICIES.map(([name, title, text]) => html`<label class="choice"><input type="radio" name="overwrite" .checked=${this.overwrite === name}
        @change=${() => go(here({ overwrite: name === 'protect-newer' ? null : name }), { replace: true })}><span><strong>${title}</strong><br><span class="soft">${text}</span></span></label>`)}</div></fieldset>
      <fieldset><legend><h3>Also restore</h3></legend><div class="toolbar">${OPTIONS.map(([name, text]) => html`<label class="check"><input type="checkbox" .checked=${!this.without.includes(name)}
        @change=${(event) => go(here({ without: event.target.checked ? this.without.filter((one) => one !== name) : [...this.without, name] }), { replace: true })}>${text}</label>`)}</div></fieldset>
      ${value ? this.#planRows(value) : nothing}
      <div class="actions start"><a class="button" href=${here({ step: 'where' })}>Back</a><button type="button" class="button primary" ?disabled=${!value || busy} @click=${() => go(here({ step: 'confirm' }))}>Continue</button></div></section>`;
  }

  #planFigures(plan) {
    const figure = (text, value, hint = '') => html`<div class="figure"><dt>${text}</dt><dd>${value}</dd>${hint ? html`<dd class="hint">${hint}</dd>` : nothing}</div>`;
    return html`<dl class="figures">${figure('New', format.number(plan.created))}${figure('Replaced', format.number(plan.replaced))}${figure('Left as it is', format.number(plan.kept))}
      ${plan.failed > 0 ? figure('Cannot be done', format.number(plan.failed)) : nothing}${figure('To be written', format.size(plan.bytes))}</dl>`;
  }

  #planRows(plan) {
    const rows = [...plan.conflicts, ...plan.items];
    const all = plan.created + plan.replaced + plan.kept + plan.failed;
    if (rows.length === 0) {
      return nothing;
    }
    return html`<details ?open=${plan.conflicts.length > 0}><summary>Each path${plan.conflicts.length > 0 ? ', conflicts first' : ''}</summary>
      <div class="table-scroll items" tabindex="0" role="region" aria-label="What would happen to each path"><table class="plain"><thead><tr><th scope="col">Path</th><th scope="col">Outcome</th><th scope="col" class="number">Size</th></tr></thead>
      <tbody>${rows.map((row) => {
        const [text, tone] = OUTCOMES[row.outcome] ?? [row.outcome, ''];
        return html`<tr><td>${format.shown(row.path)}${row.message ? html`<br><span class="soft">${row.message}</span>` : nothing}</td><td class="tight"><span class="badge ${tone}">${text}</span></td><td class="number">${row.type === 'file' ? format.size(row.size) : ''}</td></tr>`;
      })}</tbody></table></div>${all > rows.length ? html`<p class="soft">and ${format.number(all - rows.length)} more</p>` : nothing}</details>`;
  }

  #confirm(what) {
    const { value, problem } = this.#plan;
    const target = this.kind === 'original' ? 'where it was' : this.target;
    return html`<section class="stack"><h2>Restore now?</h2>
      ${problem ? problemNotice(problem, () => { this.#planKey = ''; this.placed(); }) : !value ? skeleton(4) : html`
        <div class="card stack"><p>${what.items.length === 1 ? html`<code>${format.shown(what.items[0].path)}</code>` : format.plural(what.items.length, 'path')} of ${format.when(what.snapshot.timestamp)} ${this.kind === 'original' ? 'goes back' : 'goes to'} <strong>${format.shown(target)}</strong>.</p>
          <p>${format.plural(value.files, 'file')} and ${format.plural(value.directories, 'folder')}; ${format.size(value.bytes)} are written.</p>
          ${value.replaced > 0 ? html`<p class="badge warn">${icon('warning')}${value.replaced === 1 ? 'One path that is there is replaced.' : `${format.number(value.replaced)} paths that are there are replaced.`}</p>` : nothing}
          ${value.failed > 0 ? html`<p class="badge bad">${icon('warning')}${format.plural(value.failed, 'path')} cannot be restored.</p>` : nothing}</div>
        <div class="actions start"><a class="button" href=${here({ step: 'conflicts' })}>Back</a><button type="button" class="button primary" @click=${() => this.#start()}>${icon('restore')}Restore</button></div>`}</section>`;
  }
}
customElements.define('restore-view', RestoreView);
