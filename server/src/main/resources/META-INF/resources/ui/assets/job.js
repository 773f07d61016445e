// One job while it runs and after: how far it is, what it had to tell, what came of it.
import { html, nothing } from 'lit';
import { Loading, Part, announce, attempt, problemNotice, skeleton } from './element.js';
import { get, listen, post } from './api.js';
import { browse } from './router.js';
import * as format from './format.js';
import { icon } from './icons.js';

const LOG_LINES = 500;
const ENDED = new Set(['succeeded', 'warnings', 'failed', 'cancelled']);
const STATES = {
  queued: ['Waiting for another job', '', 'history'], running: ['Running', 'accent', 'history'], succeeded: ['Done', 'good', 'check'],
  warnings: ['Done, but not all of it', 'warn', 'warning'], failed: ['Failed', 'bad', 'warning'], cancelled: ['Cancelled', 'warn', 'close'],
};
const RESULT = {
  files: 'Files', directories: 'Folders', others: 'Links and others', kept: 'Left as they were', bytes_written: 'Written', errors: 'Errors', corrupt: 'Damaged',
  warnings: 'Warnings', snapshots: 'Snapshots', snapshots_damaged: 'Damaged snapshots', store_errors: 'Errors in the store', files_new: 'New files',
  files_changed: 'Changed files', files_unchanged: 'Unchanged files', bytes_stored: 'Stored', bytes_read: 'Read',
};

export const isEnded = (job) => ENDED.has(job.state);
export const stateBadge = (job) => {
  const [text, tone, picture] = STATES[job.state] ?? [job.state, '', 'details'];
  return html`<span class="badge ${tone}">${icon(picture)}${text}</span>`;
};

class JobView extends Part {
  static properties = { job: {}, now: { state: true } };

  #load = new Loading(this);
  #log = new Loading(this);
  #abort = null;
  #key = '';
  #told = 0;

  willUpdate() {
    if (this.#key !== this.job) {
      this.#key = this.job;
      this.#follow();
    }
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#abort?.abort();
    this.#key = '';
  }

