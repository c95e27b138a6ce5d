// Who is looking in this tab: another tab may belong to another person. The cookie, which all tabs
// share, is set to this tab's person before it loads a page, so that the server makes it for them;
// where that came too late the page is loaded once more. Runs before anything is drawn.
const shown = document.querySelector('meta[name="user"]').content;

window.aesTab = {
  own: () => sessionStorage.getItem("user") ?? shown,
  take(name) {
    sessionStorage.setItem("user", name);
    this.claim();
  },
  claim() {
    const secure = location.protocol === "https:" ? "; Secure" : "";
    const name = encodeURIComponent(this.own());
    document.cookie = `aes_user=${name}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
  },
};

if (window.aesTab.own() === shown || sessionStorage.getItem("claimed")) {
  sessionStorage.setItem("user", shown);
  sessionStorage.removeItem("claimed");
} else {
  sessionStorage.setItem("claimed", "1"); // once: where cookies are off it would never end
  window.aesTab.claim();
  location.reload();
}
for (const name of ["beforeunload", "focus"]) addEventListener(name, () => window.aesTab.claim());
