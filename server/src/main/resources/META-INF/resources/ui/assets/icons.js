// Line icons, drawn on a 24 × 24 grid. They say nothing to a screen reader: the text beside them, or the label of their
// button, does.
import { html, svg } from 'lit';

const SHAPES = {
  folder: svg`<path d="M3 6.5A1.5 1.5 0 0 1 4.5 5H9l2 2.500h8.500A1.5 1.5 0 0 1 21 9v8.500a1.5 1.5 0 0 1-1.5 1.500h-15A1.5 1.5 0 0 1 3 17.500z"/>`,
  file: svg`<path d="M6 3h8l5 5v13H6zM14 3v5h5"/>`,
  text: svg`<path d="M6 3h8l5 5v13H6zM14 3v5h5M9 12h6.500M9 16h6.5"/>`,
  code: svg`<path d="M6 3h8l5 5v13H6zM14 3v5h5M11 12l-2 2.5 2 2.500M14 12l2 2.5-2 2.5"/>`,
  image: svg`<rect x="3.5" y="4.5" width="17" height="15" rx="1.5"/><circle cx="9" cy="9.5" r="1.5"/><path d="M4 17l5-4.5 4 3.5 3-2.5 4 3.5"/>`,
  audio: svg`<path d="M9 18V6l10-2v12"/><circle cx="6.5" cy="18" r="2.5"/><circle cx="16.5" cy="16" r="2.5"/>`,
  video: svg`<rect x="3" y="5.5" width="13" height="13" rx="1.5"/><path d="M16 10l5-3v10l-5-3"/>`,
  pdf: svg`<path d="M6 3h8l5 5v13H6zM14 3v5h5M9 17v-4.500h1.500a1.3 1.3 0 0 1 0 2.700H9M14 12.500V17M14 12.500h2.5"/>`,
  archive: svg`<path d="M4 8h16v11.500H4zM3 4.500h18V8H3zM10 12h4"/>`,
  link: svg`<path d="M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.700l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.700l1-1"/>`,
  device: svg`<rect x="5" y="5" width="14" height="14" rx="1.5"/><path d="M9 2.500V5M15 2.500V5M9 19v2.500M15 19v2.500M2.5 9H5M2.5 15H5M19 9h2.500M19 15h2.5"/>`,
  pipe: svg`<path d="M3 9h5v6H3zM16 9h5v6h-5zM8 12h8"/>`,
  socket: svg`<circle cx="12" cy="12" r="8.5"/><path d="M9 10v3M15 10v3"/>`,
  snapshots: svg`<path d="M12 3l9 4.5-9 4.5-9-4.500zM3 12l9 4.5 9-4.500M3 16.500L12 21l9-4.5"/>`,
  timeline: svg`<path d="M6 3v18M6 7h6M6 12h12M6 17h9"/><circle cx="6" cy="7" r="1.6"/><circle cx="6" cy="12" r="1.6"/><circle cx="6" cy="17" r="1.6"/>`,
  table: svg`<path d="M4 5h16v14H4zM4 10h16M4 14.500h16M10 10v9"/>`,
  search: svg`<circle cx="10.5" cy="10.5" r="6.5"/><path d="M15.5 15.500L21 21"/>`,
  compare: svg`<path d="M8 4v16M16 4v16M3 9l2.5-2.500L8 9M16 15l2.5 2.500L21 15"/>`,
  restore: svg`<path d="M4 12a8 8 0 1 0 2.5-5.800M4 4v4.500h4.500M12 8v4.500l3 2"/>`,
  store: svg`<ellipse cx="12" cy="5.5" rx="8" ry="2.5"/><path d="M4 5.500v13c0 1.4 3.6 2.5 8 2.500s8-1.1 8-2.500v-13M4 12c0 1.4 3.6 2.5 8 2.500s8-1.1 8-2.5"/>`,
  download: svg`<path d="M12 4v11M7.5 11l4.5 4.5 4.5-4.500M4.5 20h15"/>`,
  close: svg`<path d="M6 6l12 12M18 6L6 18"/>`,
  left: svg`<path d="M14.5 5.500L8 12l6.5 6.5"/>`,
  right: svg`<path d="M9.5 5.500L16 12l-6.5 6.5"/>`,
  up: svg`<path d="M12 19V6M6.5 11L12 5.500l5.5 5.5"/>`,
  down: svg`<path d="M5.5 9.500L12 16l6.5-6.5"/>`,
  system: svg`<rect x="3" y="4.5" width="18" height="12" rx="1.5"/><path d="M9 20h6"/>`,
  light: svg`<circle cx="12" cy="12" r="4"/><path d="M12 2.500v2.500M12 19v2.500M2.5 12H5M19 12h2.500M5.3 5.300L7 7M17 17l1.7 1.700M5.3 18.700L7 17M17 7l1.7-1.7"/>`,
  dark: svg`<path d="M20 14.500A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.500z"/>`,
  help: svg`<circle cx="12" cy="12" r="9"/><path d="M9.5 9.500a2.5 2.5 0 1 1 3.5 2.300c-.7.3-1 .8-1 1.700M12 17v.01"/>`,
  warning: svg`<path d="M12 3.500L22 20.500H2zM12 10v4.500M12 17.500v.01"/>`,
  check: svg`<path d="M4.5 12.500l5 5 10-11"/>`,
  history: svg`<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5l3.5 2"/>`,
  details: svg`<circle cx="12" cy="12" r="9"/><path d="M12 11v5.500M12 7.500v.01"/>`,
  copy: svg`<rect x="8" y="8" width="12" height="12" rx="1.5"/><path d="M16 8V4H4v12h4"/>`,
  lock: svg`<rect x="5" y="10.5" width="14" height="10" rx="1.5"/><path d="M8 10.500V7a4 4 0 0 1 8 0v3.5"/>`,
  added: svg`<path d="M12 5v14M5 12h14"/>`,
  removed: svg`<path d="M5 12h14"/>`,
  changed: svg`<path d="M5 9c3-3 5 2 7 0s4-1 7-2M5 16c3-3 5 2 7 0s4-1 7-2"/>`,
  more: svg`<circle cx="5" cy="12" r="1"/><circle cx="12" cy="12" r="1"/><circle cx="19" cy="12" r="1"/>`,
  filter: svg`<path d="M3.5 5h17l-6.5 8v6l-4 1.500V13z"/>`,
};

export function icon(name) {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false" fill="none" stroke="currentColor"
    stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round">${SHAPES[name] ?? SHAPES.file}</svg>`;
}