  async #follow() {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    const { job } = this;
    await this.#load.run(async (signal) => (await get(`/api/v2/jobs/${job}`, {}, signal)).item);
    if (!this.#load.value || this.#check()) {
      return;
    }
    listen('/api/v2/events', (event) => this.#event(event, job), abort.signal, () => this.#refresh(job)).catch((problem) => {
      this.#load.problem = problem;
      this.requestUpdate();
    });
  }

  /** What happened before the first event. */
  async #refresh(job) {
    try {
      const { item } = await get(`/api/v2/jobs/${job}`);
      // An event that came meanwhile is newer.
      if (this.job === job && !isEnded(this.#load.value)) {
        this.#load.value = item;
        if (this.#check()) {
          this.#abort?.abort();
        }
        this.requestUpdate();
      }
    } catch (problem) {
      this.#lost(problem);
    }
  }

  /** False ends the listening. */
  #event(event, job) {
    const data = JSON.parse(event.data);
    if (event.type === 'job' && data.id === job) {
      this.#load.value = data;
    } else if (event.type === 'progress' && data.job === job) {
      this.#load.value = { ...this.#load.value, progress: data.progress };
    } else if (event.type === 'reset') {
      this.#refresh(job);
    }
    this.requestUpdate();
    return !this.#check();
  }

  /** A server that was started anew does not know the job. */
  #lost(problem) {
    if (problem.status === 404) {
      this.#load.value = null;
      this.#load.problem = problem;
      this.#abort?.abort();
      this.requestUpdate();
    }
  }

  /** Whether it has ended. */
  #check() {
    const { value } = this.#load;
    if (isEnded(value)) {
      announce(`${value.title}: ${(STATES[value.state] ?? [value.state])[0]}`, value.state === 'failed' ? 'bad' : 'done');
      this.#log.run((signal) => get(`/api/v2/jobs/${value.id}/log`, { limit: LOG_LINES }, signal));
      return true;
    }
    return false;
  }

  async #cancel() {
    await attempt(async () => {
      this.#load.value = (await post(`/api/v2/jobs/${this.job}/cancel`)).item;
      this.requestUpdate();
    });
  }

  render() {
    const { value, problem } = this.#load;
    if (problem && !value) {
      return problem.status === 404
        ? html`<div class="notice">${icon('details')}<div><p><strong>This job is not known any more.</strong></p><p>The server keeps the last hundred jobs until it ends.</p></div></div>`
        : problemNotice(problem, () => this.#follow());
    }
    return value ? html`<div class="stack">${isEnded(value) ? this.#ended(value) : this.#running(value)}${this.#command(value)}${this.#logLines(value)}</div>` : skeleton(4);
  }

  #running(job) {
    const { progress } = job;
    const share = progress.total_bytes > 0 ? progress.bytes / progress.total_bytes : progress.total_files > 0 ? progress.files / progress.total_files : 0;
    const seconds = job.started_at ? Math.max(0.1, (Date.now() - new Date(job.started_at).getTime()) / 1000) : 0;
    const rate = seconds > 1 ? progress.bytes / seconds : 0;
    const left = rate > 0 && progress.total_bytes > progress.bytes ? (progress.total_bytes - progress.bytes) / rate : 0;
    this.#tell(share);
    return html`<div class="card stack">
      <div class="view-head"><h2>${job.title}</h2>${stateBadge(job)}<div class="actions"><button type="button" class="button danger" @click=${this.#cancel}>Cancel</button></div></div>
      <progress max="1" .value=${job.state === 'queued' ? 0 : share} aria-label="Progress"></progress>
      <div class="facts"><span>${format.percent(share)}</span>
        <span>${format.number(progress.files)} of ${format.plural(progress.total_files, 'file')}</span>
        <span>${format.size(progress.bytes)} of ${format.size(progress.total_bytes)}</span>
        ${rate > 0 ? html`<span>${format.size(rate)}/s</span>` : nothing}${left > 1 ? html`<span>about ${format.duration(left)} left</span>` : nothing}
        ${progress.errors > 0 ? html`<span class="badge bad">${icon('warning')}${format.plural(progress.errors, 'error')}</span>` : nothing}</div>
      <p class="soft ellipsis" title=${progress.current ?? ''}>${progress.phase}${progress.current ? html` – <code>${format.shown(progress.current)}</code>` : nothing}</p>
      <p class="unseen" role="status">${this.#told > 0 ? `${this.#told * 25} % done` : ''}</p></div>`;
  }

  /** A quarter is news; each file is not. */
  #tell(share) {
    this.#told = Math.max(this.#told, Math.floor(share * 4));
  }

  #ended(job) {
    const tone = STATES[job.state]?.[1] ?? '';
    const result = Object.entries(job.result ?? {}).filter(([name, value]) => RESULT[name] && typeof value === 'number' && (value > 0 || ['files', 'errors'].includes(name)));
    const took = job.started_at && job.finished_at ? (new Date(job.finished_at) - new Date(job.started_at)) / 1000 : null;
    return html`<div class="notice ${tone}" role="status">${icon(STATES[job.state]?.[2] ?? 'details')}<div>
        <p><strong>${job.title}: ${(STATES[job.state] ?? [job.state])[0].toLowerCase()}</strong>${took === null ? nothing : ` in ${format.duration(took)}`}</p>
        ${job.error?.message ? html`<p>${job.error.message}</p>${job.error.remedy ? html`<p>${job.error.remedy}</p>` : nothing}` : nothing}
        ${job.result?.snapshot ? html`<p><a href=${browse(job.result.snapshot, '/')}>Open the snapshot</a></p>` : nothing}</div></div>
      ${result.length > 0 ? html`<dl class="figures">${result.map(([name, value]) => html`<div class="figure"><dt>${RESULT[name]}</dt>
        <dd>${name.startsWith('bytes') ? format.size(value) : format.number(value)}</dd></div>`)}</dl>` : nothing}`;
  }

  #command(job) {
    return job.command ? html`<div class="command"><span class="unseen">The same on the command line</span><code>${job.command}</code>
      <button type="button" class="icon-button" aria-label="Copy the command" title="Copy" @click=${() => attempt(async () => { await navigator.clipboard.writeText(job.command); announce('Copied.'); })}>${icon('copy')}</button></div>` : nothing;
  }

  #logLines(job) {
    const log = this.#log.value;
    if (!isEnded(job) || !log || log.items.length === 0) {
      return nothing;
    }
    return html`<section class="card"><h2>What it had to tell</h2><ol class="log" tabindex="0" aria-label="Log">${log.items.map((line) => html`<li class=${line.level}>${line.path ? html`<code>${format.shown(line.path)}</code> ` : nothing}${line.message}</li>`)}</ol></section>`;
  }
}
customElements.define('job-view', JobView);
