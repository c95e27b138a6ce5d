// Who is looking in this tab: another tab may belong to another person. The cookie, which all tabs
// share, is set to this tab's person before it loads a page, so that the server makes it for them;
// where that came too late the page is loaded once more. Runs before anything is drawn.
const shown = document.querySelector('meta[name="user"]').content;

// Where the browser forbids or has no room for a tab's storage, the page's person is the tab's.
function storedInTab(key, value) {
  try {
    if (value === undefined) return sessionStorage.getItem(key);
    if (value === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, value);
    return value;
  } catch {
    return null;
  }
}

window.aesTab = {
  own() {
    return this.person ?? storedInTab("user") ?? shown;
  },
  take(name) {
    this.person = name;
    storedInTab("user", name);
    this.claim();
  },
  claim() {
    const secure = location.protocol === "https:" ? "; Secure" : "";
    const name = encodeURIComponent(this.own());
    document.cookie = `aes_user=${name}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
  },
};

if (window.aesTab.own() === shown || storedInTab("claimed")) {
  storedInTab("user", shown);
  storedInTab("claimed", null);
} else {
  storedInTab("claimed", "1"); // once: where cookies are off it would never end
  window.aesTab.claim();
  if (storedInTab("claimed")) location.reload();
}
for (const name of ["beforeunload", "focus"]) addEventListener(name, () => window.aesTab.claim());
