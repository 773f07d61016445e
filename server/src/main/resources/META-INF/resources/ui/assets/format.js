// How numbers, sizes, times and modes are written. Sizes are decimal, as in `plakar ls`; the exact value is the title.

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
const whole = new Intl.NumberFormat();
const two = (value) => String(value).padStart(2, '0');
const dayOnly = new Intl.DateTimeFormat(undefined, { weekday: 'short', year: 'numeric', month: 'short', day: 'numeric' });
const ago = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' });

export function size(bytes) {
  let value = Number(bytes);
  if (!Number.isFinite(value) || value < 0) {
    return '–';
  }
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}

export const signedSize = (bytes) => (bytes > 0 ? `+${size(bytes)}` : bytes < 0 ? `−${size(-bytes)}` : '±0 B');
export const exactSize = (bytes) => `${whole.format(bytes)} bytes`;
export const number = (value) => whole.format(value);
export const plural = (count, one, many = `${one}s`) => `${number(count)} ${count === 1 ? one : many}`;

/** A moment in this place's time, the same length everywhere: `2026-11-24 09:08`. */
export function when(time) {
  if (!isTime(time)) {
    return '–';
  }
  const at = new Date(time);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${hour(at)}`;
}

export const day = (time) => dayOnly.format(new Date(time));

export function hour(time) {
  const at = new Date(time);
  return `${two(at.getHours())}:${two(at.getMinutes())}`;
}

function isTime(time) {
  return time !== undefined && time !== null && time !== '' && !Number.isNaN(new Date(time).getTime());
}

const STEPS = [['year', 31_557_600], ['month', 2_629_800], ['week', 604_800], ['day', 86_400], ['hour', 3600], ['minute', 60]];

export function relative(time) {
  if (!isTime(time)) {
    return '';
  }
  const seconds = (new Date(time).getTime() - Date.now()) / 1000;
  for (const [unit, length] of STEPS) {
    if (Math.abs(seconds) >= length) {
      return ago.format(Math.trunc(seconds / length), unit);
    }
  }
  return seconds > -60 && seconds < 60 ? 'just now' : '';
}

export function duration(seconds) {
  if (seconds < 1) {
    return `${Math.max(1, Math.round(seconds * 1000))} ms`;
  }
  if (seconds < 60) {
    return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  }
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) {
    return `${minutes} min ${Math.floor(seconds % 60)} s`;
  }
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export const percent = (share) => `${share > 0 && share < 0.01 ? '<1' : Math.round(share * 100)} %`;
export const shortId = (id) => id.slice(0, 8);

const BITS = { directory: 0x80000000, link: 0x08000000, device: 0x04000000, pipe: 0x02000000, socket: 0x01000000,
  setuid: 0x00800000, setgid: 0x00400000, character: 0x00200000, sticky: 0x00100000 };
const has = (mode, bit) => Math.floor(mode / bit) % 2 === 1;

/** What an entry is, by the bits of its mode. */
export function kind(mode) {
  if (has(mode, BITS.directory)) return 'directory';
  if (has(mode, BITS.link)) return 'link';
  if (has(mode, BITS.device)) return 'device';
  if (has(mode, BITS.pipe)) return 'pipe';
  if (has(mode, BITS.socket)) return 'socket';
  return 'file';
}

/** As `ls -l` writes it. */
export function modeText(mode) {
  const type = { directory: 'd', link: 'l', pipe: 'p', socket: 's', file: '-',
    device: has(mode, BITS.character) ? 'c' : 'b' }[kind(mode)];
  const low = mode % 512;
  const letters = [...'rwxrwxrwx'].map((letter, i) => (has(low, 2 ** (8 - i)) ? letter : '-'));
  const mark = (at, bit, set, bare) => {
    if (has(mode, bit)) {
      letters[at] = letters[at] === 'x' ? set : bare;
    }
  };
  mark(2, BITS.setuid, 's', 'S');
  mark(5, BITS.setgid, 's', 'S');
  mark(8, BITS.sticky, 't', 'T');
  return type + letters.join('');
}

export function octal(mode) {
  const special = (has(mode, BITS.setuid) ? 4 : 0) + (has(mode, BITS.setgid) ? 2 : 0) + (has(mode, BITS.sticky) ? 1 : 0);
  return `${special === 0 ? '0' : special}${(mode % 512).toString(8).padStart(3, '0')}`;
}

/** Characters that could hide what a name is are shown as what they are. */
export function shown(name) {
  return name.replace(/[\u0000-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g,
    (c) => `\\u${c.codePointAt(0).toString(16).padStart(4, '0')}`);
}

export const baseName = (path) => (path === '/' ? '/' : path.slice(path.lastIndexOf('/') + 1));
export const parentPath = (path) => (path.lastIndexOf('/') <= 0 ? '/' : path.slice(0, path.lastIndexOf('/')));
export const join = (directory, name) => (directory === '/' ? `/${name}` : `${directory}/${name}`);

/** As {@link shown}, but tabs stay. */
export const shownText = (text) => text.split('\t').map(shown).join('\t');
