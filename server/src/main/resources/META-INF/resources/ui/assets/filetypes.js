// What kind of file something is: for its icon, its preview and its name in words.
import { kind } from './format.js';

const CODE = new Set(['js', 'mjs', 'ts', 'jsx', 'tsx', 'java', 'kt', 'go', 'rs', 'c', 'h', 'cc', 'cpp', 'hpp', 'cs', 'py', 'rb', 'php', 'pl',
  'lua', 'swift', 'scala', 'sh', 'bash', 'zsh', 'fish', 'ps1', 'sql', 'css', 'scss', 'less', 'html', 'htm', 'xml', 'json', 'yaml', 'yml',
  'toml', 'ini', 'properties', 'gradle', 'cmake', 'make', 'mk', 'diff', 'patch', 'r', 'm', 'vue', 'svelte', 'proto', 'tf', 'dockerfile']);
const TEXT = new Set(['txt', 'md', 'markdown', 'log', 'csv', 'tsv', 'conf', 'cfg', 'rst', 'tex', 'srt', 'vtt', 'env', 'gitignore', 'lock']);
const IMAGE = new Set(['png', 'jpg', 'jpeg', 'gif', 'webp', 'avif', 'svg', 'bmp', 'ico']);
const AUDIO = new Set(['mp3', 'wav', 'ogg', 'oga', 'flac', 'm4a', 'aac', 'opus']);
const VIDEO = new Set(['mp4', 'm4v', 'webm', 'mov', 'mkv', 'ogv']);
const ARCHIVE = new Set(['zip', 'gz', 'tgz', 'tar', 'xz', 'bz2', 'zst', '7z', 'rar', 'jar', 'war', 'iso', 'deb', 'rpm', 'apk']);

export function extension(name) {
  const dot = name.lastIndexOf('.');
  return dot < 0 ? '' : name.slice(dot + 1).toLowerCase();
}

/** One of folder, link, device, pipe, socket, image, audio, video, pdf, code, text, archive, file. */
export function fileType(name, mode, contentType = '') {
  const what = kind(mode);
  if (what === 'directory') return 'folder';
  if (what !== 'file') return what;
  const end = extension(name);
  const type = contentType.split(';')[0].trim().toLowerCase();
  if (IMAGE.has(end)) return 'image';
  if (AUDIO.has(end)) return 'audio';
  if (VIDEO.has(end)) return 'video';
  if (end === 'pdf') return 'pdf';
  if (CODE.has(end) || name === 'Makefile' || name === 'Dockerfile') return 'code';
  if (TEXT.has(end)) return 'text';
  if (ARCHIVE.has(end)) return 'archive';
  if (/^image\/(png|jpeg|gif|webp|avif|bmp|svg\+xml|x-icon)/.test(type)) return 'image';
  if (type.startsWith('audio/')) return 'audio';
  if (type.startsWith('video/')) return 'video';
  if (type === 'application/pdf') return 'pdf';
  if (/json|xml|javascript/.test(type)) return 'code';
  if (type.startsWith('text/')) return 'text';
  if (/zip|tar|compress|x-7z|x-rar/.test(type)) return 'archive';
  return 'file';
}

export const TYPE_NAMES = {
  folder: 'Folder', link: 'Symbolic link', device: 'Device', pipe: 'Named pipe', socket: 'Socket', image: 'Image', audio: 'Audio',
  video: 'Video', pdf: 'PDF', code: 'Source', text: 'Text', archive: 'Archive', file: 'File',
};
export const entryType = (entry) =>
  fileType(entry.file_info.name, entry.file_info.mode, entry.content_type ?? entry.object?.content_type ?? '');
export const isDirectory = (entry) => kind(entry.file_info.mode) === 'directory';

/** Everything below a directory, or a file's own bytes. */
export function totalSize(entry) {
  return entry.summary ? entry.summary.directory.size + entry.summary.below.size : entry.file_info.size;
}

export const totalOf = (summary, field) => (summary?.directory?.[field] ?? 0) + (summary?.below?.[field] ?? 0);
