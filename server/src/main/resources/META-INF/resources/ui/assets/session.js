// The token that this tab was opened with. It is handed over once in the address, taken out of it, and kept for as long
// as the tab lives: neither a bookmark nor the history nor a screenshot has it.

const KEY = 'plakar.token';

export function takeToken() {
  const address = new URL(location.href);
  const given = address.searchParams.get('plakar_token');
  if (given !== null) {
    setToken(given);
    address.searchParams.delete('plakar_token');
    history.replaceState(history.state, '', address);
  }
}

export function token() {
  return sessionStorage.getItem(KEY) ?? '';
}

export function setToken(text) {
  sessionStorage.setItem(KEY, text.trim());
}
