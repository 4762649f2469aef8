// Small comforts. Everything here has a plain HTML way beside it.

const zh = !document.documentElement.lang.startsWith("en");

function span(minutes) {
  const units = zh ? ["天", "小时", "分"] : ["d", "h", "min"];
  const days = Math.floor(minutes / 1440), hours = Math.floor((minutes % 1440) / 60), rest = minutes % 60;
  const say = (n, i) => `${n} ${units[i]}`;
  if (days) return hours && days < 7 ? `${say(days, 0)} ${say(hours, 1)}` : say(days, 0);
  if (hours) return rest && hours < 12 ? `${say(hours, 1)} ${say(rest, 2)}` : say(hours, 1);
  return say(rest, 2);
}

// Countdowns go on between page loads.
function tick() {
  for (const time of document.querySelectorAll("time[data-due]")) {
    const minutes = Math.trunc((new Date(time.dateTime) - Date.now()) / 60000);
    const late = minutes < 0, left = span(Math.abs(minutes));
    time.textContent = zh ? `${late ? "超" : "剩"} ${left}` : late ? `${left} late` : `${left} left`;
    time.className = `due due-${late ? "late" : minutes < 240 ? "soon" : "calm"}`;
  }
}
setInterval(tick, 30000);

// A menu closes when one clicks elsewhere or presses Escape.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
});

// On wide screens the side menu is always open.
const wide = matchMedia("(min-width: 62rem)");
const side = () => document.querySelectorAll(".side > details").forEach((menu) => (menu.open = wide.matches));
wide.addEventListener("change", side);
side();

// A form is sent once: a second click while the first is under way does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "get" || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) return event.preventDefault();
  if (form.dataset.confirm && !confirm(form.dataset.confirm)) return event.preventDefault();
  form.dataset.sent = "1";
  addEventListener("pageshow", () => delete form.dataset.sent, { once: true });
});

// A category is found by a word; Enter takes the first one found.
const pick = (button) => {
  const select = button.closest(".picker").querySelector("select");
  select.value = button.dataset.pick;
  select.dispatchEvent(new Event("input", { bubbles: true }));
  select.focus();
};
document.addEventListener("click", (event) => event.target.matches("[data-pick]") && pick(event.target));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches(".picker input[type=search]") || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const first = event.target.closest(".picker").querySelector("[data-pick]");
  if (first) pick(first);
});

// What has been typed and is kept nowhere yet is not lost by a slip.
function guard(form) {
  const chosen = () => [...form.querySelectorAll("input[type=file]")].some((input) => input.files.length);
  let unsaved = form.dataset.guard === "typed";
  form.addEventListener("input", () => (unsaved = true));
  form.addEventListener("submit", (event) => (unsaved = event.defaultPrevented && unsaved));
  form.addEventListener("htmx:afterRequest", (event) => {
    if (event.target.hasAttribute("data-keeper") && event.detail.xhr.status === 200) unsaved = chosen();
  });
  addEventListener("beforeunload", (event) => unsaved && form.isConnected && event.preventDefault());
}
const guardAll = (root) => root.querySelectorAll("form[data-guard]").forEach(guard);
guardAll(document);
document.addEventListener("house:page", (event) => guardAll(event.detail));

// On a narrow screen the main menu starts where one is.
const here = document.querySelector(".topbar .topnav [aria-current]");
const menu = here?.parentElement;
if (menu && here.offsetLeft - menu.offsetLeft + here.offsetWidth > menu.clientWidth - 28) menu.scrollLeft = here.offsetLeft - 24;

// The page on paper.
document.addEventListener("click", (event) => event.target.closest("button[data-print]") && print());
if (document.body.hasAttribute("data-print")) addEventListener("load", () => print(), { once: true });

// After an error the first wrong field has the focus.
document.querySelector(".is-wrong input, .is-wrong select, .is-wrong textarea")?.focus();

// Ctrl+Enter sends the form that one is writing in.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.target.closest("form")?.requestSubmit();
});

// Whoever writes is there, though no page is opened; whoever is not is asked again who they are.
const idle = Number(document.body.dataset.idle || 0) * 60000;
if (idle) {
  const note = document.getElementById("idle"), form = note.querySelector("form");
  let told = Date.now(), typed = false;
  const tell = async () => {
    const headers = { "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value };
    const answer = await fetch(form.action, { method: "POST", headers, redirect: "manual" }).catch(() => null);
    if (answer?.status === 204) told = Date.now(), typed = false;
    show();
  };
  const show = () => {
    const left = told + idle - Date.now();
    note.hidden = left > 120000;
    note.classList.toggle("is-locked", left <= 0);
    document.body.classList.toggle("is-locked", left <= 0);
  };
  document.addEventListener("input", () => (typed = true));
  document.addEventListener("htmx:afterRequest", (event) => {
    const config = event.detail.requestConfig;
    if (event.detail.successful && !config?.headers["X-Unattended"]) told = Date.now();
  });
  form.addEventListener("submit", (event) => (event.preventDefault(), event.stopImmediatePropagation(), tell()), true);
  addEventListener("focus", () => document.body.classList.contains("is-locked") && tell());
  setInterval(() => (typed && Date.now() - told > Math.min(300000, idle / 4) ? tell() : show()), 5000);
}
