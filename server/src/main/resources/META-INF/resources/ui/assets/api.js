// The server's API. Answers about the inside of a snapshot never change, so the latest of them are kept.
import { token } from './session.js';

/** What the server, or the way to it, answered instead of what was asked for. */
export class ApiFailure extends Error {
  constructor(message, status = 0, code = '') {
    super(message);
    this.status = status;
    this.code = code;
  }

  get isDenied() {
    return this.status === 401;
  }
}

function headers(more = {}) {
  return token() === '' ? more : { ...more, Authorization: `Bearer ${token()}` };
}

async function send(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path, { ...options, headers: headers(options.headers) });
  } catch (problem) {
    if (problem.name === 'AbortError') {
      throw problem;
    }
    throw new ApiFailure('The server cannot be reached. Is `plakar ui` still running?');
  }
  if (!answer.ok) {
    throw await failure(answer);
  }
  return answer;
}

async function failure(answer) {
  const text = await answer.text().catch(() => '');
  try {
    const error = JSON.parse(text).error;
    const parameters = Object.entries(error.params ?? {}).map(([name, value]) => `${name}: ${value.message}`);
    const message = parameters.length > 0 ? parameters.join('; ') : error.message;
    return new ApiFailure(message ?? `The server answered ${answer.status}.`, answer.status, error.code ?? '');
  } catch {
    return new ApiFailure(text.trim() || `The server answered ${answer.status}.`, answer.status);
  }
}

/** A path with its query; parameters that are empty are left out, arrays repeat. */
export function url(path, parameters = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== '' && one !== false) {
        query.append(name, String(one));
      }
    }
  }
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}

export async function get(path, parameters, signal) {
  return (await send(url(path, parameters), { signal })).json();
}

const MOST_KEPT = 200;
const kept = new Map();

/** For what never changes. */
export async function getKept(path, parameters, signal) {
  const key = url(path, parameters);
  if (kept.has(key)) {
    const value = kept.get(key);
    kept.delete(key);
    kept.set(key, value);
    return value;
  }
  const value = await get(path, parameters, signal);
  kept.set(key, value);
  if (kept.size > MOST_KEPT) {
    kept.delete(kept.keys().next().value);
  }
  return value;
}

async function withBody(method, path, body, signal) {
  const answer = await send(path, {
    method,
    signal,
    headers: { 'Content-Type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  return text === '' ? null : JSON.parse(text);
}

export const post = (path, body, signal) => withBody('POST', path, body, signal);
export const del = (path, signal) => withBody('DELETE', path, undefined, signal);

/** A path in a snapshot, as a part of a URL. */
export function snapPath(id, path) {
  return `${id}:${encodeURIComponent(path)}`;
}

export async function entry(id, path, signal) {
  return (await getKept(`/api/snapshot/vfs/${snapPath(id, path)}`, {}, signal)).item;
}

const SIGNATURE_LIFE = 90 * 60 * 1000;
const signatures = new Map();

/** An address that the browser may load by itself, without the token. */
export async function contentUrl(id, path, parameters = {}) {
  const target = snapPath(id, path);
  let signed = signatures.get(target);
  if (signed === undefined || Date.now() - signed.at > SIGNATURE_LIFE) {
    const answer = await post(`/api/snapshot/reader-sign-url/${target}`);
    signed = { signature: answer.item.signature, at: Date.now() };
    signatures.set(target, signed);
  }
  return url(`/api/snapshot/reader/${target}`, { ...parameters, signature: signed.signature });
}

/** The bytes from {@code first} on, at most {@code length}; fewer at the end of the file. */
export async function bytes(id, path, first, length, signal) {
  const answer = await send(`/api/snapshot/reader/${snapPath(id, path)}`, {
    signal,
    headers: { Range: `bytes=${first}-${first + length - 1}` },
  });
  const content = await answer.arrayBuffer();
  return new Uint8Array(content);
}

/** Lets the browser save something. */
export function save(address) {
  const link = document.createElement('a');
  link.href = address;
  link.download = '';
  link.rel = 'noopener';
  document.body.append(link);
  link.click();
  link.remove();
}

export async function saveFile(id, path) {
  save(await contentUrl(id, path, { download: 'true' }));
}

export async function saveArchive(id, paths, format, name) {
  const link = await post(`/api/snapshot/vfs/downloader/${snapPath(id, '/')}`, {
    name,
    rebase: true,
    items: paths.map((pathname) => ({ pathname })),
  });
  save(url(`/api/snapshot/vfs/downloader-sign-url/${link.id}`, { format, name }));
}

/**
 * Listens to server-sent events until the signal ends it; asks again, from where it was, when the connection breaks.
 * Whatever happens after `onOpen` comes as an event. `EventSource` cannot send the token.
 */
export async function listen(path, onEvent, signal, onOpen = () => {}) {
  let last = '';
  let wait = 500;
  while (!signal.aborted) {
    try {
      const answer = await send(path, {
        signal,
        headers: { Accept: 'text/event-stream', ...(last === '' ? {} : { 'Last-Event-ID': last }) },
      });
      wait = 500;
      onOpen();
      for await (const event of eventsOf(answer.body)) {
        last = event.id ?? last;
        if (onEvent(event) === false) {
          return;
        }
      }
    } catch (problem) {
      if (signal.aborted) {
        return;
      }
      if (problem instanceof ApiFailure && problem.status >= 400 && problem.status < 500) {
        throw problem;
      }
    }
    await new Promise((done) => setTimeout(done, wait));
    wait = Math.min(wait * 2, 10_000);
  }
}

async function* eventsOf(body) {
  const decoder = new TextDecoder();
  let text = '';
  for await (const part of streamOf(body)) {
    text += decoder.decode(part, { stream: true });
    const blocks = text.split(/\r?\n\r?\n/);
    text = blocks.pop();
    for (const block of blocks) {
      const event = { type: 'message', data: '', id: undefined };
      for (const line of block.split(/\r?\n/)) {
        const colon = line.indexOf(':');
        const field = colon < 0 ? line : line.slice(0, colon);
        const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
        if (field === 'data') {
          event.data += event.data === '' ? value : `\n${value}`;
        } else if (field === 'event') {
          event.type = value;
        } else if (field === 'id') {
          event.id = value;
        }
      }
      if (event.data !== '') {
        yield event;
      }
    }
  }
}

async function* streamOf(body) {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        return;
      }
      yield value;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** The JSON values of a body with one a line, as they come. */
export async function* lines(path, parameters, signal) {
  const answer = await send(url(path, parameters), { signal, headers: { Accept: 'application/x-ndjson' } });
  const decoder = new TextDecoder();
  let text = '';
  for await (const part of streamOf(answer.body)) {
    text += decoder.decode(part, { stream: true });
    const whole = text.split('\n');
    text = whole.pop();
    for (const line of whole) {
      if (line !== '') {
        yield JSON.parse(line);
      }
    }
  }
  if (text.trim() !== '') {
    yield JSON.parse(text);
  }
}
