// Light, dark, or what the system says.

const KEY = 'plakar.theme';
export const THEMES = ['system', 'light', 'dark'];

export function theme() {
  const kept = localStorage.getItem(KEY);
  return THEMES.includes(kept) ? kept : 'system';
}

export function setTheme(name) {
  localStorage.setItem(KEY, name);
  applyTheme();
}

export function applyTheme() {
  document.documentElement.dataset.theme = theme();
}
